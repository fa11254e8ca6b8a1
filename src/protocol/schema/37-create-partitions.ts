import type { ApiSchema } from './language.ts'

/** Adds partitions to topics. */
export const createPartitions: ApiSchema = {
  key: 37,
  name: 'CreatePartitions',
  request: {
    name: 'CreatePartitionsRequest',
    versions: '0-3',
    flexible: '2+',
    fields: [
      {
        name: 'topics',
        type: '[]CreatePartitionsTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'count',
            type: 'int32',
            versions: '0+',
            about: 'of partitions afterwards, the present ones included',
          },
          {
            name: 'assignments',
            type: '[]CreatePartitionsAssignment',
            versions: '0+',
            nullable: '0+',
            about: 'replicas of each new partition; null to let the cluster place them',
            fields: [{ name: 'brokerIds', type: '[]int32', versions: '0+' }],
          },
        ],
      },
      { name: 'timeoutMs', type: 'int32', versions: '0+' },
      { name: 'validateOnly', type: 'bool', versions: '0+' },
    ],
  },
  response: {
    name: 'CreatePartitionsResponse',
    versions: '0-3',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]CreatePartitionsTopicResult',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+', default: null },
        ],
      },
    ],
  },
}
