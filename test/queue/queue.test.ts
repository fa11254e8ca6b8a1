/** Queues on real files. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LogError } from '../../src/queue/log-error.ts'
import { Queue } from '../../src/queue/queue.ts'
import type { Message } from '../../src/queue/queue-message.ts'
import type { QueueOptions } from '../../src/queue/queue-options.ts'
import { Store } from '../../src/queue/store.ts'
import { temporaryFolder } from './fixture.ts'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function storeAt(directory = temporaryFolder()): Promise<Store> {
  const store = await Store.open(directory)
  open.push(store)
  return store
}

async function queueOf(options: QueueOptions = {}): Promise<Queue> {
  const store = await storeAt()
  return store.queue('jobs', options)
}

async function putAll(queue: Queue, values: readonly string[]): Promise<void> {
  await Promise.all(values.map((value) => queue.put({ value })))
}

const textOf = (message: Message): string => String(message.value)

/** The next `count` messages, which stay in hands. */
async function takeSome(queue: Queue, consumer: string, count: number): Promise<Message[]> {
  const iterator = queue.take({ consumer })[Symbol.asyncIterator]()
  const messages: Message[] = []
  while (messages.length < count) {
    const { value } = await iterator.next()
    messages.push(value)
  }
  return messages
}

/** What comes within a moment. */
async function takeNow(queue: Queue, consumer: string): Promise<Message[]> {
  const messages: Message[] = []
  const signal = AbortSignal.timeout(150)
  try {
    for await (const message of queue.take({ consumer, signal })) messages.push(message)
  } catch (error) {
    expect((error as LogError).code).toBe('LOG_CLOSED')
  }
  return messages
}

describe('messages', () => {
  test('are handed out in their order, with all of them, and acknowledged', async () => {
    const queue = await queueOf()
    await queue.put({ value: 'a', headers: { h: '1' } })
    await queue.put({ value: null })
    const [one, two] = await takeSome(queue, 'c', 2)
    expect([String(one?.value), two?.value]).toEqual(['a', null])
    expect(one).toMatchObject({ offset: 0, attempt: 1, queue: 'jobs', consumer: 'c' })
    expect(one?.headers.map(({ key, value }) => [key, String(value)])).toEqual([['h', '1']])
    expect(Math.abs((one?.timestamp ?? 0) - Date.now())).toBeLessThan(60_000)
    await Promise.all([one?.ack(), two?.ack()])
    expect(queue.statistics().consumers).toMatchObject([{ consumer: 'c', lag: 0, acknowledged: 2 }])
  })

  test('wait for who takes, and who takes waits for them', async () => {
    const queue = await queueOf()
    const waiting = takeSome(queue, 'c', 1)
    await sleep(20)
    await queue.put({ value: 'late' })
    expect((await waiting).map(textOf)).toEqual(['late'])
  })

  test('go to each consumer, and are shared by those of one name', async () => {
    const queue = await queueOf()
    const values = Array.from({ length: 100 }, (_, i) => `v${i}`)
    await putAll(queue, values)
    const [one, other] = await Promise.all([takeSome(queue, 'a', 50), takeSome(queue, 'a', 50)])
    expect([...one, ...other].map(textOf).sort()).toEqual([...values].sort())
    expect((await takeSome(queue, 'b', 100)).map(textOf)).toEqual(values)
  })

  test('are not handed out before their delay is over', async () => {
    const queue = await queueOf()
    const begun = Date.now()
    await queue.put({ value: 'later' }, { delayMs: 200 })
    await queue.put({ value: 'now' })
    const messages = await takeSome(queue, 'c', 2)
    expect(messages.map(textOf)).toEqual(['now', 'later'])
    expect(Date.now() - begun).toBeGreaterThanOrEqual(199)
  })

  test('with one key are put once within the window', async () => {
    const queue = await queueOf({ dedupWindowMs: 200 })
    const [one, two] = await Promise.all([
      queue.put({ value: 'first' }, { key: 'k' }),
      queue.put({ value: 'second' }, { key: 'k' }),
    ])
    expect([one, two]).toEqual([
      { offset: 0, isDuplicate: false },
      { offset: 0, isDuplicate: true },
    ])
    expect(await queue.put({ value: 'x' }, { key: 'other' })).toEqual({
      offset: 1,
      isDuplicate: false,
    })
    await sleep(210)
    expect((await queue.put({ value: 'third' }, { key: 'k' })).isDuplicate).toBe(false)
    expect((await takeSome(queue, 'c', 3)).map(textOf)).toEqual(['first', 'x', 'third'])
  })

  test('that cannot be stored are refused', async () => {
    const queue = await queueOf()
    const refused = (message: unknown) => expect(queue.put(message as never)).rejects
    await refused({}).toMatchObject({ code: 'INVALID_RECORD' })
    await refused(null).toMatchObject({ code: 'INVALID_RECORD' })
    await refused({ value: 5 }).toMatchObject({ code: 'INVALID_RECORD' })
    await refused({ value: 'v', headers: { 'odradek.due': '1' } }).toThrow('odradek.due')
    await expect(queue.put({ value: 'v' }, { delayMs: -1 })).rejects.toThrow('delayMs')
    await expect(queue.put({ value: 'v' }, { key: '' })).rejects.toThrow('key')
    expect(queue.statistics().messages).toBe(0)
  })
})

