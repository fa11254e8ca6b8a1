/** What a queue knows after its process, or the machine, has ended. */
import { afterEach, describe, expect, test } from 'vitest'
import { Delivery } from '../../src/queue/delivery/delivery.ts'
import type { MemoryDisk } from '../../src/storage/memory-log-store.ts'
import { cleanUp } from './fixture.ts'
import { fillDisk, gate, type Machine, machine, takeOne, takeSome, turns } from './queue-fixture.ts'

afterEach(cleanUp)

describe('a key', () => {
  test('is known in its window although its message is finished, and not after it', async () => {
    const { store, clock } = await machine()
    const queue = await store.queue('jobs', { dedupWindowMs: 60_000 })
    await queue.put({ value: 'v' }, { key: 'k' })
    await queue.put({ value: 'w' })
    for (const message of await takeSome(queue, 'c', 2)) await message.ack()
    await queue.close()
    const again = await store.queue('jobs', { dedupWindowMs: 60_000 })
    expect(await again.put({ value: 'v' }, { key: 'k' })).toEqual({ offset: 0, isDuplicate: true })
    clock.nowMs += 60_000
    expect((await again.put({ value: 'v' }, { key: 'k' })).isDuplicate).toBe(false)
    await (await takeOne(again)).ack()
    await again.close()
    expect((await store.queue('jobs')).statistics().messages).toBe(1)
  })

  test('that another process put is known when its message was deleted by nobody', async () => {
    const first = await machine()
    const queue = await first.store.queue('jobs')
    await queue.put({ value: 'v' }, { key: 'k' })
    const second = await first.killed()
    const again = await second.store.queue('jobs')
    await (await takeOne(again)).ack()
    await again.close()
    const third = await second.store.queue('jobs')
    expect((await third.put({ value: 'v' }, { key: 'k' })).isDuplicate).toBe(true)
  })

  test('is put once though the queue is closed and opened while it is put', async () => {
    const first = await machine()
    await (await first.store.queue('jobs')).put({ value: 'v' })
    const { store, partition } = await first.killed()
    const queue = await store.queue('jobs')
    const log = partition('jobs')
    const { read } = log
    const { opened, open: go } = gate()
    log.read = (...args) => opened.then(() => read.apply(log, args))
    const late = queue.put({ value: 'late' }, { key: 'k' })
    late.catch(() => undefined)
    await queue.close()
    log.read = read
    const again = await store.queue('jobs')
    expect(await again.put({ value: 'w' }, { key: 'k' })).toEqual({ offset: 1, isDuplicate: false })
    go()
    await expect(late).rejects.toMatchObject({ code: 'LOG_CLOSED' })
    expect(again.statistics().messages).toBe(2)
  })

  test('of a far future does not make the window stand still', async () => {
    const { store, clock } = await machine()
    const log = await store.log('jobs', {
      configs: { 'message.timestamp.after.max.ms': String(Number.MAX_SAFE_INTEGER) },
    })
    const key = { 'odradek.key': 'old' }
    await log.append({ value: 'x', timestamp: clock.nowMs + 1e12, headers: key })
    await log.append({ value: 'y', timestamp: clock.nowMs - 1e6, headers: { 'odradek.key': 'o' } })
    const queue = await store.queue('jobs', { dedupWindowMs: 1_000 })
    expect((await queue.put({ value: 'v' }, { key: 'k' })).isDuplicate).toBe(false)
    clock.nowMs += 1_000
    expect((await queue.put({ value: 'v' }, { key: 'k' })).isDuplicate).toBe(false)
    const times = (await takeSome(queue, 'c', 4)).slice(2).map(({ timestamp }) => timestamp)
    expect(times).toEqual([clock.nowMs - 1_000, clock.nowMs])
  })

  test('is read again where reading failed', async () => {
    const first = await machine()
    await (await first.store.queue('jobs')).put({ value: 'v' }, { key: 'k' })
    const { store, partition } = await first.killed()
    const queue = await store.queue('jobs')
    const log = partition('jobs')
    const { read } = log
    log.read = () => Promise.reject(new Error('no descriptor'))
    await expect(queue.put({ value: 'v' }, { key: 'k' })).rejects.toThrow('no descriptor')
    log.read = read
    expect((await queue.put({ value: 'v' }, { key: 'k' })).isDuplicate).toBe(true)
  })
})

