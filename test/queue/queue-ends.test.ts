/** Consumers and queues that are ended, and what fails while they are at work. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '../../src/queue/queue-message.ts'
import { cleanUp, soon } from './fixture.ts'
import { fillDisk, gate, machine, takeOne, takeSome, turns } from './queue-fixture.ts'

afterEach(cleanUp)

const closed = { code: 'LOG_CLOSED' }

test('who takes has a name, and who processes a handler', async () => {
  const { store } = await machine()
  const queue = await store.queue('jobs')
  const invalid = expect.objectContaining({ code: 'INVALID_CONFIG' })
  expect(() => queue.take(undefined as never)).toThrow(invalid)
  await expect(queue.process(undefined as never, () => undefined)).rejects.toEqual(invalid)
  await expect(queue.process({ consumer: 'c' }, undefined as never)).rejects.toEqual(invalid)
  expect(queue.consumers()).toEqual([])
})

describe('a consumer that is removed', () => {
  test('stays removed, whatever it had not kept yet', async () => {
    const first = await machine()
    const queue = await first.store.queue('jobs', { durability: 'os' })
    for (const value of ['v', 'w']) await queue.put({ value })
    const [done, message] = await takeSome(queue, 'c', 2)
    const acknowledged = done?.ack().catch(() => undefined)
    await queue.removeConsumer('c')
    await acknowledged
    await turns()
    await expect(message?.nack()).rejects.toMatchObject(closed)
    const second = await first.killed()
    expect((await second.store.queue('jobs')).consumers()).toEqual([])
  })

  test('may be made again at once, and is there then', async () => {
    const first = await machine()
    const queue = await first.store.queue('jobs', { consumers: ['c'] })
    await queue.put({ value: 'v' })
    const [removed, message] = await Promise.all([queue.removeConsumer('c'), takeOne(queue)])
    expect([removed, message.offset]).toEqual([true, 0])
    const second = await first.killed()
    expect((await second.store.queue('jobs')).consumers()).toEqual(['c'])
  })

  test('tells its handlers so, that they are ended by their signal as well', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'v' })
    const stop = new AbortController()
    const processing = queue.process({ consumer: 'c', signal: stop.signal }, async () => {
      await queue.removeConsumer('c')
      stop.abort()
    })
    await expect(processing).rejects.toMatchObject(closed)
  })

  test('is there as it was where that cannot be kept, and removed later', async () => {
    const first = await machine()
    const queue = await first.store.queue('jobs', { consumers: ['c', 'd'] })
    for (const value of ['a', 'b']) await queue.put({ value })
    const [a, b] = await takeSome(queue, 'c', 2)
    await a?.nack({ delayMs: 10 })
    await b?.ack()
    for (const message of await takeSome(queue, 'd', 2)) await message.ack()
    const empty = fillDisk(first.state())
    await expect(queue.removeConsumer('c')).rejects.toMatchObject({ code: 'DISK_FULL' })
    empty()
    first.clock.nowMs += 10
    const again = await takeOne(queue)
    expect(again).toMatchObject({ offset: 0, attempt: 2 })
    await again.ack()
    const second = await first.killed()
    const queueAgain = await second.store.queue('jobs')
    expect(await soon(takeOne(queueAgain))).toBe('waits')
    expect(await queueAgain.removeConsumer('c')).toBe(true)
    const third = await second.killed()
    expect((await third.store.queue('jobs')).consumers()).toEqual(['d'])
  })

  test('is none where it could not be kept in the first place', async () => {
    const { store, state } = await machine()
    const queue = await store.queue('jobs')
    const empty = fillDisk(state())
    await expect(takeOne(queue)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(queue.consumers()).toEqual([])
    empty()
    await queue.put({ value: 'v' })
    expect((await takeOne(queue)).offset).toBe(0)
  })
})

test('a dead letter that waits for room is not put by a queue that was closed', async () => {
  const { store, partition, state } = await machine()
  const dead = await store.queue('jobs.dead')
  await dead.close()
  const queue = await store.queue('jobs', { maxAttempts: 1 })
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  const letters = partition('jobs.dead')
  const { committed } = letters
  const { opened, open: go } = gate()
  letters.committed = (offset) => opened.then(() => committed.call(letters, offset))
  await message.nack()
  await turns()
  await queue.close()
  const again = await store.queue('jobs', { maxAttempts: 5 })
  const before = state().logEndOffset()
  go()
  await turns()
  expect(state().logEndOffset()).toBe(before)
  expect((await takeOne(again)).attempt).toBe(2)
})

describe('a consumer whose reading failed', () => {
  test('tells who takes, and reads on for the next', async () => {
    const first = await machine()
    await (await first.store.queue('jobs')).put({ value: 'v' })
    const { store, partition } = await first.killed()
    const queue = await store.queue('jobs')
    const log = partition('jobs')
    const { read } = log
    log.read = () => Promise.reject(new Error('no descriptor'))
    await expect(takeOne(queue)).rejects.toThrow('no descriptor')
    log.read = read
    expect(String((await takeOne(queue)).value)).toBe('v')
  })

  test('hands a message that comes again to the next, whatever the lease', async () => {
    const { store, partition, clock } = await machine()
    const queue = await store.queue('jobs', { leaseMs: Infinity })
    await queue.put({ value: 'v' })
    await (await takeOne(queue)).nack()
    const log = partition('jobs')
    const { read } = log
    log.read = () => Promise.reject(new Error('no descriptor'))
    await expect(takeOne(queue)).rejects.toThrow('no descriptor')
    log.read = read
    expect(queue.statistics().consumers).toMatchObject([{ leased: 0, parked: 1, handedOut: 1 }])
    // Who takes meanwhile gets others.
    await queue.put({ value: 'w' })
    expect(String((await takeOne(queue)).value)).toBe('w')
    clock.nowMs += 1_000
    expect(await takeOne(queue)).toMatchObject({ offset: 0, attempt: 2 })
  })

  test('as its messages were deleted goes on where the log begins', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs')
    const log = await store.log('jobs')
    await queue.put({ value: 'a' })
    await (await takeOne(queue)).ack()
    for (const value of ['b', 'c']) await queue.put({ value })
    // Its reading stands at what is deleted.
    await log.trim(2)
    expect((await takeOne(queue)).offset).toBe(2)
  })
})

describe('an opening that fails', () => {
  test('as the queue is open leaves that as durable as it is', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs')
    const opened = store.queue('jobs', { durability: 'os' })
    await expect(opened).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    expect((await store.log('jobs')).durability).toBe('fsync')
    await queue.close()
    await store.queue('jobs', { durability: 'os' })
    expect((await store.log('jobs')).durability).toBe('os')
  })

  test('can be repeated', async () => {
    const { store, state } = await machine()
    await (await store.queue('other')).close()
    const empty = fillDisk(state())
    const opened = store.queue('jobs', { consumers: ['c'] })
    await expect(opened).rejects.toMatchObject({ code: 'DISK_FULL' })
    empty()
    expect((await store.queue('jobs', { consumers: ['c'] })).consumers()).toEqual(['c'])
  })

  test('closes the store of a queue that has one alone', async () => {
    const { store, state, memory } = await machine()
    await (await store.queue('other')).close()
    fillDisk(state())
    const opened = store.onlyQueue('jobs', { consumers: ['c'] })
    await expect(opened).rejects.toMatchObject({ code: 'DISK_FULL' })
    await store.close()
    expect(memory.offlineReason()).not.toBe('')
  })
})

describe('a close', () => {
  test('waits for who was just handed a message', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs')
    const done: string[] = []
    const processing = queue.process({ consumer: 'c' }, async (message) => {
      await turns(3)
      done.push(String(message.value))
    })
    await turns()
    await queue.put({ value: 'v' })
    for (let i = 0; i < 30 && queue.statistics().consumers[0]?.handedOut !== 1; i++) {
      await Promise.resolve()
    }
    await queue.close()
    await processing
    const again = await store.queue('jobs')
    const left = again.statistics().consumers[0]?.lag
    expect([done.length, left]).toEqual(done.length === 1 ? [1, 0] : [0, 1])
  })

  test('does not fail with a trim that does', async () => {
    const { store, partition } = await machine()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'v' })
    partition('jobs').deleteUpTo = async () => {
      await turns(3)
      throw new Error('no')
    }
    await (await takeOne(queue)).ack()
    await queue.close()
    expect((await store.queue('jobs')).statistics().consumers).toMatchObject([{ lag: 0 }])
  })

  test('waits for no handler that takes, or waits for room, itself', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs', { maxBytes: 500, whenFull: 'wait', durability: 'os' })
    await queue.put({ value: 'v'.repeat(300) })
    const codes: unknown[] = []
    const processing = queue.process({ consumer: 'c' }, async () => {
      const waits = [takeOne(queue), queue.put({ value: 'w'.repeat(300) })]
      for (const one of await Promise.allSettled(waits)) codes.push(one)
    })
    await turns()
    await queue.close()
    await processing
    const refused = { status: 'rejected', reason: closed }
    expect(codes).toMatchObject([refused, refused])
  })

  test('ends what takes for good', async () => {
    const { store } = await machine()
    const queue = await store.queue('jobs', { consumers: ['c'] })
    await queue.put({ value: 'v' })
    const iterator = queue.take({ consumer: 'c' })[Symbol.asyncIterator]()
    const other = queue.take({ consumer: 'new' })[Symbol.asyncIterator]()
    await queue.close()
    await expect(iterator.next()).rejects.toMatchObject(closed)
    await expect(other.next()).rejects.toMatchObject(closed)
  })
})

describe('a callback that throws', () => {
  const boom = (): never => {
    throw new Error('boom')
  }

  test.each([
    ['onError', { onError: boom, retryDelayMs: 0 }],
    ['retryDelayMs', { retryDelayMs: boom }],
    ['retryDelayMs, a wrong one', { retryDelayMs: () => Number.NaN }],
  ])(
    '%s ends the processing, with all who work, and the message is given back',
    async (_, options) => {
      const { store, clock } = await machine()
      const queue = await store.queue('jobs')
      await queue.put({ value: 'v' })
      const processing = queue.process({ consumer: 'c', concurrency: 3, ...options }, () => {
        throw new Error('handler')
      })
      await expect(processing).rejects.toThrow(/boom|retryDelayMs/)
      clock.nowMs += 10_000
      await queue.put({ value: 'w' })
      const messages = await takeSome(queue, 'c', 2)
      expect(messages.map(({ attempt }) => attempt)).toEqual([2, 1])
    },
  )

  test('at an acknowledgement that is late ends it as well', async () => {
    const { store, clock } = await machine()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'v' })
    const processing = queue.process({ consumer: 'c', onError: boom }, async () => {
      clock.nowMs += 40_000
      const again = await takeOne(queue)
      expect(again.attempt).toBe(2)
    })
    await expect(processing).rejects.toThrow('boom')
  })
})

describe('who takes and leaves while the message is on its way', () => {
  /** A queue with one message that is given back, whose next reading waits for `go`. */
  async function parked() {
    const on = await machine()
    const queue = await on.store.queue('jobs', { leaseMs: 1_000 })
    await queue.put({ value: 'v' })
    await (await takeOne(queue)).nack()
    const log = on.partition('jobs')
    const { read } = log
    const { opened, open: go } = gate()
    log.read = (...args) => opened.then(() => read.apply(log, args))
    return { ...on, queue, go }
  }

  test('has not had it: the delivery does not count', async () => {
    const { queue, go } = await parked()
    const stop = new AbortController()
    const left = queue.take({ consumer: 'c', signal: stop.signal })[Symbol.asyncIterator]().next()
    await turns()
    stop.abort()
    await expect(left).rejects.toMatchObject(closed)
    go()
    await turns()
    expect(queue.statistics().consumers).toMatchObject([{ handedOut: 1, leased: 0, parked: 1 }])
    expect((await takeOne(queue)).attempt).toBe(2)
  })

  test('in the deserializer: the same', async () => {
    const { store } = await machine()
    const stop = new AbortController()
    let made = 0
    const queue = await store.queue('jobs', {
      valueDeserializer: (bytes) => {
        if (++made === 1) stop.abort()
        return bytes
      },
    })
    await queue.put({ value: 'v' })
    const left = queue.take({ consumer: 'c', signal: stop.signal })[Symbol.asyncIterator]().next()
    await expect(left).rejects.toMatchObject(closed)
    await turns()
    expect(queue.statistics().consumers).toMatchObject([{ handedOut: 0, leased: 0, parked: 1 }])
    expect((await takeOne(queue)).attempt).toBe(1)
  })

  test('too late for its lease: who comes next has it alone', async () => {
    const { queue, go, clock } = await parked()
    const taken: Message[] = []
    const one = takeOne(queue).then((message) => taken.push(message))
    await turns()
    clock.nowMs += 1_000
    const two = takeOne(queue).then((message) => taken.push(message))
    await turns()
    go()
    await Promise.race([one, two])
    await turns()
    expect(taken.map(({ attempt }) => attempt)).toEqual([3])
    await taken[0]?.ack()
  })
})

