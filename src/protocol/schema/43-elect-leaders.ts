import type { ApiSchema } from './language.ts'

/** Elects leaders of partitions. */
export const electLeaders: ApiSchema = {
  key: 43,
  name: 'ElectLeaders',
  request: {
    name: 'ElectLeadersRequest',
    versions: '0-2',
    flexible: '2+',
    fields: [
      { name: 'electionType', type: 'int8', versions: '1+', about: '0 preferred, 1 unclean' },
      {
        name: 'topicPartitions',
        type: '[]ElectLeadersTopic',
        versions: '0+',
        nullable: '0+',
        about: 'null for all',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          { name: 'partitions', type: '[]int32', versions: '0+' },
        ],
      },
      { name: 'timeoutMs', type: 'int32', versions: '0+', default: 60000 },
    ],
  },
  response: {
    name: 'ElectLeadersResponse',
    versions: '0-2',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '1+' },
      {
        name: 'replicaElectionResults',
        type: '[]ElectionTopicResult',
        versions: '0+',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          {
            name: 'partitionResult',
            type: '[]ElectionPartitionResult',
            versions: '0+',
            fields: [
              { name: 'partitionId', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
              { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
