import type { ApiSchema } from './language.ts'

/** Replaces all configs of topics, brokers and other resources. */
export const alterConfigs: ApiSchema = {
  key: 33,
  name: 'AlterConfigs',
  request: {
    name: 'AlterConfigsRequest',
    versions: '0-2',
    flexible: '2+',
    fields: [
      {
        name: 'resources',
        type: '[]AlterConfigsResource',
        versions: '0+',
        fields: [
          {
            name: 'resourceType',
            type: 'int8',
            versions: '0+',
            about: '2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group',
          },
          { name: 'resourceName', type: 'string', versions: '0+' },
          {
            name: 'configs',
            type: '[]AlterableConfig',
            versions: '0+',
            about: 'all that the resource is to have; what is not named goes',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              { name: 'value', type: 'string', versions: '0+', nullable: '0+' },
            ],
          },
        ],
      },
      { name: 'validateOnly', type: 'bool', versions: '0+' },
    ],
  },
  response: {
    name: 'AlterConfigsResponse',
    versions: '0-2',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'responses',
        type: '[]AlterConfigsResourceResponse',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
          { name: 'resourceType', type: 'int8', versions: '0+' },
          { name: 'resourceName', type: 'string', versions: '0+' },
        ],
      },
    ],
  },
}
