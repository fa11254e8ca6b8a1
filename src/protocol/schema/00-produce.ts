import type { ApiSchema } from './language.ts'

/**
 * Appends record batches. Versions below 3 are gone, yet brokers advertise 0 (see `api-keys.ts`).
 */
export const produce: ApiSchema = {
  key: 0,
  name: 'Produce',
  request: {
    name: 'ProduceRequest',
    versions: '3-13',
    flexible: '9+',
    fields: [
      { name: 'transactionalId', type: 'string', versions: '3+', nullable: '3+', default: null },
      {
        name: 'acks',
        type: 'int16',
        versions: '0+',
        about: '0 none, no answer is sent; 1 the leader wrote it; -1 all in-sync replicas did',
      },
      { name: 'timeoutMs', type: 'int32', versions: '0+' },
      {
        name: 'topicData',
        type: '[]TopicProduceData',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0-12', ignorable: true },
          { name: 'topicId', type: 'uuid', versions: '13+', ignorable: true },
          {
            name: 'partitionData',
            type: '[]PartitionProduceData',
            versions: '0+',
            fields: [
              { name: 'index', type: 'int32', versions: '0+' },
              {
                name: 'records',
                type: 'records',
                versions: '0+',
                nullable: '0+',
                about: 'exactly one record batch of magic 2',
              },
            ],
          },
        ],
      },
    ],
  },
  response: {
    name: 'ProduceResponse',
    versions: '3-13',
    flexible: '9+',
    fields: [
      {
        name: 'responses',
        type: '[]TopicProduceResponse',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0-12', ignorable: true },
          { name: 'topicId', type: 'uuid', versions: '13+', ignorable: true },
          {
            name: 'partitionResponses',
            type: '[]PartitionProduceResponse',
            versions: '0+',
            fields: [
              { name: 'index', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
              { name: 'baseOffset', type: 'int64', versions: '0+' },
              {
                name: 'logAppendTimeMs',
                type: 'int64',
                versions: '2+',
                default: -1,
                ignorable: true,
                about: '-1 unless the topic stamps the append time',
              },
              {
                name: 'logStartOffset',
                type: 'int64',
                versions: '5+',
                default: -1,
                ignorable: true,
              },
              {
                name: 'recordErrors',
                type: '[]BatchIndexAndErrorMessage',
                versions: '8+',
                ignorable: true,
                about: 'the records for which the whole batch was refused',
                fields: [
                  {
                    name: 'batchIndex',
                    type: 'int32',
                    versions: '8+',
                    about: 'place of the record in its batch',
                  },
                  {
                    name: 'batchIndexErrorMessage',
                    type: 'string',
                    versions: '8+',
                    nullable: '8+',
                    default: null,
                  },
                ],
              },
              {
                name: 'errorMessage',
                type: 'string',
                versions: '8+',
                nullable: '8+',
                default: null,
                ignorable: true,
              },
              {
                name: 'currentLeader',
                type: 'LeaderIdAndEpoch',
                versions: '10+',
                tag: 0,
                about: 'given with error 6, so that a client need not ask again',
                fields: [
                  { name: 'leaderId', type: 'int32', versions: '10+', default: -1 },
                  { name: 'leaderEpoch', type: 'int32', versions: '10+', default: -1 },
                ],
              },
            ],
          },
        ],
      },
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', default: 0, ignorable: true },
      {
        name: 'nodeEndpoints',
        type: '[]NodeEndpoint',
        versions: '10+',
        tag: 0,
        about: 'addresses of the leaders named above',
        fields: [
          { name: 'nodeId', type: 'int32', versions: '10+' },
          { name: 'host', type: 'string', versions: '10+' },
          { name: 'port', type: 'int32', versions: '10+' },
          { name: 'rack', type: 'string', versions: '10+', nullable: '10+', default: null },
        ],
      },
    ],
  },
}
