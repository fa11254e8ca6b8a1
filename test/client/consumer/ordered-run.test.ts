import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderedRun, type RunOrder } from '../../../src/client/consumer/ordered-run.ts'
import { Positions } from '../../../src/client/consumer/positions.ts'
import { ConfigError } from '../../../src/client/error.ts'
import { keyOf } from '../../../src/client/topic-partition.ts'
import type { ConsumerRecord } from '../../../src/record/record.ts'

function record(
  partition: number,
  offset: number,
  key: string | null = null,
): ConsumerRecord<string, null> {
  return { topic: 't', partition, offset, key, timestamp: 0, value: null, headers: [] }
}

/** Handlers that end when the test says so. */
class Handlers {
  readonly begun: string[] = []
  readonly #ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()

  readonly handle = ({ partition, offset }: ConsumerRecord<string, null>): Promise<void> => {
    const name = `${partition}@${offset}`
    this.begun.push(name)
    return new Promise((resolve, reject) => this.#ends.set(name, { resolve, reject }))
  }

  async end(name: string, error?: Error): Promise<void> {
    const one = this.#ends.get(name)
    if (one === undefined) throw new Error(`${name} is not at work`)
    this.#ends.delete(name)
    if (error === undefined) one.resolve()
    else one.reject(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function runOf(handlers: Handlers, concurrency: number, order: RunOrder = 'partition') {
  return new OrderedRun<string, null>(concurrency, order, handlers.handle, () => {})
}

function finished(run: OrderedRun<string, null>): Record<string, number> {
  return Object.fromEntries([...run.finished()].map(([one, { offset }]) => [keyOf(one), offset]))
}

const positions = new Positions('earliest')

/** Hands a record to the run, of a partition as it stands now. */
function add(run: OrderedRun<string, null>, one: ConsumerRecord<string, null>, epoch = 0): void {
  if (positions.get(one) === undefined) positions.assign([...positions.all, one])
  const position = positions.get(one)
  if (position === undefined) throw new Error('it is assigned')
  run.add(one, epoch, position, position.version)
}

describe('a run', () => {
  it('works on one record of a partition at a time, and on several partitions', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 2)
    for (const one of [record(0, 0), record(0, 1), record(1, 0), record(2, 0)]) add(run, one)
    expect(handlers.begun).toEqual(['0@0', '1@0'])
    await handlers.end('0@0')
    expect(handlers.begun).toEqual(['0@0', '1@0', '2@0'])
    await handlers.end('1@0')
    expect(handlers.begun.at(-1)).toBe('0@1')
    expect(finished(run)).toEqual({ 't-0': 1, 't-1': 1 })
  })

  it('by key works on several keys of a partition, and finishes the prefix', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 3, 'key')
    const keys = ['a', 'b', 'a', null]
    for (const [offset, key] of keys.entries()) add(run, record(0, offset, key), 5)
    expect(handlers.begun).toEqual(['0@0', '0@1', '0@3'])
    await handlers.end('0@1')
    await handlers.end('0@3')
    expect(finished(run)).toEqual({})
    await handlers.end('0@0')
    expect(finished(run)).toEqual({ 't-0': 2 })
    await handlers.end('0@2')
    expect([...run.finished()]).toMatchObject([[{ partition: 0 }, { offset: 4, leaderEpoch: 5 }]])
  })

  it('tells keys of any kind apart', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 9, 'key')
    const keys = [1n, 1, '1', { a: 1n }, { a: 2n }, 1n, Buffer.from('1'), { a: 1n }]
    for (const [offset, key] of keys.entries()) {
      add(run, { ...record(0, offset), key } as never)
    }
    expect(handlers.begun).toEqual(['0@0', '0@1', '0@2', '0@3', '0@4', '0@6'])
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(() => add(run, { ...record(0, 9), key: loop } as never)).toThrow(ConfigError)
  })

  it('takes only so many records', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 1)
    for (let offset = 0; run.hasRoom; offset++) add(run, record(0, offset))
    let hasRoom = false
    const room = run.room().then(() => {
      hasRoom = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(hasRoom).toBe(false)
    await handlers.end('0@0')
    await room
    expect(run.hasRoom).toBe(true)
  })

  it('begins nothing after a failure, and waits for what is at work', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 2)
    for (const one of [record(0, 0), record(0, 1), record(1, 0), record(1, 1)]) add(run, one)
    await handlers.end('0@0', new Error('mine'))
    const idle = run.idle()
    await handlers.end('1@0')
    await idle
    expect(handlers.begun).toEqual(['0@0', '1@0'])
    expect(run.failure?.error).toEqual(new Error('mine'))
    expect(finished(run)).toEqual({ 't-1': 1 })
  })

  it('forgets partitions that are given up', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 1)
    add(run, record(0, 0))
    await handlers.end('0@0')
    run.forget([{ topic: 't', partition: 0 }])
    expect(finished(run)).toEqual({})
    add(run, record(0, 0))
    expect(handlers.begun).toEqual(['0@0', '0@0'])
  })

  it('begins anew where somebody sought, and hears of nothing older', async () => {
    const handlers = new Handlers()
    const run = runOf(handlers, 4, 'key')
    for (const offset of [7, 8]) add(run, record(0, offset))
    await handlers.end('0@7')
    expect(finished(run)).toEqual({ 't-0': 8 })
    const position = positions.get({ topic: 't', partition: 0 })
    if (position === undefined) throw new Error('it is assigned')
    positions.seek(position, { offset: 2, leaderEpoch: -1 })
    expect(finished(run)).toEqual({})
    add(run, record(0, 2))
    await handlers.end('0@8')
    expect(finished(run)).toEqual({})
    await handlers.end('0@2')
    expect(finished(run)).toEqual({ 't-0': 3 })
  })

  it('takes handlers that return nothing, and tells of the first that throws', async () => {
    let failures = 0
    const throwing = (): void => {
      throw new Error('at once')
    }
    const run = new OrderedRun<string, null>(2, 'partition', throwing, () => failures++)
    add(run, record(0, 0))
    await run.idle()
    add(run, record(1, 0))
    await run.idle()
    expect([failures, String(run.failure?.error)]).toEqual([1, 'Error: at once'])
  })

  it('keeps every order, whatever the handlers take', async () => {
    const item = fc.record({ partition: fc.nat(2), key: fc.constantFrom('a', 'b', 'c', null) })
    const items = fc.array(item, { maxLength: 60 })
    const property = fc.asyncProperty(
      items,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<RunOrder>('partition', 'key'),
      async (list, concurrency, order) => {
        const seen: ConsumerRecord<string, null>[] = []
        let active = 0
        const handler = async (one: ConsumerRecord<string, null>): Promise<void> => {
          expect(++active).toBeLessThanOrEqual(concurrency)
          for (let turns = one.offset % 3; turns > 0; turns--) await null
          seen.push(one)
          active--
        }
        const run = new OrderedRun<string, null>(concurrency, order, handler, () => {})
        for (const [offset, { partition, key }] of list.entries()) {
          await run.room()
          add(run, record(partition, offset, key))
        }
        await run.idle()
        expect(seen).toHaveLength(list.length)
        const lanes = new Map<string, number>()
        for (const { partition, key, offset } of seen) {
          if (order === 'key' && key === null) continue
          const lane = order === 'key' ? `${partition} ${key}` : `${partition}`
          expect(offset).toBeGreaterThan(lanes.get(lane) ?? -1)
          lanes.set(lane, offset)
        }
      },
    )
    await fc.assert(property)
  })
})
