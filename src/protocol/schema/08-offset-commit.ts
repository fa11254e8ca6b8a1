import type { ApiSchema } from './language.ts'

/** Stores the positions of a group. */
export const offsetCommit: ApiSchema = {
  key: 8,
  name: 'OffsetCommit',
  request: {
    name: 'OffsetCommitRequest',
    versions: '2-10',
    flexible: '8+',
    fields: [
      { name: 'groupId', type: 'string', versions: '0+' },
      {
        name: 'generationIdOrMemberEpoch',
        type: 'int32',
        versions: '1+',
        default: -1,
        ignorable: true,
        about: '-1 when no member commits, an admin tool for instance',
      },
      { name: 'memberId', type: 'string', versions: '1+', ignorable: true },
      { name: 'groupInstanceId', type: 'string', versions: '7+', nullable: '7+', default: null },
      {
        name: 'retentionTimeMs',
        type: 'int64',
        versions: '2-4',
        default: -1,
        ignorable: true,
        nearest: true,
        about: "-1 for the broker's own retention",
      },
      {
        name: 'topics',
        type: '[]OffsetCommitRequestTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0-9', ignorable: true },
          { name: 'topicId', type: 'uuid', versions: '10+', ignorable: true },
          {
            name: 'partitions',
            type: '[]OffsetCommitRequestPartition',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              {
                name: 'committedOffset',
                type: 'int64',
                versions: '0+',
                about: 'the next offset to read',
              },
              {
                name: 'committedLeaderEpoch',
                type: 'int32',
                versions: '6+',
                default: -1,
                ignorable: true,
              },
              { name: 'committedMetadata', type: 'string', versions: '0+', nullable: '0+' },
            ],
          },
        ],
      },
    ],
  },
  response: {
    name: 'OffsetCommitResponse',
    versions: '2-10',
    flexible: '8+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '3+', ignorable: true },
      {
        name: 'topics',
        type: '[]OffsetCommitResponseTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0-9', ignorable: true },
          { name: 'topicId', type: 'uuid', versions: '10+', ignorable: true },
          {
            name: 'partitions',
            type: '[]OffsetCommitResponsePartition',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
