import type { ApiSchema } from './language.ts'

/** Lists the resources that have configs. */
export const listConfigResources: ApiSchema = {
  key: 74,
  name: 'ListConfigResources',
  request: {
    name: 'ListConfigResourcesRequest',
    versions: '0-1',
    flexible: '0+',
    fields: [
      {
        name: 'resourceTypes',
        type: '[]int8',
        versions: '1+',
        about: '2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group; empty for all',
      },
    ],
  },
  response: {
    name: 'ListConfigResourcesResponse',
    versions: '0-1',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'configResources',
        type: '[]ListedConfigResource',
        versions: '0+',
        fields: [
          { name: 'resourceName', type: 'string', versions: '0+' },
          { name: 'resourceType', type: 'int8', versions: '1+', default: 16, ignorable: true },
        ],
      },
    ],
  },
}
