import type { ApiSchema } from './language.ts'

/** Describes topics and their partitions, page by page. */
export const describeTopicPartitions: ApiSchema = {
  key: 75,
  name: 'DescribeTopicPartitions',
  request: {
    name: 'DescribeTopicPartitionsRequest',
    versions: '0',
    flexible: '0+',
    fields: [
      {
        name: 'topics',
        type: '[]DescribedTopic',
        versions: '0+',
        about: 'empty for all',
        fields: [{ name: 'name', type: 'string', versions: '0+' }],
      },
      { name: 'responsePartitionLimit', type: 'int32', versions: '0+', default: 2000 },
      {
        name: 'cursor',
        type: 'FirstTopicPartition',
        versions: '0+',
        nullable: '0+',
        default: null,
        about: 'where to go on; null to begin',
        fields: [
          { name: 'topicName', type: 'string', versions: '0+' },
          { name: 'partitionIndex', type: 'int32', versions: '0+' },
        ],
      },
    ],
  },
  response: {
    name: 'DescribeTopicPartitionsResponse',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+', ignorable: true },
      {
        name: 'topics',
        type: '[]DescribedTopicResult',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'name', type: 'string', versions: '0+', nullable: '0+' },
          { name: 'topicId', type: 'uuid', versions: '0+', ignorable: true },
          { name: 'isInternal', type: 'bool', versions: '0+', default: false, ignorable: true },
          {
            name: 'partitions',
            type: '[]DescribedPartition',
            versions: '0+',
            fields: [
              { name: 'errorCode', type: 'int16', versions: '0+' },
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'leaderId', type: 'int32', versions: '0+' },
              { name: 'leaderEpoch', type: 'int32', versions: '0+', default: -1, ignorable: true },
              { name: 'replicaNodes', type: '[]int32', versions: '0+' },
              { name: 'isrNodes', type: '[]int32', versions: '0+' },
              {
                name: 'eligibleLeaderReplicas',
                type: '[]int32',
                versions: '0+',
                nullable: '0+',
                default: null,
              },
              {
                name: 'lastKnownElr',
                type: '[]int32',
                versions: '0+',
                nullable: '0+',
                default: null,
              },
              { name: 'offlineReplicas', type: '[]int32', versions: '0+', ignorable: true },
            ],
          },
          {
            name: 'topicAuthorizedOperations',
            type: 'int32',
            versions: '0+',
            default: -0x8000_0000,
            about: 'bit set; the smallest int32 when not asked for',
          },
        ],
      },
      {
        name: 'nextCursor',
        type: 'NextTopicPartition',
        versions: '0+',
        nullable: '0+',
        default: null,
        about: 'where the next page begins; null at the end',
        fields: [
          { name: 'topicName', type: 'string', versions: '0+' },
          { name: 'partitionIndex', type: 'int32', versions: '0+' },
        ],
      },
    ],
  },
}
