import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { AdminError } from '../../../src/client/admin/admin-error.ts'
import { byTopic, onLeaders } from '../../../src/client/admin/partitions.ts'
import { type AdminContext, each, settle } from '../../../src/client/admin/settle.ts'
import { ClientError, NetworkError, ProtocolError } from '../../../src/client/error.ts'
import { Deadline } from '../../../src/client/network/retry.ts'
import { keyOf } from '../../../src/client/topic-partition.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { clusterAt } from '../network/cluster-fixture.ts'
import { FakeCluster } from '../network/fake-cluster.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function context(
  topics = new Map<string, number>(),
  timeoutMs = 2000,
): Promise<AdminContext> {
  const fake = await FakeCluster.start({ topics })
  const cluster = clusterAt(fake.endpoints)
  ends.push(
    () => fake.close(),
    () => cluster.close(),
  )
  return { cluster, timeoutMs }
}

describe('items', () => {
  const passing = new ProtocolError('Not yet', 7)
  const final = new ProtocolError('Never', 29)

  test('have their results in their order, however many attempts each took', async () => {
    const given = await context()
    const plans = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(plans, async (failures) => {
        const left = [...failures]
        const items = failures.map((_, at) => at)
        const results = await settle(given, 'Cannot do it', items, async (pending) =>
          pending.map((at) => (left[at]!-- > 0 ? passing : `done ${at}`)),
        )
        expect(results).toEqual(items.map((at) => `done ${at}`))
        expect(left.every((count) => count === -1)).toBe(true)
      }),
      { numRuns: 8 },
    )
  })

  test('that fail for good are not sent again, and are told beside the others', async () => {
    const given = await context()
    let attempts = 0
    const call = settle(given, 'Cannot do it', ['a', 'b'], async (pending) => {
      attempts++
      return pending.map((item) => (item === 'a' ? final : 'fine'))
    })
    const error = (await call.catch((reason: unknown) => reason)) as AdminError
    expect(error.results).toEqual([final, 'fine'])
    expect(error).toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED', cause: final })
    expect(error.message).toBe(`Cannot do it: 1 of 2 failed; the first: ${final.message}`)
    expect(attempts).toBe(1)
  })

  test('share what an attempt as a whole was rejected with', async () => {
    const given = await context()
    let attempts = 0
    const results = await settle(given, 'Cannot do it', ['a', 'b'], async (pending) => {
      if (attempts++ === 0) throw new NetworkError('Gone.')
      return pending
    })
    expect(results).toEqual(['a', 'b'])
    const bug = settle(given, 'Cannot do it', ['a'], () => Promise.reject(new RangeError('bug')))
    await expect(bug).rejects.toBeInstanceOf(RangeError)
  })

  test('that are asked for one by one fail one by one', async () => {
    const outcomes = await each(['a', 'b', 'c'], async (item) => {
      if (item === 'b') throw final
      return item
    })
    expect(outcomes).toEqual(['a', final, 'c'])
    const bug = each(['a'], () => Promise.reject(new RangeError('bug')))
    await expect(bug).rejects.toBeInstanceOf(RangeError)
  })

  test('that an unanswered attempt may have done say so, and no others', async () => {
    const given = await context()
    const done = () => new ProtocolError('Cannot create "a"', 36)
    const lost = new NetworkError('Gone.')
    const repeated = (first: ClientError, code?: number) => {
      let attempts = 0
      const attempt = async () => [attempts++ === 0 ? first : done()]
      return settle(given, 'Cannot do it', ['a'], attempt, code)
    }
    const doubt = 'an earlier attempt of this call, which was not answered, may have done it'
    for (const first of [lost, new ProtocolError('Late', 7)]) {
      const error = await repeated(first, 36).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'TOPIC_ALREADY_EXISTS', cause: first, retriable: false })
      expect((error as Error).message).toContain(doubt)
      expect((error as Error).message).toMatch(/ \(TOPIC_ALREADY_EXISTS\)\.$/)
      expect((error as Error).message.match(/TOPIC_ALREADY_EXISTS/g)).toHaveLength(1)
    }
    await expect(repeated(lost)).rejects.toThrow(done().message)
    await expect(repeated(new ProtocolError('Elsewhere', 41), 36)).rejects.toThrow(done().message)
  })

  test('one alone rejects with its own error', async () => {
    const given = await context()
    const call = settle(given, 'Cannot do it', ['a'], async () => [final])
    await expect(call).rejects.toBe(final)
  })
})

describe('partitions', () => {
  const topicPartitions = fc.array(
    fc.record({ topic: fc.constantFrom('a', 'b', 'c'), partition: fc.nat({ max: 9 }) }),
  )

  test('are grouped by topic without losing one', () => {
    fc.assert(
      fc.property(topicPartitions, (all) => {
        const groups = byTopic(all)
        expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length)
        expect(groups.flatMap(({ items }) => items).length).toBe(all.length)
        for (const { name, items } of groups) {
          expect(items).toEqual(all.filter(({ topic }) => topic === name))
        }
      }),
    )
  })

  test('go to their leaders; one that is not there fails alone', async () => {
    const given = await context(new Map([['t', 2]]))
    const items = [0, 5, 1].map((partition) => ({ topic: 't', partition }))
    const deadline = new Deadline(given.cluster.environment.clock, 2000)
    const sent: number[] = []
    const outcomes = await onLeaders(given, 'Cannot ask', items, deadline, async (leader, own) => {
      sent.push(leader)
      return own.map(keyOf)
    })
    expect(sent).toEqual([1])
    expect(outcomes.map((one) => (one instanceof ClientError ? one.code : one))).toEqual([
      't-0',
      'UNKNOWN_TOPIC_OR_PARTITION',
      't-1',
    ])
  })

  test('that are new are found, and asked for once where they are not there', async () => {
    const fake = await FakeCluster.start({ topics: new Map([['t', 1]]) })
    const cluster = clusterAt(fake.endpoints)
    ends.push(
      () => fake.close(),
      () => cluster.close(),
    )
    const given = { cluster, timeoutMs: 2000 }
    const deadline = new Deadline(cluster.environment.clock, 2000)
    const names = (partitions: readonly number[]) =>
      onLeaders(
        given,
        'Cannot ask',
        partitions.map((partition) => ({ topic: 't', partition })),
        deadline,
        async (_leader, own) => own.map(keyOf),
      )
    expect(await names([0])).toEqual(['t-0'])
    fake.topics.set('t', 4)
    const before = fake.count(metadataApi)
    expect(await names([3, 0, 2])).toEqual(['t-3', 't-0', 't-2'])
    expect(await names([4])).toMatchObject([{ code: 'UNKNOWN_TOPIC_OR_PARTITION' }])
    expect(fake.count(metadataApi) - before).toBe(2)
  })

  test('of a topic that does not come are told by what the broker said', async () => {
    const given = await context()
    const deadline = new Deadline(given.cluster.environment.clock, 100)
    const items = [{ topic: 'none', partition: 0 }]
    const [outcome] = await onLeaders(given, 'Cannot ask', items, deadline, async () => [])
    expect(outcome).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })
})