test('an acknowledgement that the disk had no room for can be repeated', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs')
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  const empty = fillDisk(first.state())
  await expect(message.ack()).rejects.toMatchObject({ code: 'DISK_FULL' })
  expect(message.isEnded).toBe(true)
  await expect(message.ack()).rejects.toMatchObject({ code: 'DISK_FULL' })
  empty()
  await message.ack()
  const second = await first.killed()
  expect((await second.store.queue('jobs')).statistics().consumers).toMatchObject([{ lag: 0 }])
})

test('an acknowledgement that was not kept before the close is told of that', async () => {
  const { store, state } = await machine()
  const queue = await store.queue('jobs')
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  const empty = fillDisk(state())
  await expect(message.ack()).rejects.toMatchObject({ code: 'DISK_FULL' })
  await queue.close()
  empty()
  await expect(message.ack()).rejects.toMatchObject(closed)
})

test('a dead message is in nobody’s hands', async () => {
  const { store, partition } = await machine()
  await (await store.queue('jobs.dead')).close()
  const queue = await store.queue('jobs', { maxAttempts: 1, leaseMs: 1_000 })
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  const empty = fillDisk(partition('jobs.dead'))
  await message.nack()
  await turns()
  expect(() => message.extend()).toThrow('lease')
  empty()
  expect(await soon(takeOne(queue))).toBe('waits')
  expect(queue.statistics().consumers).toMatchObject([{ leased: 1, dead: 0 }])
})

