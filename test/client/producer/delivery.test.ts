import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeoutError } from '../../../src/client/error.ts'
import {
  type BatchOutcome,
  Deliveries,
  GroupRun,
  SendGroup,
} from '../../../src/client/producer/delivery.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'
import type { RecordMetadata } from '../../../src/record/record.ts'

const stored: BatchOutcome = {
  topic: 't',
  partition: 3,
  baseOffset: 100,
  appendTime: -1,
  error: null,
}
const failure = new TimeoutError('It took too long.')

interface Settled {
  resolved: RecordMetadata[] | undefined
  error: SendError | undefined
  readonly group: SendGroup
}

function newGroup(count: number): Settled {
  const settled: { resolved?: RecordMetadata[]; error?: SendError } = {}
  const group = new SendGroup(
    count,
    (input) => 1000 + input,
    (results) => {
      settled.resolved = results
    },
    (error) => {
      settled.error = error
    },
  )
  return Object.assign(settled, { group }) as Settled
}

describe('SendGroup', () => {
  it('resolves in the order of the call, whatever the batches were', () => {
    const settled = newGroup(4)
    const [even, odd] = [new Deliveries(), new Deliveries()]
    for (const [input, index] of [
      [0, 0],
      [2, 1],
    ] as const)
      even.addToGroup(settled.group, input, index)
    for (const [input, index] of [
      [1, 0],
      [3, 5],
    ] as const)
      odd.addToGroup(settled.group, input, index)
    odd.settle({ ...stored, partition: 1, baseOffset: 50 })
    expect(settled.resolved).toBeUndefined()
    even.settle(stored)
    expect(settled.resolved).toEqual([
      { topic: 't', partition: 3, offset: 100, timestamp: 1000 },
      { topic: 't', partition: 1, offset: 50, timestamp: 1001 },
      { topic: 't', partition: 3, offset: 101, timestamp: 1002 },
      { topic: 't', partition: 1, offset: 55, timestamp: 1003 },
    ])
  })

  it('rejects with metadata of what was stored and errors of what was not', () => {
    const settled = newGroup(2)
    const deliveries = new Deliveries()
    deliveries.addToGroup(settled.group, 1, 0)
    settled.group.fail(0, failure)
    deliveries.settle(stored)
    expect(settled.error).toBeInstanceOf(SendError)
    expect(settled.error?.results).toEqual([failure, expect.objectContaining({ offset: 100 })])
    expect(settled.error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
    expect(settled.error?.message).toBe(
      '1 of 2 records were not stored; the first: It took too long.',
    )
    expect(inspect(settled.error)).not.toContain('results')
  })

  it('is settled once', () => {
    const settled = newGroup(1)
    settled.group.fail(0, failure)
    expect(() => settled.group.fail(0, failure)).toThrow(/settled once/)
  })
})

describe('GroupRun', () => {
  it('remembers which record is which', () => {
    const pairs = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 })
    const consecutive = fc
      .tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 9 }))
      .map(([input, index, count]) =>
        Array.from({ length: count }, (_, i) => [input + i, index + i]),
      )
    fc.assert(
      fc.property(fc.tuple(consecutive, pairs), ([first, second]) => {
        const all = [...first, ...second] as [number, number][]
        const [input, index] = all[0] as [number, number]
        const run = new GroupRun(newGroup(1).group, input, index)
        for (const [one, other] of all.slice(1)) run.add(one, other)
        expect(all.map((_, i) => [run.inputOf(i), run.indexOf(i)])).toEqual(all)
        expect(run.count).toBe(all.length)
      }),
    )
  })
})

describe('Deliveries', () => {
  it('resolves single sends with their place in the batch', async () => {
    const told = async (outcome: BatchOutcome): Promise<unknown[]> => {
      const deliveries = new Deliveries()
      const promises = [0, 4].map((index) => deliveries.addSingle(index, 7 + index))
      deliveries.settle(outcome)
      const results = await Promise.allSettled(promises)
      return results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason))
    }
    expect(await told(stored)).toEqual([
      { topic: 't', partition: 3, offset: 100, timestamp: 7 },
      { topic: 't', partition: 3, offset: 104, timestamp: 11 },
    ])
    expect(await told({ ...stored, baseOffset: -1, appendTime: 9 })).toEqual([
      { topic: 't', partition: 3, offset: -1, timestamp: 9 },
      { topic: 't', partition: 3, offset: -1, timestamp: 9 },
    ])
    expect(await told({ ...stored, error: failure })).toEqual([failure, failure])
  })

  it('counts those for whom nobody waits', () => {
    const deliveries = new Deliveries()
    deliveries.addEnqueued()
    expect(deliveries.enqueued).toBe(1)
  })

  it('tells each waiter the same of the parts as of the whole', async () => {
    const kind = fc.constantFrom('single', 'group', 'enqueued')
    const kinds = fc.array(kind, { minLength: 4, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(kinds, fc.nat(), fc.boolean(), async (records, cut, again) => {
        const inGroup = records.filter((one) => one === 'group').length
        const settled = newGroup(Math.max(1, inGroup))
        const singles: Promise<RecordMetadata>[] = []
        const expected: RecordMetadata[] = []
        const grouped: number[] = []
        const deliveries = new Deliveries()
        records.forEach((one, index) => {
          if (one === 'enqueued') deliveries.addEnqueued()
          if (one === 'group') grouped.push(100 + index)
          if (one === 'group') deliveries.addToGroup(settled.group, grouped.length - 1, index)
          if (one !== 'single') return
          const timestamp = 50 + index
          expected.push({ topic: 't', partition: 3, offset: 100 + index, timestamp })
          singles.push(deliveries.addSingle(index, timestamp))
        })
        const first = 2 + (cut % (records.length - 2))
        const [front, back] = deliveries.split([first, records.length - first])
        // A part may be too large as well.
        const fronts = again ? front?.split([1, first - 1]) : [front]
        for (const [at, part] of fronts?.entries() ?? []) {
          part?.settle({ ...stored, baseOffset: 100 + at })
        }
        back?.settle({ ...stored, baseOffset: 100 + first })
        expect(await Promise.all(singles)).toEqual(expected)
        if (inGroup > 0) expect(settled.resolved?.map(({ offset }) => offset)).toEqual(grouped)
        const parts = [...(fronts ?? []), back]
        const enqueued = parts.reduce((sum, part) => sum + (part?.enqueued ?? 0), 0)
        expect(enqueued).toBe(records.filter((one) => one === 'enqueued').length)
      }),
    )
  })

  it('fails only those whose part failed', async () => {
    const deliveries = new Deliveries()
    const promises = [0, 1, 2].map((index) => deliveries.addSingle(index, 0))
    const [front, back] = deliveries.split([1, 2])
    front?.settle(stored)
    back?.settle({ ...stored, error: failure })
    const results = await Promise.allSettled(promises)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  })
})