describe('calls', () => {
  test('with an option that there is not are refused by its name', async () => {
    const store = await storeAt()
    const [queue, log] = [await store.queue('jobs'), await store.log('log')]
    await log.append({ value: 'v' })
    const wrong = { code: 'INVALID_CONFIG', message: /'live'|'concurrency'|'durability'|'signal'/ }
    const calls = [
      () => queue.process({ consumer: 'c', concurency: 3 } as never, () => undefined),
      async () => queue.take({ consumer: 'c', singal: 1 } as never),
      () => queue.put({ value: 'v' }, { durabilty: 'os' } as never),
      () => log.append({ value: 'v' }, { durabilty: 'os' } as never),
      async () => log.read({ life: true } as never),
    ]
    for (const call of calls) {
      const refused = await call().catch((error: LogError) => error)
      expect(refused).toMatchObject({ code: wrong.code })
      expect((refused as LogError).message).toMatch(wrong.message)
    }
    expect(log.endOffset()).toBe(1)
    await expect(queue.put([{ value: 'v' }] as never)).rejects.toThrow('put takes one')
  })

  test('take one by one as well as in a loop', async () => {
    const queue = await queueOf()
    await putAll(queue, ['a', 'b'])
    const messages = queue.take({ consumer: 'c' })
    const { value: first } = await messages.next()
    expect(textOf(first)).toBe('a')
    for await (const message of messages) {
      expect(textOf(message)).toBe('b')
      break
    }
  })
})

