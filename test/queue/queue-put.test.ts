/** Puts into a queue that has a bound, is closed, or whose options change. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '../../src/queue/queue-message.ts'
import type { QueueOptions } from '../../src/queue/queue-options.ts'
import { cleanUp, soon } from './fixture.ts'
import { fillDisk, machine, takeOne, takeSome, turns } from './queue-fixture.ts'

afterEach(cleanUp)

const value = 'x'.repeat(900)

/** A queue of `maxBytes` whose files take what is not trimmed, to the byte. */
async function bounded(maxBytes: number, options: QueueOptions = {}) {
  const on = await machine()
  const queue = await on.store.queue('jobs', { maxBytes, durability: 'os', ...options })
  return { ...on, queue, log: on.partition('jobs') }
}

test.each([-1, Number.NaN, Infinity, 1e16, 4e15])(
  'a delay of %d ms is refused',
  async (delayMs) => {
    const { store } = await machine()
    const queue = await store.queue('jobs')
    const refused = { code: 'INVALID_CONFIG' }
    await expect(queue.put({ value }, { delayMs })).rejects.toMatchObject(refused)
    await queue.put({ value })
    const message = await takeOne(queue)
    await expect(message.nack({ delayMs })).rejects.toMatchObject(refused)
    await message.ack()
  },
)

test('a duplicate is as durable as it asks for, whatever the first put waited for', async () => {
  const { store, partition } = await machine()
  const queue = await store.queue('jobs', { durability: 'os' })
  await queue.put({ value }, { key: 'k' })
  // The disk has nothing of it until it is flushed.
  const log = partition('jobs')
  const durable = vi.spyOn(log, 'durableOffset').mockReturnValue(0)
  const flush = vi.spyOn(log, 'flush')
  expect((await queue.put({ value }, { key: 'k' })).isDuplicate).toBe(true)
  expect(flush).not.toHaveBeenCalled()
  const again = await queue.put({ value }, { key: 'k', durability: 'fsync' })
  expect(again).toEqual({ offset: 0, isDuplicate: true })
  expect(flush).toHaveBeenCalledOnce()
  durable.mockRestore()
})

test('what put does not know is refused, and so is a key in the message', async () => {
  const { store } = await machine()
  const queue = await store.queue('jobs')
  const unknown = queue.put({ value }, { delay: 5 } as object)
  await expect(unknown).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  const made = queue.put({ value }, { source: {} as Message })
  await expect(made).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  const keyed = queue.put({ value, key: 'k' } as { value: string })
  await expect(keyed).rejects.toMatchObject({ code: 'INVALID_RECORD' })
  expect(queue.statistics().messages).toBe(0)
})

test('the longest delay is the same after a restart', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs')
  const delayMs = 100 * 365 * 24 * 3_600_000
  await queue.put({ value }, { delayMs })
  await queue.put({ value })
  await (await takeOne(queue)).nack({ delayMs })
  const second = await first.killed()
  const again = await second.store.queue('jobs')
  expect(await soon(takeOne(again))).toBe('waits')
  expect(again.statistics().consumers).toMatchObject([{ parked: 2, leased: 0 }])
})

