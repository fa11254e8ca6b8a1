import type { ApiSchema } from './language.ts'

/** Describes brokers, or controllers, and the cluster id. */
export const describeCluster: ApiSchema = {
  key: 60,
  name: 'DescribeCluster',
  request: {
    name: 'DescribeClusterRequest',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'includeClusterAuthorizedOperations', type: 'bool', versions: '0+' },
      {
        name: 'endpointType',
        type: 'int8',
        versions: '1+',
        default: 1,
        about: '1 brokers, 2 controllers',
      },
      { name: 'includeFencedBrokers', type: 'bool', versions: '2+' },
    ],
  },
  response: {
    name: 'DescribeClusterResponse',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+', default: null },
      { name: 'endpointType', type: 'int8', versions: '1+', default: 1 },
      { name: 'clusterId', type: 'string', versions: '0+' },
      { name: 'controllerId', type: 'int32', versions: '0+', default: -1 },
      {
        name: 'brokers',
        type: '[]DescribeClusterBroker',
        versions: '0+',
        fields: [
          { name: 'brokerId', type: 'int32', versions: '0+' },
          { name: 'host', type: 'string', versions: '0+' },
          { name: 'port', type: 'int32', versions: '0+' },
          { name: 'rack', type: 'string', versions: '0+', nullable: '0+', default: null },
          { name: 'isFenced', type: 'bool', versions: '2+' },
        ],
      },
      {
        name: 'clusterAuthorizedOperations',
        type: 'int32',
        versions: '0+',
        default: -0x8000_0000,
        about: 'bit set; the smallest int32 when not asked for',
      },
    ],
  },
}