describe('a message that is not acknowledged', () => {
  test('and was given back is not acknowledged by who gave it back', async () => {
    const queue = await queueOf()
    await putAll(queue, ['a', 'b'])
    const [one, other] = await takeSome(queue, 'c', 2)
    await one?.nack({ delayMs: 60_000 })
    await expect(one?.ack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
    await one?.nack()
    await other?.ack()
    await expect(other?.nack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
    expect(queue.statistics().consumers).toMatchObject([{ lag: 1, parked: 1, acknowledged: 1 }])
  })

  test('comes again when its lease is over, and its first holder is told', async () => {
    const queue = await queueOf({ leaseMs: 50 })
    await queue.put({ value: 'v' })
    const [first] = await takeSome(queue, 'c', 1)
    const [second] = await takeSome(queue, 'c', 1)
    expect([first?.attempt, second?.attempt]).toEqual([1, 2])
    await expect(first?.ack()).rejects.toMatchObject({ code: 'LEASE_LOST' })
    await second?.ack()
    expect(await takeNow(queue, 'c')).toEqual([])
  })

  test('stays in hands as long as its lease is extended', async () => {
    const queue = await queueOf({ leaseMs: 100 })
    await queue.put({ value: 'v' })
    const [message] = await takeSome(queue, 'c', 1)
    const again = takeNow(queue, 'c')
    for (let i = 0; i < 4; i++) {
      await sleep(40)
      message?.extend()
    }
    expect(await again).toEqual([])
    await message?.ack()
  })

  test('and is given back comes again after its delay', async () => {
    const queue = await queueOf()
    await putAll(queue, ['a', 'b'])
    const [first] = await takeSome(queue, 'c', 1)
    await first?.nack({ delayMs: 60 })
    const next = await takeSome(queue, 'c', 2)
    expect(next.map((one) => [textOf(one), one.attempt])).toEqual([
      ['b', 1],
      ['a', 2],
    ])
  })

  test('goes to the dead letters after its last attempt, once', async () => {
    const store = await storeAt()
    const queue = await store.queue('jobs', { maxAttempts: 2 })
    await queue.put({ value: 'poison', headers: { h: '1' } })
    for (let i = 0; i < 2; i++) {
      const [message] = await takeSome(queue, 'c', 1)
      await message?.nack()
    }
    const dead = await store.queue('jobs.dead')
    const [letter] = await takeSome(dead, 'undertaker', 1)
    expect([letter && textOf(letter), letter?.headers.length]).toEqual(['poison', 1])
    await vi.waitFor(() =>
      expect(queue.statistics().consumers[0]).toMatchObject({ dead: 1, lag: 0 }),
    )
    expect(dead.statistics().messages).toBe(1)
  })

  test('and cannot be deserialised is a dead letter at once, with its bytes', async () => {
    const store = await storeAt()
    const queue = await store.queue<string, string>('jobs', {
      valueDeserializer: (bytes) => {
        if (String(bytes) === 'bad') throw new Error('no')
        return String(bytes)
      },
    })
    await queue.put({ value: 'bad' })
    await queue.put({ value: 'good' })
    const iterator = queue.take({ consumer: 'c' })[Symbol.asyncIterator]()
    expect((await iterator.next()).value.value).toBe('good')
    const dead = await store.queue('jobs.dead')
    expect((await takeSome(dead, 'c', 1)).map(textOf)).toEqual(['bad'])
  })

  test('is given back when the loop is left', async () => {
    const queue = await queueOf()
    await queue.put({ value: 'v' })
    for await (const _ of queue.take({ consumer: 'c' })) break
    const [again] = await takeSome(queue, 'c', 1)
    expect(again?.attempt).toBe(2)
  })
})

describe('process', () => {
  test('works at several at a time: what returns is finished, what throws is not', async () => {
    const queue = await queueOf()
    await putAll(
      queue,
      Array.from({ length: 40 }, (_, i) => `v${i}`),
    )
    const stop = new AbortController()
    const seen: string[] = []
    const errors: unknown[] = []
    let [atWork, most] = [0, 0]
    const options = {
      consumer: 'c',
      concurrency: 8,
      signal: stop.signal,
      retryDelayMs: 5,
      onError: (error: unknown) => errors.push(error),
    }
    await queue.process(options, async (message) => {
      most = Math.max(most, ++atWork)
      await sleep(2)
      atWork--
      if (textOf(message) === 'v7' && message.attempt < 3) throw new Error('again')
      seen.push(textOf(message))
      if (seen.length === 40) stop.abort()
    })
    expect(most).toBe(8)
    expect(new Set(seen).size).toBe(40)
    expect(errors.map(String)).toEqual(['Error: again', 'Error: again'])
    expect(queue.statistics().consumers).toMatchObject([{ lag: 0, leased: 0, acknowledged: 40 }])
  })

  test('ends when the queue is closed, and what was at work is finished', async () => {
    const directory = temporaryFolder()
    const queue = await Queue.open(directory)
    await queue.put({ value: 'slow' })
    const done: string[] = []
    let begin = (): void => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const processing = queue.process({ consumer: 'c' }, async (message) => {
      begin()
      await sleep(50)
      done.push(textOf(message))
    })
    await begun
    await queue.close()
    await processing
    expect(done).toEqual(['slow'])
    const again = await Queue.open(directory)
    expect(again.statistics().consumers).toMatchObject([{ consumer: 'c', lag: 0 }])
    await again.close()
  })
})

describe('a queue that is opened again', () => {
  test('goes on where its consumers were', async () => {
    const directory = temporaryFolder()
    const first = await Queue.open(directory, { consumers: ['idle'] })
    await putAll(first, ['a', 'b', 'c', 'd'])
    const [a, b, c] = await takeSome(first, 'c', 3)
    await a?.ack()
    await c?.nack({ delayMs: 10 })
    await first.close()
    await expect(b?.ack()).rejects.toMatchObject({ code: 'LOG_CLOSED' })
    const again = await Queue.open(directory)
    expect(again.consumers().sort()).toEqual(['c', 'idle'])
    await sleep(10)
    const rest = await takeSome(again, 'c', 3)
    expect(rest.map((one) => [textOf(one), one.attempt]).sort()).toEqual([
      ['b', 2],
      ['c', 2],
      ['d', 1],
    ])
    expect((await takeSome(again, 'idle', 4)).map(textOf)).toEqual(['a', 'b', 'c', 'd'])
    await again.close()
  })

  test('knows the keys of its window', async () => {
    const directory = temporaryFolder()
    const first = await Queue.open(directory)
    await first.put({ value: 'v' }, { key: 'k' })
    await first.close()
    const again = await Queue.open(directory)
    expect(await again.put({ value: 'v' }, { key: 'k' })).toEqual({ offset: 0, isDuplicate: true })
    await again.close()
  })

  test('is the same within one store', async () => {
    const store = await storeAt()
    const queue = await store.queue('jobs')
    await putAll(queue, ['a', 'b'])
    await expect(store.queue('jobs')).rejects.toThrow('open in this store already')
    const [a] = await takeSome(queue, 'c', 1)
    await a?.ack()
    await queue.close()
    const again = await store.queue('jobs')
    expect((await takeSome(again, 'c', 1)).map(textOf)).toEqual(['b'])
  })
})

test('a hand-over is made once, also when the message is delivered again', async () => {
  const directory = temporaryFolder()
  const before = await Store.open(directory)
  const inbox = await before.queue('in')
  const outbox = await before.queue('out')
  await putAll(inbox, ['a', 'b'])
  const [a, b] = await takeSome(inbox, 'c', 2)
  await outbox.put({ value: 'A' }, { source: a as Message })
  await outbox.put({ value: 'A2' }, { source: a as Message })
  await outbox.put({ value: 'B' }, { source: b as Message })
  await b?.ack()
  await before.close()
  const store = await storeAt(directory)
  const [again] = await takeSome(await store.queue('in'), 'c', 1)
  const out = await store.queue('out')
  const source = again as Message
  expect(await out.put({ value: 'A' }, { source })).toEqual({ offset: 0, isDuplicate: true })
  expect(await out.put({ value: 'A2' }, { source })).toEqual({ offset: 1, isDuplicate: true })
  expect(await out.put({ value: 'A3' }, { source })).toEqual({ offset: 3, isDuplicate: false })
  await source.ack()
  expect(out.statistics().messages).toBe(4)
})

describe('a bound', () => {
  const value = 'x'.repeat(100_000)
  const bounded = { maxBytes: 8 << 20, durability: 'os' } as const

  test('refuses what is beyond it, until consumers have finished', async () => {
    const queue = await queueOf(bounded)
    let count = 0
    const fill = async (): Promise<void> => {
      for (;;) {
        await queue.put({ value })
        count++
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'QUEUE_FULL', retriable: true })
    expect(count).toBeGreaterThan(70)
    const messages = await takeSome(queue, 'c', count)
    await Promise.all(messages.map((message) => message.ack()))
    await queue.put({ value })
    expect(queue.statistics().bytes).toBeLessThan(3 << 20)
  })

  test('lets who puts wait, as long as that takes', async () => {
    const queue = await queueOf({ ...bounded, whenFull: 'wait', consumers: ['c'] })
    const putting = putAll(
      queue,
      Array.from({ length: 200 }, () => value),
    )
    const messages = await takeSome(queue, 'c', 1)
    let count = 0
    for await (const message of queue.take({ consumer: 'c' })) {
      await message.ack()
      if (++count === 1) await messages[0]?.ack()
      if (count === 199) break
    }
    await putting
    expect(queue.statistics().consumers).toMatchObject([{ lag: 0 }])
  })

  test('ends a wait by its signal', async () => {
    const queue = await queueOf({ ...bounded, whenFull: 'wait' })
    await putAll(
      queue,
      Array.from({ length: 83 }, () => value),
    )
    const signal = AbortSignal.timeout(50)
    const waiting = putAll(queue, [value])
    await expect(queue.put({ value }, { signal })).rejects.toMatchObject({ code: 'LOG_CLOSED' })
    const messages = await takeSome(queue, 'c', 83)
    await Promise.all(messages.map((message) => message.ack()))
    await waiting
  })
})

test('without a bound the file of an empty queue is deleted as well, if it is large', async () => {
  const queue = await queueOf({ durability: 'os', consumers: ['c'] })
  for (let i = 0; i < 12; i++) await queue.put({ value: Buffer.alloc(100_000) })
  expect(queue.statistics().bytes).toBeGreaterThan(1_048_576)
  let left = 12
  for await (const message of queue.take({ consumer: 'c' })) {
    await message.ack()
    if (--left === 0) break
  }
  await vi.waitFor(() => expect(queue.statistics().bytes).toBe(0), 5_000)
  expect((await queue.put({ value: 'v' })).offset).toBe(12)
})

describe('consumers', () => {
  test('keep what they have not finished, and no more', async () => {
    const queue = await queueOf({ consumers: ['slow'] })
    await putAll(queue, ['a', 'b', 'c'])
    const messages = await takeSome(queue, 'fast', 3)
    await Promise.all(messages.map((message) => message.ack()))
    expect(queue.statistics().messages).toBe(3)
    expect(await queue.removeConsumer('slow')).toBe(true)
    expect(await queue.removeConsumer('slow')).toBe(false)
    expect(queue.statistics().messages).toBe(0)
    expect(queue.consumers()).toEqual(['fast'])
  })

  test('have a name', async () => {
    const queue = await queueOf()
    for (const consumer of ['', 5, undefined, 'x'.repeat(256)]) {
      const take = () => queue.take({ consumer: consumer as string })
      expect(take).toThrow('The consumer of a queue')
    }
  })
})