test('a dead letter is put also where a handler has put something of its message', async () => {
  const { store } = await machine()
  const queue = await store.queue('jobs', { maxAttempts: 1 })
  const dead = await store.queue('jobs.dead')
  await queue.put({ value: 'job' })
  const message = await takeOne(queue)
  await dead.put({ value: 'why' }, { source: message })
  await message.nack()
  const letters = await takeSome(dead, 'c', 2)
  expect(letters.map(({ value }) => String(value))).toEqual(['why', 'job'])
})

test('a late acknowledgement of a message that died of its last lease is told so', async () => {
  const { store, partition, clock } = await machine()
  await (await store.queue('jobs.dead')).close()
  const queue = await store.queue('jobs', { maxAttempts: 1, leaseMs: 1_000 })
  for (const value of ['a', 'b']) await queue.put({ value })
  const [one, two] = await takeSome(queue, 'c', 2)
  fillDisk(partition('jobs.dead'))
  clock.nowMs += 1_000
  expect(await soon(takeOne(queue))).toBe('waits')
  await expect(one?.ack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
  await expect(two?.nack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
})

test('a lease without an end lasts until the process ends', async () => {
  const first = await machine()
  const queue = await first.store.queue('jobs', { leaseMs: Infinity })
  await queue.put({ value: 'v' })
  const message = await takeOne(queue)
  first.clock.nowMs += 1e12
  message.extend()
  expect(await soon(takeOne(queue))).toBe('waits')
  const second = await first.killed()
  expect((await takeOne(await second.store.queue('jobs'))).attempt).toBe(2)
})

test.each([1e11, -1e11])(
  'a clock that is set by %d ms neither ends a lease nor holds it',
  async (ms) => {
    const { store, clock } = await machine()
    const queue = await store.queue('jobs', { leaseMs: 1_000 })
    for (const value of ['a', 'b']) await queue.put({ value })
    const [kept, late] = await takeSome(queue, 'c', 2)
    clock.nowMs += ms
    clock.setAheadMs += ms
    const waiting = takeOne(queue)
    expect(await soon(waiting)).toBe('waits')
    await kept?.ack()
    clock.nowMs += 1_000
    // Who comes has it looked at.
    expect(await soon(takeOne(queue))).toBe('waits')
    expect(await waiting).toMatchObject({ offset: 1, attempt: 2 })
    await expect(late?.ack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
  },
)

test('who waits notices within a minute that the clock was set past a delay', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { store, clock } = await machine()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'v' }, { delayMs: 3_600_000 })
    const waiting = takeOne(queue)
    expect(await soon(waiting)).toBe('waits')
    clock.nowMs += 3_600_000
    clock.setAheadMs += 3_600_000
    vi.advanceTimersByTime(60_000)
    expect((await waiting).attempt).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})