describe('a hand-over', () => {
  test('is known as long as its source may come again, though it is finished there', async () => {
    const first = await machine()
    const inbox = await first.store.queue('in')
    const outbox = await first.store.queue('out')
    await inbox.put({ value: 'a' })
    await outbox.put({ value: 'A' }, { source: await takeOne(inbox) })
    await (await takeOne(outbox)).ack()
    await outbox.close()
    const second = await first.killed()
    const out = await second.store.queue('out')
    const source = await takeOne(await second.store.queue('in'))
    expect(await out.put({ value: 'A' }, { source })).toEqual({ offset: 0, isDuplicate: true })
    await source.ack()
    await out.close()
    expect((await second.store.queue('out')).statistics().messages).toBe(0)
  })

  test('of a message whose delivery a full disk did not note waits for that', async () => {
    const first = await machine()
    const inbox = await first.store.queue('in', { consumers: ['c'] })
    const outbox = await first.store.queue('out', { consumers: ['c'] })
    await inbox.put({ value: 'a' })
    const empty = fillDisk(first.state())
    const source = await takeOne(inbox)
    const full = { code: 'DISK_FULL' }
    await expect(outbox.put({ value: 'A' }, { source })).rejects.toMatchObject(full)
    empty()
    expect((await outbox.put({ value: 'A' }, { source })).offset).toBe(0)
    await (await takeOne(outbox)).ack()
    await outbox.close()
    const second = await first.killed()
    const out = await second.store.queue('out')
    const again = await takeOne(await second.store.queue('in'))
    expect(again.attempt).toBe(2)
    const put = await out.put({ value: 'A' }, { source: again })
    expect(put).toEqual({ offset: 0, isDuplicate: true })
  })

  test('that another process made is known although this one deletes', async () => {
    const first = await machine()
    const inbox = await first.store.queue('in')
    await inbox.put({ value: 'a' })
    const outbox = await first.store.queue('out')
    await outbox.put({ value: 'A' }, { source: await takeOne(inbox) })
    const second = await first.killed()
    const out = await second.store.queue('out')
    await (await takeOne(out)).ack()
    await out.close()
    const third = await second.killed()
    const again = await third.store.queue('out')
    const source = await takeOne(await third.store.queue('in'))
    expect((await again.put({ value: 'A' }, { source })).isDuplicate).toBe(true)
  })

  test('that was not stored leaves its number to the next', async () => {
    const first = await machine()
    const inbox = await first.store.queue('in')
    const outbox = await first.store.queue('out')
    await inbox.put({ value: 'a' })
    const source = await takeOne(inbox)
    const empty = fillDisk(first.partition('out'))
    await expect(outbox.put({ value: 'A' }, { source })).rejects.toMatchObject({
      code: 'DISK_FULL',
    })
    empty()
    expect((await outbox.put({ value: 'A' }, { source })).offset).toBe(0)
    expect((await outbox.put({ value: 'B' }, { source })).offset).toBe(1)
    const second = await first.killed()
    const again = await takeOne(await second.store.queue('in'))
    const out = await second.store.queue('out')
    for (const [offset, value] of ['A', 'B'].entries()) {
      const put = await out.put({ value }, { source: again })
      expect(put).toEqual({ offset, isDuplicate: true })
    }
  })
})

test('the lag is the same after a restart, whatever was passed above what is open', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs', { consumers: ['c'] })
  for (const value of ['a', 'b', 'c', 'd']) await queue.put({ value })
  const [, b, c] = await takeSome(queue, 'c', 3)
  await b?.ack()
  await c?.nack({ delayMs: 50 })
  expect(queue.statistics().consumers).toMatchObject([{ lag: 3, leased: 1, parked: 1 }])
  const second = await first.killed()
  const again = await second.store.queue('jobs')
  expect(again.statistics().consumers).toMatchObject([{ lag: 3, leased: 0, parked: 1 }])
  await takeSome(again, 'c', 2)
  expect(again.statistics().consumers).toMatchObject([{ lag: 3, leased: 2, parked: 1 }])
})

test('a message that kills its process at once is counted, and dead in the end', async () => {
  const first = await machine()
  await (await first.store.queue('jobs')).put({ value: 'poison' })
  let on = await first.killed()
  const attempts: number[] = []
  for (let i = 0; i < 3; i++) {
    const queue = await on.store.queue('jobs', { maxAttempts: 3 })
    // The kill comes in the microtask that has the message.
    let killed: Promise<typeof on> | undefined
    const iterator = queue.take({ consumer: 'c' })[Symbol.asyncIterator]()
    await iterator.next().then(({ value }) => {
      attempts.push(value.attempt)
      killed = on.killed()
    })
    on = (await killed) as typeof on
  }
  expect(attempts).toEqual([1, 2, 3])
  const queue = await on.store.queue('jobs', { maxAttempts: 3 })
  await queue.put({ value: 'good' })
  expect(String((await takeOne(queue)).value)).toBe('good')
  await turns()
  expect((await on.store.queue('jobs.dead')).statistics().messages).toBe(1)
})

