import type { ApiSchema } from './language.ts'

/** Finds offsets by timestamp, or the ends of a log. */
export const listOffsets: ApiSchema = {
  key: 2,
  name: 'ListOffsets',
  request: {
    name: 'ListOffsetsRequest',
    versions: '1-11',
    flexible: '6+',
    fields: [
      {
        name: 'replicaId',
        type: 'int32',
        versions: '0+',
        about: '-1 for a client, -2 for a debugging client',
      },
      {
        name: 'isolationLevel',
        type: 'int8',
        versions: '2+',
        about: '1: latest means the last stable offset',
      },
      {
        name: 'topics',
        type: '[]ListOffsetsTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]ListOffsetsPartition',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              {
                name: 'currentLeaderEpoch',
                type: 'int32',
                versions: '4+',
                default: -1,
                ignorable: true,
              },
              {
                name: 'timestamp',
                type: 'int64',
                versions: '0+',
                nearest: true,
                about:
                  'in ms, or -1 latest, -2 earliest, -3 largest timestamp, -4 to -6 tiered storage',
              },
            ],
          },
        ],
      },
      {
        name: 'timeoutMs',
        type: 'int32',
        versions: '10+',
        ignorable: true,
        about: 'for lookups in remote storage',
      },
    ],
  },
  response: {
    name: 'ListOffsetsResponse',
    versions: '1-11',
    flexible: '6+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '2+', ignorable: true },
      {
        name: 'topics',
        type: '[]ListOffsetsTopicResponse',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]ListOffsetsPartitionResponse',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
              {
                name: 'timestamp',
                type: 'int64',
                versions: '1+',
                default: -1,
                nearest: true,
                about: 'of the record found; -1 none, or the ends of the log',
              },
              {
                name: 'offset',
                type: 'int64',
                versions: '1+',
                default: -1,
                about: '-1 when no record is that young',
              },
              { name: 'leaderEpoch', type: 'int32', versions: '4+', default: -1 },
            ],
          },
        ],
      },
    ],
  },
}
