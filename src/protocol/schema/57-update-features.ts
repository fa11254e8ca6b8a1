import type { ApiSchema } from './language.ts'

/** Changes the finalized levels of features. */
export const updateFeatures: ApiSchema = {
  key: 57,
  name: 'UpdateFeatures',
  request: {
    name: 'UpdateFeaturesRequest',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'timeoutMs', type: 'int32', versions: '0+', default: 60000 },
      {
        name: 'featureUpdates',
        type: '[]FeatureUpdateKey',
        versions: '0+',
        fields: [
          { name: 'feature', type: 'string', versions: '0+' },
          {
            name: 'maxVersionLevel',
            type: 'int16',
            versions: '0+',
            about: 'the level to finalize; below 1 removes the feature',
          },
          { name: 'allowDowngrade', type: 'bool', versions: '0' },
          {
            name: 'upgradeType',
            type: 'int8',
            versions: '1+',
            default: 1,
            about: '1 upgrade, 2 safe downgrade, 3 unsafe downgrade',
          },
        ],
      },
      { name: 'validateOnly', type: 'bool', versions: '1+', default: false },
    ],
  },
  response: {
    name: 'UpdateFeaturesResponse',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
      {
        name: 'results',
        type: '[]UpdatableFeatureResult',
        versions: '0-1',
        ignorable: true,
        fields: [
          { name: 'feature', type: 'string', versions: '0+' },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
        ],
      },
    ],
  },
}
