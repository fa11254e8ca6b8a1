/** A request of each API with something in every array, in the fields that a version has. */

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
const uuid = 'AAAAAAAAAAAAAAAAAAAAQQ'
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
  22: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
  32: () => ({ resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }] }),
  42: () => ({ groupsNames: ['g'] }),
  60: () => ({ includeClusterAuthorizedOperations: true }),
}