/** A disk that had the consumers' log to its end, and of the messages `left` alone. */
const cutTo =
  (left: number) =>
  ({ partitions }: MemoryDisk): void => {
    const jobs = partitions.get('jobs-0')
    if (jobs === undefined) throw new Error('there are no messages')
    jobs.batches.length = left
    jobs.durableOffset = left
  }

describe('a power cut that takes messages', () => {
  /** Four messages in hands, of which one is finished and one waits by itself. */
  async function fourInHands(): Promise<Machine> {
    const on = await machine()
    const queue = await on.store.queue('jobs', { durability: 'os' })
    for (const value of ['a', 'b', 'c', 'd']) await queue.put({ value })
    const [a, , c] = await takeSome(queue, 'c', 4)
    await a?.ack()
    await c?.nack({ delayMs: 50 })
    await on.state().flush()
    return on
  }
  const next = [
    { offset: 1, value: Buffer.from('x'), attempt: 1 },
    { offset: 2, value: Buffer.from('y'), attempt: 1 },
    { offset: 3, value: Buffer.from('z'), attempt: 1 },
  ]

  test('leaves nobody ahead of the next ones', async () => {
    const { store } = await (await fourInHands()).killed(cutTo(1))
    const again = await store.queue('jobs')
    expect(again.statistics().messages).toBe(1)
    for (const value of ['x', 'y', 'z']) await again.put({ value })
    expect(await takeSome(again, 'c', 3)).toMatchObject(next)
  })

  test('nor of those that a program appends itself before the queue is opened', async () => {
    const second = await (await fourInHands()).killed(cutTo(1))
    const log = await second.store.log('jobs')
    for (const value of ['x', 'y', 'z', 'more']) await log.append({ value })
    // Nor where the queue is opened after another end alone.
    const third = await second.killed()
    expect(await takeSome(await third.store.queue('jobs'), 'c', 3)).toMatchObject(next)
  })

  test('takes no hand-over for one of a message that is lost', async () => {
    const first = await machine()
    const jobs = await first.store.queue('jobs', { durability: 'os' })
    const outbox = await first.store.queue('out')
    await jobs.put({ value: 'lost' })
    await outbox.put({ value: 'of the lost' }, { source: await takeOne(jobs) })
    const second = await first.killed(cutTo(0))
    const again = await second.store.queue('jobs')
    await again.put({ value: 'new' })
    const source = await takeOne(again)
    expect([source.offset, String(source.value)]).toEqual([0, 'new'])
    const put = await (await second.store.queue('out')).put({ value: 'of the new' }, { source })
    expect(put).toEqual({ offset: 1, isDuplicate: false })
  })
})

test('what could not be kept of many changes is kept before the position behind it', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs', { durability: 'os' })
  const count = 2_500
  await Promise.all(Array.from({ length: count }, () => queue.put({ value: 'v' })))
  const messages = await takeSome(queue, 'c', count)
  const state = first.state()
  const append = state.append.bind(state)
  const empty = fillDisk(state)
  const refuse = state.append
  // The first of two batches is refused, the second is not.
  let calls = 0
  state.append = (batch) => (calls++ === 0 ? refuse(batch) : append(batch))
  const nacked = await Promise.allSettled(messages.map((one) => one.nack({ delayMs: 5 })))
  expect(nacked.filter(({ status }) => status === 'rejected').length).toBe(count)
  empty()
  const second = await first.killed()
  second.clock.nowMs += 5
  const again = await second.store.queue('jobs')
  const came = await takeSome(again, 'c', count)
  expect(new Set(came.map(({ offset }) => offset)).size).toBe(count)
})

test('a queue that is opened again in its store has what was kept, and no more', async () => {
  const { store, state, killed } = await machine()
  const queue = await store.queue('jobs')
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  const empty = fillDisk(state())
  await expect(message.ack()).rejects.toMatchObject({ code: 'DISK_FULL' })
  await queue.close()
  empty()
  expect((await takeOne(await store.queue('jobs'))).attempt).toBe(2)
  const next = await killed()
  expect((await takeOne(await next.store.queue('jobs'))).attempt).toBe(3)
})

test('ends of leases that were extended do not pile up', () => {
  const at = (ms: number) => ({ wallMs: ms, monotonicMs: ms })
  const delivery = new Delivery(
    { leaseMs: 1e6, attemptsMax: 2 },
    { cursor: 0, handedOut: 0, ranges: [] },
  )
  delivery.offer(0, 0, at(0))
  delivery.take(at(0))
  for (let now = 0; now < 10_000; now++) delivery.extend(0, 1, at(now))
  expect(delivery.endsCount).toBeLessThan(100)
  delivery.expire(at(9_999 + 1e6 - 1))
  expect(delivery.leasedCount).toBe(1)
  delivery.expire(at(9_999 + 1e6))
  expect(delivery.leasedCount).toBe(0)
})
