/** The consumer behind a network that fails, with our broker or CONFORMANCE_TARGET=kafka. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomBelow, seededRandom } from '../../../../src/base/random.ts'
import { Consumer } from '../../../../src/client/consumer/consumer.ts'
import type { ConsumerOptions } from '../../../../src/client/consumer/consumer-options.ts'
import { ClosedError, ProtocolError } from '../../../../src/client/error.ts'
import type { TopicPartition } from '../../../../src/client/topic-partition.ts'
import type { AnyApi } from '../../../../src/protocol/codec.ts'
import { ErrorCode } from '../../../../src/protocol/error-codes.ts'
import { fetchApi } from '../../../../src/protocol/generated/01-fetch.ts'
import { listOffsetsApi } from '../../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../../src/protocol/generated/10-find-coordinator.ts'
import { joinGroupApi } from '../../../../src/protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../../src/protocol/generated/12-heartbeat.ts'
import { leaveGroupApi } from '../../../../src/protocol/generated/13-leave-group.ts'
import { syncGroupApi } from '../../../../src/protocol/generated/14-sync-group.ts'
import { offsetForLeaderEpochApi } from '../../../../src/protocol/generated/23-offset-for-leader-epoch.ts'
import type { ConsumerRecord } from '../../../../src/record/record.ts'
import { eventually } from '../../eventually.ts'
import { Feeder } from '../feeder.ts'
import { hasSince } from '../kafka-version.ts'
import { decodeAnswer, rewriting } from './answers.ts'
import { renewLeaderEpochs } from './proxied-broker.ts'
import { cuts, ProxiedTests, seed } from './proxied-tests.ts'

const here = new ProxiedTests<Consumer>(
  (consumer) => consumer.close({ timeoutMs: 5_000 }).catch(() => {}),
  { 'group.initial.rebalance.delay.ms': '0' },
)
let feeder: Feeder

beforeAll(() => {
  feeder = new Feeder(here.proxy.address)
})
afterAll(() => feeder?.close())

/** A topic with `each` records in each of its partitions, in batches of 50. */
async function topicWith(partitions: number, each: number): Promise<string> {
  const topic = here.fresh('topic')
  await feeder.create(topic, partitions)
  for (let p = 0; p < partitions; p++) {
    for (let from = 0; from < each; from += 50) await feeder.count(topic, p, 50, `${from}+`)
  }
  return topic
}

function consumerOf(options: Partial<ConsumerOptions> = {}): Consumer {
  const consumer = new Consumer({
    bootstrapServers: here.proxy.address,
    autoOffsetReset: 'earliest',
    retryBackoffMs: 20,
    ...options,
  })
  here.open.push(consumer)
  return consumer
}

function of(topic: string, partitions: number): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** The next `count` records; where they are not there within a minute, those that are. */
async function take(consumer: Consumer, count: number): Promise<ConsumerRecord<Buffer, Buffer>[]> {
  const records: ConsumerRecord<Buffer, Buffer>[] = []
  const untilMs = performance.now() + 60_000
  while (records.length < count && performance.now() < untilMs) {
    records.push(...(await consumer.poll({ timeoutMs: 500 })))
  }
  return records
}

function offsetsOf(records: readonly ConsumerRecord<unknown, unknown>[], partition = 0): number[] {
  return records.filter((one) => one.partition === partition).map(({ offset }) => offset)
}

/** Error codes of the partitions in answers to Fetch, as they come from now on. */
function fetchErrors(): Set<number> {
  const seen = new Set<number>()
  here.proxy.watch((request, frame) => {
    if (request.api !== fetchApi.key) return
    for (const { partitions } of decodeAnswer(fetchApi, request, frame).responses) {
      for (const { errorCode } of partitions) if (errorCode !== 0) seen.add(errorCode)
    }
  })
  return seen
}

