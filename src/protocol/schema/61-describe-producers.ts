import type { ApiSchema } from './language.ts'

/** Lists the producers that a partition remembers. */
export const describeProducers: ApiSchema = {
  key: 61,
  name: 'DescribeProducers',
  request: {
    name: 'DescribeProducersRequest',
    versions: '0',
    flexible: '0+',
    fields: [
      {
        name: 'topics',
        type: '[]DescribeProducersTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          { name: 'partitionIndexes', type: '[]int32', versions: '0+' },
        ],
      },
    ],
  },
  response: {
    name: 'DescribeProducersResponse',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'topics',
        type: '[]DescribeProducersTopicResult',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]DescribeProducersPartition',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
              {
                name: 'errorMessage',
                type: 'string',
                versions: '0+',
                nullable: '0+',
                default: null,
              },
              {
                name: 'activeProducers',
                type: '[]ProducerState',
                versions: '0+',
                fields: [
                  { name: 'producerId', type: 'int64', versions: '0+' },
                  { name: 'producerEpoch', type: 'int32', versions: '0+' },
                  { name: 'lastSequence', type: 'int32', versions: '0+', default: -1 },
                  {
                    name: 'lastTimestamp',
                    type: 'int64',
                    versions: '0+',
                    default: -1,
                    nearest: true,
                  },
                  { name: 'coordinatorEpoch', type: 'int32', versions: '0+' },
                  {
                    name: 'currentTxnStartOffset',
                    type: 'int64',
                    versions: '0+',
                    default: -1,
                    about: '-1 when no transaction is open',
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
}
