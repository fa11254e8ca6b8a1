import type { RecordSchema } from '../language.ts'

/** What members of a consumer group tell each other inside JoinGroup and SyncGroup. */
export const consumerProtocol: readonly RecordSchema[] = [
  {
    name: 'ConsumerProtocolSubscription',
    versions: '0-3',
    flexible: 'none',
    fields: [
      { name: 'topics', type: '[]string', versions: '0+' },
      {
        name: 'userData',
        type: 'bytes',
        versions: '0+',
        nullable: '0+',
        default: null,
        about: "the assignor's own",
      },
      {
        name: 'ownedPartitions',
        type: '[]OwnedPartitions',
        versions: '1+',
        ignorable: true,
        fields: [
          { name: 'topic', type: 'string', versions: '1+' },
          { name: 'partitions', type: '[]int32', versions: '1+' },
        ],
      },
      {
        name: 'generationId',
        type: 'int32',
        versions: '2+',
        default: -1,
        ignorable: true,
        about: 'in which ownedPartitions were owned',
      },
      {
        name: 'rackId',
        type: 'string',
        versions: '3+',
        nullable: '3+',
        default: null,
        ignorable: true,
      },
    ],
  },
  {
    name: 'ConsumerProtocolAssignment',
    versions: '0-3',
    flexible: 'none',
    fields: [
      {
        name: 'assignedPartitions',
        type: '[]AssignedPartitions',
        versions: '0+',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          { name: 'partitions', type: '[]int32', versions: '0+' },
        ],
      },
      { name: 'userData', type: 'bytes', versions: '0+', nullable: '0+', default: null },
    ],
  },
]