describe('a consumer without a group', () => {
  test('reads each record once and in order, whichever requests are cut', async () => {
    const topic = await topicWith(3, 1_000)
    const { proxy } = here
    const random = seededRandom(seed)
    let hits = 0
    proxy.choose(() => {
      if (randomBelow(random, 4) > 0) return undefined
      hits++
      return cuts[randomBelow(random, cuts.length)]
    })
    const consumer = consumerOf({ maxPollRecords: 40, maxPartitionFetchBytes: 2_000 })
    consumer.assign(of(topic, 3))
    const records = await take(consumer, 3_000)
    for (const partition of [0, 1, 2]) {
      expect(offsetsOf(records, partition)).toEqual(upTo(1_000))
      expect(await consumer.position({ topic, partition })).toBe(1_000)
    }
    expect(hits).toBeGreaterThan(10)
  })

  test.each(cuts)('finds where to begin though lookups meet a $kind', async (fault) => {
    const topic = await topicWith(1, 50)
    const lookup = here.proxy.inject(fault, { api: listOffsetsApi, times: 2 })
    const consumer = consumerOf()
    consumer.assign(of(topic, 1))
    expect(offsetsOf(await take(consumer, 50))).toEqual(upTo(50))
    expect(lookup.hits).toBe(2)
  })

  test('waits for a broker that drips', async () => {
    const topic = await topicWith(1, 200)
    const consumer = consumerOf({ maxPartitionFetchBytes: 2_000 })
    consumer.assign(of(topic, 1))
    here.proxy.bytesPerSecond = 8_000
    expect(offsetsOf(await take(consumer, 200))).toEqual(upTo(200))
  })

  test('gives a broker up that does not answer in time, and asks again', async () => {
    const topic = await topicWith(1, 100)
    const times = { fetchMaxWaitMs: 100, requestTimeoutMs: 400 }
    const consumer = consumerOf({ ...times, maxPartitionFetchBytes: 2_000 })
    const slow = here.proxy.inject({ kind: 'delay', ms: 900 }, { api: fetchApi, times: 2 })
    consumer.assign(of(topic, 1))
    expect(offsetsOf(await take(consumer, 100))).toEqual(upTo(100))
    expect(slow.hits).toBe(2)
  })

  test('that is stalled is woken, by wakeup(), by a signal and by its time', async () => {
    const topic = await topicWith(1, 50)
    const consumer = consumerOf()
    consumer.assign(of(topic, 1))
    const stall = here.proxy.inject({ kind: 'stall' }, { times: Infinity })
    const woken = consumer.poll()
    await stall.hit
    setTimeout(() => consumer.wakeup(), 50)
    await expect(woken).rejects.toBeInstanceOf(ClosedError)
    await expect(consumer.poll({ signal: AbortSignal.timeout(50) })).rejects.toThrow('AbortSignal')
    expect(await consumer.poll({ timeoutMs: 100 })).toEqual([])
    await here.proxy.heal()
    expect(offsetsOf(await take(consumer, 50))).toEqual(upTo(50))
  })
})