describe('a bound', () => {
  test('is held against puts at once', async () => {
    const { queue, log } = await bounded(10_000)
    for (let i = 0; i < 10; i++) await queue.put({ value })
    for (const message of await takeSome(queue, 'c', 10)) await message.ack()
    // All of them find it full, and wait for one trim.
    const puts = await Promise.allSettled(Array.from({ length: 50 }, () => queue.put({ value })))
    expect(puts.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(5)
    expect(log.sizeBytes()).toBeLessThanOrEqual(10_000)
    const full = puts.find(({ status }) => status === 'rejected')
    expect(full).toMatchObject({ reason: { code: 'QUEUE_FULL' } })
  })

  test('counts bytes, those of headers too', async () => {
    const { queue, log } = await bounded(10_000)
    const headers = { h: 'ü'.repeat(1_000) }
    const put = () => queue.put({ value: 'ü'.repeat(1_000), headers })
    await Promise.allSettled(Array.from({ length: 10 }, put))
    expect(log.sizeBytes()).toBeLessThanOrEqual(10_000)
    expect(queue.statistics().messages).toBe(2)
  })

  test('has room for a message where there is none, whatever the files take', async () => {
    const { queue, log } = await bounded(1_000)
    // The files of a segment that is not full stay.
    const sizeBytes = log.sizeBytes.bind(log)
    log.sizeBytes = () => Math.max(50_000, sizeBytes())
    await queue.put({ value })
    await expect(queue.put({ value })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await (await takeOne(queue)).ack()
    expect((await queue.put({ value })).offset).toBe(1)
  })

  test('lets a put in that waits when what is finished was finished while it asked', async () => {
    const { queue, log } = await bounded(2_000, { whenFull: 'wait' })
    await queue.put({ value })
    const message = await takeOne(queue)
    const waiting = queue.put({ value: value + value })
    // A trim that is under way finds nothing; the acknowledgement comes before it has ended.
    const { deleteUpTo } = log
    let begun = 0
    log.deleteUpTo = (offset) => {
      begun++
      return deleteUpTo.call(log, offset)
    }
    await message.ack()
    expect((await waiting).offset).toBe(1)
    expect(begun).toBeGreaterThan(0)
  })

  test('makes room for who waits when the time of a key is over', async () => {
    const { queue, clock } = await bounded(2_000, { whenFull: 'wait', dedupWindowMs: 5_000 })
    await queue.put({ value }, { key: 'k' })
    await (await takeOne(queue)).ack()
    const waiting = queue.put({ value: value + value })
    expect(await soon(waiting)).toBe('waits')
    clock.nowMs += 5_000
    expect((await waiting).offset).toBe(1)
  })

  test('ends who waits for room when the queue is closed, and stores nothing', async () => {
    const { queue, log } = await bounded(2_000, { whenFull: 'wait', consumers: ['c'] })
    await queue.put({ value })
    const waiting = queue.put({ value: value + value })
    waiting.catch(() => undefined)
    await turns()
    await queue.close()
    await expect(waiting).rejects.toMatchObject({ code: 'LOG_CLOSED' })
    expect(log.logEndOffset()).toBe(1)
  })

  test('ends who waits for room when the disk fails', async () => {
    const { queue, memory } = await bounded(2_000, { whenFull: 'wait', consumers: ['c'] })
    await queue.put({ value })
    const waiting = queue.put({ value: value + value })
    expect(await soon(waiting)).toBe('waits')
    memory.goOffline('the disk broke')
    await turns()
    expect(await soon(waiting)).toBe('LOG_FAILED')
  })

  test('has room where the consumers state cannot be kept, but was', async () => {
    const { queue, state } = await bounded(3_300)
    for (let i = 0; i < 3; i++) await queue.put({ value })
    const [one, two, three] = await takeSome(queue, 'c', 3)
    await one?.ack()
    await turns()
    await two?.ack()
    fillDisk(state())
    await expect(three?.ack()).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect((await queue.put({ value: value + value })).offset).toBe(3)
  })
})

describe('options', () => {
  test('of a queue count although dead letters were put there before', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs', { maxAttempts: 1 })
    await queue.put({ value })
    await (await takeOne(queue)).nack()
    await turns()
    const dead = await store.queue('jobs.dead', { maxBytes: 16 << 20, durability: 'os' })
    expect(dead.statistics().messages).toBe(1)
    expect((await store.log('jobs.dead')).durability).toBe('os')
  })

  test('of a queue stay when a dead letter comes', async () => {
    const first = await machine()
    await (await first.store.queue('jobs.dead', { maxBytes: 16 << 20 })).close()
    const second = await first.killed()
    const configs: (number | undefined)[] = []
    const queue = await second.store.queue('jobs', { maxAttempts: 1 })
    await queue.put({ value })
    const letters = second.partition('jobs.dead')
    const configure = letters.configure.bind(letters)
    letters.configure = (config) => {
      configs.push(config.segmentBytes)
      configure(config)
    }
    await (await takeOne(queue)).nack()
    await turns()
    expect(letters.logEndOffset()).toBe(1)
    expect(configs).toEqual([])
  })

  test('that name no other queue for dead letters are refused', async () => {
    const { store } = await machine()
    const refused = { code: 'INVALID_CONFIG' }
    for (const deadLetters of ['jobs', '__odradek_queues', 'a b']) {
      await expect(store.queue('jobs', { deadLetters })).rejects.toMatchObject(refused)
    }
    // With what the dead letters' name has more it is too long.
    await expect(store.queue('x'.repeat(246))).rejects.toMatchObject(refused)
    expect(store.names()).toEqual([])
  })

  test('of the topic that would delete messages by their time do not stay', async () => {
    const set: unknown[] = []
    const on = await machine()
    await on.store.log('jobs', { configs: { 'retention.ms': '1000' } })
    const partition = on.partition('jobs')
    const configure = partition.configure.bind(partition)
    partition.configure = (config) => {
      set.push((config as { retentionMs?: number }).retentionMs)
      configure(config)
    }
    await on.store.queue('jobs')
    expect(set.at(-1)).toBe(Number.POSITIVE_INFINITY)
  })
})
