/** Messages that wait by themselves: how their records are read, and what they keep in memory. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { LogError } from '../../src/queue/log-error.ts'
import { type MessageRecord, OwnRecord } from '../../src/queue/own-record.ts'
import { ParkedRecords } from '../../src/queue/parked-records.ts'
import { cleanUp } from './fixture.ts'
import { machine, takeSome } from './queue-fixture.ts'

afterEach(cleanUp)

const mebibyte = Buffer.alloc(1 << 20)

/** A record of 100 bytes in a piece of a mebibyte. */
function recordAt(offset: number): MessageRecord {
  return { offset, timestamp: 1, value: mebibyte.subarray(offset, offset + 100), headers: [] }
}

interface Bench {
  readonly records: ParkedRecords
  readonly reads: (readonly [from: number, to: number])[]
}

/** Of a log with the offsets 0 to 9,999; `wanted` are about to be asked for. */
function bench(wanted: (offset: number) => boolean, bytesMax = 1e6): Bench {
  const reads: (readonly [number, number])[] = []
  async function* read(from: number, to: number): AsyncGenerator<MessageRecord> {
    reads.push([from, to])
    for (let offset = from; offset < Math.min(to, 10_000); offset++) yield recordAt(offset)
  }
  return { records: new ParkedRecords({ read, isWanted: wanted, bytesMax }), reads }
}

describe('records of messages that wait', () => {
  test('are read together where neighbours are wanted, further each time', async () => {
    const { records, reads } = bench(() => true)
    for (let offset = 0; offset < 5_000; offset++) {
      expect((await records.take(offset))?.offset).toBe(offset)
    }
    expect(reads.length).toBeLessThan(10)
    expect(reads.slice(0, 3)).toEqual([
      [0, 16],
      [16, 80],
      [80, 336],
    ])
  })

  test('are read one by one where they are not', async () => {
    const { records, reads } = bench(() => false)
    for (const offset of [100, 500, 200]) await records.take(offset)
    expect(reads.map(([from, to]) => to - from)).toEqual([16, 16, 16])
    expect(records.bytes).toBe(0)
  })

  test('come whatever is the matter with those behind them', async () => {
    const broken = new LogError('CORRUPT_MESSAGE', 'the next one')
    async function* read(from: number): AsyncGenerator<MessageRecord> {
      if (from === 6) throw broken
      yield recordAt(from)
      throw broken
    }
    const records = new ParkedRecords({ read, isWanted: () => true, bytesMax: 1e6 })
    expect((await records.take(5))?.offset).toBe(5)
    await expect(records.take(6)).rejects.toBe(broken)
  })

  test('that are asked for together are read once', async () => {
    const { records, reads } = bench(() => true)
    const taken = await Promise.all([3, 4, 5].map((offset) => records.take(offset)))
    expect(taken.map((record) => record?.offset)).toEqual([3, 4, 5])
    expect(reads).toEqual([[3, 19]])
  })

  test('are kept within the bound, and once', async () => {
    const { records, reads } = bench(() => true, 1_000)
    const kept = [1, 2, 3, 4].map((offset) => records.keep(recordAt(offset)))
    expect(kept).toEqual([true, true, false, false])
    expect(records.keep(recordAt(1))).toBe(true)
    expect(records.bytes).toBeLessThanOrEqual(1_000)
    expect((await records.take(2))?.offset).toBe(2)
    expect(reads).toEqual([])
    expect(records.keep(recordAt(3))).toBe(true)
    records.clear()
    expect(records.bytes).toBe(0)
  })

  test('that were deleted are none, and an error is told of once', async () => {
    let isFailing = true
    const read = async function* (): AsyncGenerator<MessageRecord> {
      if (isFailing) throw new Error('no descriptor')
      yield* []
    }
    const records = new ParkedRecords({ read, isWanted: () => true, bytesMax: 1_000 })
    await expect(records.take(1)).rejects.toThrow('no descriptor')
    isFailing = false
    expect(await records.take(1)).toBeUndefined()
  })
})

test('a small record owns its bytes, a large one may be a view', () => {
  const headers = [{ key: 'h', value: mebibyte.subarray(0, 3) }]
  const small = OwnRecord.of({ ...recordAt(7), headers })
  expect(small.value?.buffer.byteLength).toBeLessThan(65_536)
  expect(small.headers[0]?.value?.buffer.byteLength).toBeLessThan(65_536)
  expect(small).toMatchObject({ offset: 7, timestamp: 1, value: Buffer.alloc(100) })
  expect(OwnRecord.of(small)).toBe(small)
  const large = { ...recordAt(7), value: mebibyte.subarray(0, 1 << 19) }
  expect(OwnRecord.of(large).value?.buffer).toBe(mebibyte.buffer)
  expect(OwnRecord.of({ ...recordAt(7), value: null }).value).toBeNull()
})

test('many messages that come again at once cost few reads, and keep their own bytes', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs', { durability: 'os' })
  const count = 2_000
  const put = () => queue.put({ value: 'x'.repeat(100) }, { delayMs: 1_000 })
  await Promise.all(Array.from({ length: count }, put))
  const noted = takeSome(queue, 'c', 1).catch(() => undefined)
  const state = first.state()
  await vi.waitFor(() => expect(state.logEndOffset()).toBeGreaterThanOrEqual(count))
  const second = await first.killed()
  await first.store.close()
  await noted
  second.clock.nowMs += 1_000
  const again = await second.store.queue('jobs')
  const read = vi.spyOn(second.partition('jobs'), 'read')
  const messages = await takeSome(again, 'c', count)
  expect(messages.map(({ offset }) => offset)).toEqual(Array.from({ length: count }, (_, i) => i))
  expect(read.mock.calls.length).toBeLessThan(20)
  const sizes = messages.map(({ value }) => value?.buffer.byteLength ?? 0)
  expect(Math.max(...sizes)).toBeLessThan(65_536)
})

test('what was just read and has to wait is not read again', async () => {
  const { store, clock, partition } = await machine()
  const queue = await store.queue('jobs', { durability: 'os' })
  for (let i = 0; i < 50; i++) await queue.put({ value: 'v' }, { delayMs: 1_000 })
  await queue.put({ value: 'now' })
  // It is behind all that has to wait.
  expect((await takeSome(queue, 'c', 1))[0]?.offset).toBe(50)
  clock.nowMs += 1_000
  const read = vi.spyOn(partition('jobs'), 'read')
  expect((await takeSome(queue, 'c', 50)).length).toBe(50)
  expect(read).not.toHaveBeenCalled()
})