describe('a broker that goes and comes back', () => {
  test.each(['kill', 'stop'] as const)(
    'after a %s is read on where the consumer was, by a group that commits',
    async (way) => {
      const { broker } = here
      const topic = await topicWith(2, 300)
      const groupId = here.fresh('g')
      const options = { groupId, maxPollRecords: 30, autoCommitIntervalMs: 50 }
      const consumer = consumerOf({ ...options, sessionTimeoutMs: 60_000 })
      await consumer.subscribe(topic)
      const records = await take(consumer, 200)
      await broker[way]()
      await broker.start()
      // The member may be asked to join again, and then begins at what it committed.
      const rest: ConsumerRecord<Buffer, Buffer>[] = []
      await eventually('the last records come', async () => {
        rest.push(...(await consumer.poll({ timeoutMs: 200 })))
        const all = [...records, ...rest]
        return [0, 1].every((partition) => offsetsOf(all, partition).at(-1) === 299)
      })
      for (const partition of [0, 1]) {
        const offsets = offsetsOf([...records, ...rest], partition)
        expect([...new Set(offsets)]).toEqual(upTo(300))
      }
      await consumer.commit()
      const committed = await consumer.committed(of(topic, 2))
      expect(committed.map((one) => one?.offset)).toEqual([300, 300])
    },
  )

  test('fences who fetches with the leader epoch of before, who then goes on', async () => {
    const { broker, proxy } = here
    const topic = await topicWith(1, 400)
    const consumer = consumerOf({ maxPollRecords: 10, maxPartitionFetchBytes: 1_000 })
    consumer.assign(of(topic, 1))
    const records = await take(consumer, 20)
    const errors = fetchErrors()
    // More is left than was fetched ahead. The news of the next epoch is late, so that the
    // consumer fetches with the one it has.
    const news = proxy.inject({ kind: 'stall' }, { api: metadataApi, times: Infinity })
    await renewLeaderEpochs(broker)
    const polled = take(consumer, 380)
    // Who is stopped cleanly says before that it leads no more, and then the news is waited for.
    const refusals: number[] = [ErrorCode.FENCED_LEADER_EPOCH]
    if (!hasSince(4, 0)) refusals.push(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    await eventually('a fetch is fenced', () => refusals.some((code) => errors.has(code)))
    news.end()
    await proxy.heal()
    records.push(...(await polled))
    expect(offsetsOf(records)).toEqual(upTo(400))
  })

  test('and does not know a newer epoch is asked until it does', async () => {
    const { broker, proxy } = here
    const topic = await topicWith(1, 100)
    const errors = fetchErrors()
    // As if another broker had told of a leader that does not know yet that it is one.
    const later = rewriting(metadataApi, (response) => ({
      ...response,
      topics: response.topics.map((one) => ({
        ...one,
        partitions: one.partitions.map((info) => ({ ...info, leaderEpoch: info.leaderEpoch + 1 })),
      })),
    }))
    const news = proxy.inject(later, { api: metadataApi, times: Infinity })
    const consumer = consumerOf()
    consumer.assign(of(topic, 1))
    consumer.seek({ topic, partition: 0 }, 0)
    const polled = take(consumer, 100)
    await eventually('a fetch is refused', () => errors.has(ErrorCode.UNKNOWN_LEADER_EPOCH))
    news.end()
    await renewLeaderEpochs(broker)
    expect(offsetsOf(await polled)).toEqual(upTo(100))
  })

  test.each(['none', 'earliest'] as const)(
    'with a log that was cut off is noticed by its leader epochs, reset to %s',
    async (autoOffsetReset) => {
      const { broker, proxy } = here
      const topic = await topicWith(1, 100)
      const [partition] = of(topic, 1) as [TopicPartition]
      const consumer = consumerOf({ autoOffsetReset, maxPartitionFetchBytes: 1_000 })
      consumer.assign([partition])
      consumer.seek(partition, 0)
      const [first] = await take(consumer, 60)
      expect(first?.offset).toBe(0)
      const before = await consumer.position(partition)
      // As a leader answers that lost the last records it had in the epoch of before.
      const cut = rewriting(offsetForLeaderEpochApi, (response) => ({
        ...response,
        topics: response.topics.map((one) => ({
          ...one,
          partitions: one.partitions.map((end) => ({ ...end, endOffset: 40 })),
        })),
      }))
      const asked = proxy.inject(cut, { api: offsetForLeaderEpochApi })
      await renewLeaderEpochs(broker)
      const again = take(consumer, 60).catch((error: unknown) => error)
      await asked.hit
      if (autoOffsetReset === 'none') {
        const error = await again
        expect(error).toBeInstanceOf(ProtocolError)
        expect(String(error)).toContain(`from 40 on`)
        expect(await consumer.position(partition)).toBe(before)
      } else {
        const records = (await again) as ConsumerRecord<unknown, unknown>[]
        const from = offsetsOf(records).indexOf(40)
        expect(offsetsOf(records).slice(from)).toEqual(upTo(100).slice(40))
      }
    },
  )
})

describe('a member of a group', () => {
  const apis: readonly AnyApi[] = [
    findCoordinatorApi,
    joinGroupApi,
    syncGroupApi,
    offsetFetchApi,
    heartbeatApi,
    offsetCommitApi,
  ]

  test.each(apis.map((api) => [api.name, api] as const))(
    'goes on though the coordinator is cut off at %s',
    async (_, api) => {
      const topic = await topicWith(2, 100)
      const groupId = here.fresh('g')
      const injections = cuts.map((fault) => here.proxy.inject(fault, { api }))
      const often = { heartbeatIntervalMs: 50, autoCommitIntervalMs: 30 }
      // A static member that is cut off while it joins comes back as itself.
      const consumer = consumerOf({ groupId, ...often, maxPollRecords: 10, groupInstanceId: 'i' })
      await consumer.subscribe(topic)
      const seen = [new Set<number>(), new Set<number>()]
      await eventually('all came, through all cuts', async () => {
        for (const { partition, offset } of await consumer.poll({ timeoutMs: 100 })) {
          seen[partition]?.add(offset)
        }
        const isComplete = seen.every(({ size }) => size === 100)
        return isComplete && injections.every(({ hits }) => hits === 1)
      })
      await consumer.commit()
      const committed = await consumer.committed(of(topic, 2))
      expect(committed.map((one) => one?.offset)).toEqual([100, 100])
      expect(consumer.assignment).toHaveLength(2)
    },
  )

  test('that says nothing is expelled, and another takes over what it did not commit', async () => {
    const topic = await topicWith(2, 100)
    const groupId = here.fresh('g')
    const options = { groupId, heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000 }
    const first = consumerOf({ ...options, enableAutoCommit: false, maxPollRecords: 50 })
    await first.subscribe(topic)
    const [record] = await first.poll({ timeoutMs: 10_000 })
    await first.commit()
    const done = record?.partition ?? -1
    // Its requests to the coordinator come to nothing from now on; those of others do not.
    const count = here.proxy.inject({ kind: 'stall' }, { api: heartbeatApi })
    await count.hit
    const second = consumerOf(options)
    await second.subscribe(topic)
    const records = await take(second, 150)
    expect(offsetsOf(records, done)).toEqual(upTo(100).slice(50))
    expect(offsetsOf(records, 1 - done)).toEqual(upTo(100))
  })

  test('that does not ask for records leaves, and says so to the coordinator', async () => {
    const topic = await topicWith(1, 100)
    const { proxy } = here
    const left = proxy.count(leaveGroupApi)
    const options = { maxPollIntervalMs: 700, heartbeatIntervalMs: 100, maxPollRecords: 5 }
    const consumer = consumerOf({ groupId: here.fresh('g'), ...options })
    await consumer.subscribe(topic)
    expect(await take(consumer, 5)).toHaveLength(5)
    await eventually('it left', () => consumer.memberId === '')
    await eventually('it says so', () => proxy.count(leaveGroupApi) === left + 1)
    expect(offsetsOf(await take(consumer, 5))).toEqual([0, 1, 2, 3, 4])
  })

  test('is closed in its time while nobody answers', async () => {
    const topic = await topicWith(1, 50)
    const consumer = consumerOf({ groupId: here.fresh('g') })
    await consumer.subscribe(topic)
    expect(await take(consumer, 50)).toHaveLength(50)
    here.proxy.inject({ kind: 'stall' }, { times: Infinity })
    const begun = performance.now()
    await consumer.close({ timeoutMs: 500 }).catch((error: unknown) => {
      expect(error).toMatchObject({ retriable: true })
    })
    expect(performance.now() - begun).toBeLessThan(2_500)
  })
})
