import type { RecordSchema } from '../language.ts'

/**
 * Keys and values of `__consumer_offsets`; the key number is the version prefix of the record key.
 */
export const groupRecords: readonly RecordSchema[] = [
  {
    key: 0,
    about: 'Still found in old logs, never written.',
    name: 'LegacyOffsetCommitKey',
    versions: '0',
    flexible: 'none',
    fields: [
      { name: 'group', type: 'string', versions: '0' },
      { name: 'topic', type: 'string', versions: '0' },
      { name: 'partition', type: 'int32', versions: '0' },
    ],
  },
  {
    key: 0,
    name: 'LegacyOffsetCommitValue',
    versions: '0',
    flexible: 'none',
    fields: [
      { name: 'offset', type: 'int64', versions: '0' },
      { name: 'metadata', type: 'string', versions: '0' },
      { name: 'commitTimestamp', type: 'int64', versions: '0' },
    ],
  },
  {
    key: 1,
    name: 'OffsetCommitKey',
    versions: '0',
    flexible: 'none',
    fields: [
      { name: 'group', type: 'string', versions: '0' },
      { name: 'topic', type: 'string', versions: '0' },
      { name: 'partition', type: 'int32', versions: '0' },
    ],
  },
  {
    key: 1,
    name: 'OffsetCommitValue',
    versions: '0-4',
    flexible: '4+',
    fields: [
      { name: 'offset', type: 'int64', versions: '0+' },
      { name: 'leaderEpoch', type: 'int32', versions: '3+', default: -1, ignorable: true },
      { name: 'metadata', type: 'string', versions: '0+' },
      { name: 'commitTimestamp', type: 'int64', versions: '0+' },
      {
        name: 'expireTimestamp',
        type: 'int64',
        versions: '1',
        default: -1,
        ignorable: true,
        about: '-1: by the retention of the broker',
      },
      { name: 'topicId', type: 'uuid', versions: '4+', tag: 0, ignorable: true },
    ],
  },
  {
    key: 2,
    name: 'GroupMetadataKey',
    versions: '0',
    flexible: 'none',
    fields: [{ name: 'group', type: 'string', versions: '0' }],
  },
  {
    key: 2,
    name: 'GroupMetadataValue',
    versions: '0-4',
    flexible: '4+',
    fields: [
      { name: 'protocolType', type: 'string', versions: '0+' },
      { name: 'generation', type: 'int32', versions: '0+' },
      { name: 'protocol', type: 'string', versions: '0+', nullable: '0+' },
      { name: 'leader', type: 'string', versions: '0+', nullable: '0+' },
      {
        name: 'currentStateTimestamp',
        type: 'int64',
        versions: '2+',
        default: -1,
        ignorable: true,
        about: '-1 unknown',
      },
      { name: 'members', type: '[]MemberMetadata', versions: '0+' },
    ],
    structs: [
      {
        name: 'MemberMetadata',
        fields: [
          { name: 'memberId', type: 'string', versions: '0+' },
          {
            name: 'groupInstanceId',
            type: 'string',
            versions: '3+',
            nullable: '3+',
            default: null,
            ignorable: true,
          },
          { name: 'clientId', type: 'string', versions: '0+' },
          { name: 'clientHost', type: 'string', versions: '0+' },
          { name: 'rebalanceTimeout', type: 'int32', versions: '1+', default: -1, ignorable: true },
          { name: 'sessionTimeout', type: 'int32', versions: '0+' },
          { name: 'subscription', type: 'bytes', versions: '0+' },
          { name: 'assignment', type: 'bytes', versions: '0+' },
        ],
      },
    ],
  },
]
