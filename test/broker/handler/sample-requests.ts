/** A request of each API with something in every array, in the fields that a version has. */

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
const uuid = 'AAAAAAAAAAAAAAAAAAAAQQ'
const aclFilter = {
  resourceTypeFilter: 2,
  resourceNameFilter: 't',
  patternTypeFilter: 3,
  principalFilter: 'User:u',
  hostFilter: null,
  operation: 1,
  permissionType: 1,
}
const bytes = new Uint8Array([1, 2, 3])

/** Requests by API key, as a function of the version. */
export const sampleRequests: Readonly<Record<number, (version: number) => unknown>> = {
  2: () => ({
    replicaId: -1,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  }),
  3: () => ({ topics: [{ name: 't' }] }),
  8: (version) => ({
    groupId: 'g',
    topics: [
      {
        ...(version >= 10 ? { topicId: uuid } : { name: 't' }),
        partitions: [{ partitionIndex: 0, committedOffset: 5, committedMetadata: 'm' }],
      },
    ],
  }),
  9: (version) => {
    const topic = version >= 10 ? { topicId: uuid } : { name: 't' }
    const topics = [{ ...topic, partitionIndexes: [0] }]
    return version >= 8 ? { groups: [{ groupId: 'g', topics }] } : { groupId: 'g', topics }
  },
  10: (version) => (version >= 4 ? { coordinatorKeys: ['g', 'h'] } : { key: 'g' }),
  11: () => ({
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    memberId: 'nobody',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: bytes }],
  }),
  12: () => ({ groupId: 'g', generationId: 1, memberId: 'm' }),
  13: (version) => ({
    groupId: 'g',
    ...(version >= 3 ? { members: [{ memberId: 'm' }] } : { memberId: 'm' }),
  }),
  14: () => ({
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
    assignments: [{ memberId: 'm', assignment: bytes }],
  }),
  15: () => ({ groups: ['g'] }),
  16: () => ({}),
  18: (version) =>
    version >= 3 ? { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' } : {},
  19: () => ({
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
  }),
  20: (version) => ({
    ...(version >= 6 ? { topics: [{ name: 'none', topicId: zero }] } : { topicNames: ['none'] }),
    timeoutMs: 1000,
  }),
  21: () => ({
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: -1 }] }],
    timeoutMs: 1000,
  }),
  22: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
  23: () => ({
    replicaId: -1,
    topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  }),
  29: () => aclFilter,
  30: () => ({
    creations: [
      {
        resourceType: 2,
        resourceName: 't',
        resourcePatternType: 3,
        principal: 'User:u',
        host: '*',
        operation: 3,
        permissionType: 3,
      },
    ],
  }),
  31: () => ({ filters: [aclFilter] }),
  32: () => ({ resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }] }),
  33: () => ({
    resources: [
      { resourceType: 2, resourceName: 't', configs: [{ name: 'retention.ms', value: '1000' }] },
    ],
    validateOnly: false,
  }),
  35: () => ({ topics: [{ topic: 't', partitions: [0] }] }),
  37: () => ({
    topics: [{ name: 't', count: 2, assignments: [{ brokerIds: [1] }] }],
    timeoutMs: 1000,
    validateOnly: false,
  }),
  42: () => ({ groupsNames: ['g'] }),
  43: (version) => ({
    ...(version >= 1 ? { electionType: 0 } : {}),
    topicPartitions: [{ topic: 't', partitions: [0] }],
    timeoutMs: 1000,
  }),
  44: () => ({
    resources: [
      {
        resourceType: 2,
        resourceName: 't',
        configs: [{ name: 'retention.ms', configOperation: 0, value: '1000' }],
      },
    ],
    validateOnly: false,
  }),
  45: () => ({
    timeoutMs: 1000,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [1] }] }],
  }),
  46: () => ({ timeoutMs: 1000, topics: [{ name: 't', partitionIndexes: [0] }] }),
  47: () => ({ groupId: 'g', topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }] }),
  48: () => ({ components: [{ entityType: 'user', matchType: 0, match: 'u' }], strict: false }),
  49: () => ({
    entries: [
      {
        entity: [{ entityType: 'user', entityName: 'u' }],
        ops: [{ key: 'producer_byte_rate', value: 1000, remove: false }],
      },
    ],
    validateOnly: false,
  }),
  50: () => ({ users: [{ name: 'u' }] }),
  55: () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }),
  57: () => ({
    timeoutMs: 1000,
    featureUpdates: [{ feature: 'group.version', maxVersionLevel: 1 }],
  }),
  60: () => ({ includeClusterAuthorizedOperations: true }),
  61: () => ({ topics: [{ name: 't', partitionIndexes: [0] }] }),
  66: () => ({ stateFilters: ['Ongoing'], producerIdFilters: [1] }),
  74: (version) => (version >= 1 ? { resourceTypes: [2] } : {}),
  75: () => ({
    topics: [{ name: 't' }],
    responsePartitionLimit: 10,
    cursor: { topicName: 't', partitionIndex: 0 },
  }),
}
