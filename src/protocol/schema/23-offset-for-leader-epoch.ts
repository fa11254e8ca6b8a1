import type { ApiSchema } from './language.ts'

/** Finds where a leader epoch ends in the log of a partition. */
export const offsetForLeaderEpoch: ApiSchema = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  request: {
    name: 'OffsetForLeaderEpochRequest',
    versions: '2-4',
    flexible: '4+',
    fields: [
      {
        name: 'replicaId',
        type: 'int32',
        versions: '3+',
        default: -2,
        ignorable: true,
        about: '-1 for a client, -2 for a debugging client',
      },
      {
        name: 'topics',
        type: '[]OffsetForLeaderTopic',
        versions: '0+',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]OffsetForLeaderPartition',
            versions: '0+',
            fields: [
              { name: 'partition', type: 'int32', versions: '0+' },
              {
                name: 'currentLeaderEpoch',
                type: 'int32',
                versions: '2+',
                default: -1,
                ignorable: true,
              },
              {
                name: 'leaderEpoch',
                type: 'int32',
                versions: '0+',
                about: 'the epoch whose end is asked for',
              },
            ],
          },
        ],
      },
    ],
  },
  response: {
    name: 'OffsetForLeaderEpochResponse',
    versions: '2-4',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '2+', ignorable: true },
      {
        name: 'topics',
        type: '[]OffsetForLeaderTopicResult',
        versions: '0+',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]EpochEndOffset',
            versions: '0+',
            fields: [
              { name: 'errorCode', type: 'int16', versions: '0+' },
              { name: 'partition', type: 'int32', versions: '0+' },
              {
                name: 'leaderEpoch',
                type: 'int32',
                versions: '1+',
                default: -1,
                ignorable: true,
                about: 'the largest epoch not above the one asked for; -1 when there is none',
              },
              {
                name: 'endOffset',
                type: 'int64',
                versions: '0+',
                default: -1,
                about: 'one past the last offset of that epoch; -1 when unknown',
              },
            ],
          },
        ],
      },
    ],
  },
}
