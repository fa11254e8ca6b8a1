import { beforeEach, expect, it } from 'vitest'
import { commitOffsets, isFromRebalance } from '../../../src/client/consumer/commit.ts'
import { NetworkError } from '../../../src/client/error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { PlayedCluster, settled } from './played-cluster.ts'

const committer = { groupId: 'g', groupInstanceId: 'i', memberId: 'm', generationId: 4 }
const offsets = [
  { topic: 't', partition: 0, offset: 10, leaderEpoch: 5 },
  { topic: 't', partition: 1, offset: 20, metadata: 'note' },
]
let played: PlayedCluster

beforeEach(() => {
  played = new PlayedCluster()
  played.lead('t', [1, 5], [1, 5])
})

/** A commit that the coordinator answers with these codes of its partitions. */
async function commit(codes: number[]): Promise<{ request: unknown; error: unknown }> {
  const done = commitOffsets(played.cluster, committer, offsets, 1_000).then(
    () => null,
    (error: unknown) => error,
  )
  await settled()
  const { request, node, answer, channel } = played.next('OffsetCommit')
  expect([node, channel]).toEqual([9, 'coordinator'])
  const partitions = codes.map((errorCode, partitionIndex) => ({ partitionIndex, errorCode }))
  await answer({ topics: [{ name: '', topicId: 'id-of-t', partitions }] })
  return { request, error: await done }
}

it('says who commits what, by the ids of topics', async () => {
  const { request, error } = await commit([0, 0])
  expect(error).toBe(null)
  expect(request).toEqual({
    groupId: 'g',
    memberId: 'm',
    groupInstanceId: 'i',
    generationIdOrMemberEpoch: 4,
    topics: [
      {
        topicId: 'id-of-t',
        partitions: [
          {
            partitionIndex: 0,
            committedOffset: 10,
            committedLeaderEpoch: 5,
            committedMetadata: '',
          },
          {
            partitionIndex: 1,
            committedOffset: 20,
            committedLeaderEpoch: -1,
            committedMetadata: 'note',
          },
        ],
      },
    ],
  })
})

it('names topics, and leaves out what old coordinators do not know', async () => {
  played.version = 5
  const { request } = await commit([0, 0])
  expect(request).not.toHaveProperty('groupInstanceId')
  expect(request).toMatchObject({ topics: [{ name: 't' }] })
  expect(JSON.stringify(request)).not.toContain('committedLeaderEpoch')
})

it('sends nothing for nothing', async () => {
  await commitOffsets(played.cluster, committer, [], 1_000)
  expect(played.sent).toEqual([])
})

it.each([
  ErrorCode.REBALANCE_IN_PROGRESS,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
])('refused with %i comes from a rebalance, and says what helps', async (code) => {
  const { error } = await commit([0, code])
  expect(isFromRebalance(error)).toBe(true)
  expect(String(error)).toContain('t-1: the group rebalanced')
  expect(String(error)).toContain('maxPollIntervalMs')
})

it('refused by who is not the coordinator looks for it again', async () => {
  const { error } = await commit([ErrorCode.NOT_COORDINATOR, 0])
  expect(played.forgotten).toBe(1)
  expect(error).toMatchObject({ code: 'NOT_COORDINATOR', retriable: true })
  expect(isFromRebalance(error)).toBe(false)
  expect(isFromRebalance(new NetworkError('x'))).toBe(false)
})

it('names a topic whose id is not known: no coordinator would find an id of zeros', async () => {
  const unknown = [{ topic: 'u', partition: 0, offset: 1 }]
  const done = commitOffsets(played.cluster, committer, [...offsets, ...unknown], 1_000)
  await settled()
  expect(played.refreshes).toBe(1)
  const { request, answer } = played.next('OffsetCommit')
  const { topics } = request as { readonly topics: readonly object[] }
  expect(topics.map((topic) => ('name' in topic ? topic.name : topic))).toEqual(['t', 'u'])
  expect(JSON.stringify(request)).not.toContain('topicId')
  const partitions = [0, 1].map((partitionIndex) => ({ partitionIndex, errorCode: 0 }))
  await answer({
    topics: [
      { name: 't', partitions },
      { name: 'u', partitions: partitions.slice(0, 1) },
    ],
  })
  await done
})

it('asks for metadata where a topic was made anew, and has another id', async () => {
  const { error } = await commit([ErrorCode.UNKNOWN_TOPIC_ID, 0])
  expect(error).toMatchObject({ code: 'UNKNOWN_TOPIC_ID', retriable: true })
  expect(played.refreshes).toBe(1)
})

it('is not done where the coordinator says nothing of a partition', async () => {
  const { error } = await commit([0])
  expect(error).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true })
  expect(String(error)).toContain('Nothing was said of t-1')
})
