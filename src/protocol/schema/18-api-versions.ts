import type { ApiSchema } from './language.ts'

/** Tells which APIs and versions the broker speaks; the first request of a connection. */
export const apiVersions: ApiSchema = {
  key: 18,
  name: 'ApiVersions',
  request: {
    name: 'ApiVersionsRequest',
    versions: '0-5',
    flexible: '3+',
    fields: [
      { name: 'clientSoftwareName', type: 'string', versions: '3+', ignorable: true },
      { name: 'clientSoftwareVersion', type: 'string', versions: '3+', ignorable: true },
      {
        name: 'clusterId',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        ignorable: true,
        about: 'the cluster that the client means to reach',
      },
      {
        name: 'nodeId',
        type: 'int32',
        versions: '5+',
        default: -1,
        ignorable: true,
        about: 'the broker that the client means to reach',
      },
    ],
  },
  response: {
    name: 'ApiVersionsResponse',
    versions: '0-5',
    flexible: '3+',
    fields: [
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'apiKeys',
        type: '[]ApiVersion',
        versions: '0+',
        fields: [
          { name: 'apiKey', type: 'int16', versions: '0+' },
          { name: 'minVersion', type: 'int16', versions: '0+' },
          { name: 'maxVersion', type: 'int16', versions: '0+' },
        ],
      },
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      {
        name: 'supportedFeatures',
        type: '[]SupportedFeatureKey',
        versions: '3+',
        tag: 0,
        ignorable: true,
        fields: [
          { name: 'name', type: 'string', versions: '3+' },
          { name: 'minVersion', type: 'int16', versions: '3+' },
          { name: 'maxVersion', type: 'int16', versions: '3+' },
        ],
      },
      {
        name: 'finalizedFeaturesEpoch',
        type: 'int64',
        versions: '3+',
        tag: 1,
        default: -1,
        ignorable: true,
        about: '-1 unknown',
      },
      {
        name: 'finalizedFeatures',
        type: '[]FinalizedFeatureKey',
        versions: '3+',
        tag: 2,
        ignorable: true,
        fields: [
          { name: 'name', type: 'string', versions: '3+' },
          { name: 'maxVersionLevel', type: 'int16', versions: '3+' },
          { name: 'minVersionLevel', type: 'int16', versions: '3+' },
        ],
      },
      {
        name: 'zkMigrationReady',
        type: 'bool',
        versions: '3+',
        tag: 3,
        default: false,
        ignorable: true,
        about: 'only of controllers that migrate from ZooKeeper',
      },
    ],
  },
}
