/** The consumer as a program sees it, against a broker that a test fills. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import type { ConsumerOptions } from '../../../src/client/consumer/consumer-options.ts'
import { ClosedError, ConfigError, SerializationError } from '../../../src/client/error.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { ConsumerRecord } from '../../../src/record/record.ts'
import { LogCluster } from './log-cluster.ts'

let log: LogCluster
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  log = await LogCluster.start(2)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  await log.close()
})

const first = { topic: 't', partition: 0 }
const second = { topic: 't', partition: 1 }

function consumerOf<K = Buffer, V = Buffer>(
  options: Partial<ConsumerOptions<K, V>> = {},
): Consumer<K, V> {
  const consumer = new Consumer<K, V>({
    bootstrapServers: log.address,
    groupId: 'g',
    autoOffsetReset: 'earliest',
    retryBackoffMs: 5,
    ...options,
  })
  open.push(consumer)
  return consumer
}

/** A member that reads both partitions. */
async function member<V = Buffer>(
  options: Partial<ConsumerOptions<Buffer, V>> = {},
): Promise<Consumer<Buffer, V>> {
  const consumer = consumerOf<Buffer, V>(options)
  await consumer.subscribe('t')
  return consumer
}

/** Nobody's member, which reads these partitions. */
function reader<V = Buffer>(
  options: Partial<ConsumerOptions<Buffer, V>> = {},
  partitions = [first],
): Consumer<Buffer, V> {
  const consumer = consumerOf<Buffer, V>(options)
  consumer.assign(partitions)
  return consumer
}

/** The next offsets, by a loop that is left at the last one. */
async function take<V>(consumer: Consumer<Buffer, V>, count: number): Promise<number[]> {
  const offsets: number[] = []
  for await (const { offset } of consumer) {
    offsets.push(offset)
    if (offsets.length === count) break
  }
  return offsets
}

function values(count: number): string[] {
  return Array.from({ length: count }, (_, at) => String(at))
}

describe('a loop', () => {
  it.each(['break', 'return', 'throw'])(
    'left by %s leaves its last record uncommitted',
    async (how) => {
      log.append(0, ...values(6))
      const consumer = await member()
      const leave = async (): Promise<void> => {
        for await (const { offset } of consumer) {
          if (offset < 3) continue
          if (how === 'return') return
          if (how === 'throw') throw new Error('mine')
          break
        }
      }
      if (how === 'throw') await expect(leave()).rejects.toThrow('mine')
      else await leave()
      await consumer.close()
      expect(log.committed(0)).toBe(3)
      expect(log.left).toBe(1)
    },
  )

  it('ends by break, and not the consumer: the next one goes on behind it', async () => {
    log.append(0, ...values(6))
    const consumer = await member()
    expect(await take(consumer, 2)).toEqual([0, 1])
    expect(await take(consumer, 2)).toEqual([2, 3])
    await consumer.close()
    expect(log.committed(0)).toBe(3)
  })

  it('has its last record committed where commit() is called, and no later one', async () => {
    log.append(0, ...values(6))
    const consumer = await member({ enableAutoCommit: false })
    await take(consumer, 4)
    await consumer.commit()
    await take(consumer, 1)
    await consumer.close()
    expect(log.commits).toContainEqual([0, 4])
    expect(log.committed(0)).toBe(4)
  })

  it('follows seek, pause and resume from inside', async () => {
    log.append(0, ...values(5))
    log.append(1, ...values(5))
    const consumer = reader({}, [first, second])
    consumer.pause([second])
    const seen: string[] = []
    let sought = false
    for await (const { partition, offset } of consumer) {
      seen.push(`${partition}@${offset}`)
      if (offset === 3 && partition === 0 && !sought) {
        sought = true
        consumer.seek(first, 1)
      }
      if (offset === 4 && partition === 0) {
        consumer.pause([first])
        consumer.resume([second])
      }
      if (offset === 4 && partition === 1) break
    }
    const inOrder = (partition: number, from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, at) => `${partition}@${from + at}`)
    expect(seen).toEqual([...inOrder(0, 0, 3), ...inOrder(0, 1, 4), ...inOrder(1, 0, 4)])
    expect(consumer.paused).toEqual([first])
  })

  it('ends when the consumer is closed, and everything says so from then on', async () => {
    log.append(0, 'a')
    const consumer = await member()
    const seen: number[] = []
    for await (const { offset } of consumer) {
      seen.push(offset)
      setTimeout(() => void consumer.close(), 20)
    }
    expect(seen).toEqual([0])
    await expect(consumer.subscribe('t')).rejects.toThrow(ClosedError)
    await expect(consumer.unsubscribe()).rejects.toThrow(ClosedError)
    expect(() => consumer.assign([])).toThrow(ClosedError)
    expect(() => consumer.seek(first, 0)).toThrow(ClosedError)
    await expect(consumer.poll()).resolves.toEqual([])
    expect(await take(consumer, 1)).toEqual([])
  })

  it('ends by its signal when it asks for the next record, or waits for it', async () => {
    log.append(0, ...values(3))
    const consumer = await member()
    const seen: number[] = []
    const loop = async (signal: AbortSignal, end: (offset: number) => void): Promise<void> => {
      for await (const { offset } of consumer.records({ signal })) {
        seen.push(offset)
        end(offset)
      }
    }
    const first = new AbortController()
    const reason = new Error('enough')
    const failed = loop(first.signal, (offset) => offset === 1 && first.abort(reason))
    await expect(failed).rejects.toMatchObject({ code: 'CLIENT_CLOSED', cause: reason })
    expect(seen).toEqual([0, 1])
    expect(consumer.statistics().partitions[0]).toMatchObject({ position: 2 })
    await consumer.unsubscribe()
    expect(log.committed(0)).toBe(2)
    await consumer.subscribe('t')
    const second = new AbortController()
    const waiting = loop(second.signal, (offset) => {
      if (offset === 2) setTimeout(() => second.abort(), 20)
    })
    await expect(waiting).rejects.toThrow('AbortSignal')
    expect(seen).toEqual([0, 1, 2])
    const none = loop(AbortSignal.abort(), () => {})
    await expect(none).rejects.toThrow(ClosedError)
    await consumer.close()
    expect(log.committed(0)).toBe(3)
  })

  it('is alone: who comes beside it is told', async () => {
    const consumer = reader()
    const waiting = consumer.poll({ timeoutMs: 100 })
    await expect(take(consumer, 1)).rejects.toThrow('one loop, poll() or run() at a time')
    await expect(consumer.run({}, () => {})).rejects.toThrow(ConfigError)
    expect(await waiting).toEqual([])
  })
})

describe('batches', () => {
  it('are of one partition, and processed when the next one is asked for', async () => {
    log.append(0, ...values(5))
    log.append(1, ...values(2))
    const consumer = await member({ maxPollRecords: 3 })
    const seen: string[] = []
    for await (const { partition, records, highWatermark } of consumer.batches()) {
      seen.push(`${partition}:${records.map(({ offset }) => offset).join('')}/${highWatermark}`)
      if (seen.length === 3) break
    }
    expect(seen.sort()).toEqual(['0:012/5', '0:34/5', '1:01/2'])
    await consumer.close()
    // Of the last batch nothing is processed.
    const committed = [log.committed(0), log.committed(1)]
    expect([
      [3, 2],
      [5, 0],
      [5, null],
    ]).toContainEqual(committed)
  })

  it('end by their signal', async () => {
    const consumer = reader()
    const signal = AbortSignal.timeout(30)
    const loop = (async () => {
      for await (const _ of consumer.batches({ signal }));
    })()
    await expect(loop).rejects.toThrow('AbortSignal')
  })
})

test('times that are none are refused, and end nothing', async () => {
  log.append(0, ...values(1))
  const consumer = reader()
  const wrong = 'timeoutMs is NaN; it has to be a number of milliseconds from 0 on.'
  await expect(consumer.position(first, Number.NaN)).rejects.toThrow(wrong)
  await expect(consumer.close({ timeoutMs: Number.NaN })).rejects.toThrow(wrong)
  expect(await take(consumer, 1)).toEqual([0])
})

describe('a poll', () => {
  it('commits what the one before returned, at its time, and close() the rest', async () => {
    log.append(0, ...values(6))
    const consumer = await member({ autoCommitIntervalMs: 0, maxPollRecords: 2 })
    await consumer.poll()
    expect(log.commits.filter(([, offset]) => offset > 0)).toEqual([])
    await consumer.poll()
    await expect.poll(() => log.committed(0)).toBe(2)
    await consumer.close()
    expect(log.committed(0)).toBe(2)
    const again = await member({ maxPollRecords: 2 })
    expect((await again.poll()).map(({ offset }) => offset)).toEqual([2, 3])
    expect(await again.poll({ timeoutMs: 0 })).not.toEqual([])
    await again.close()
    expect(log.committed(0)).toBe(4)
  })

  it('tries a commit again that failed for now', async () => {
    log.append(0, ...values(4))
    const consumer = await member({ autoCommitIntervalMs: 0, maxPollRecords: 2 })
    await consumer.poll()
    log.commitCodes.push(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
    await consumer.poll()
    await consumer.poll({ timeoutMs: 50 })
    await expect.poll(() => log.committed(0)).toBeGreaterThanOrEqual(2)
    expect(log.commitCodes).toEqual([])
  })

  it('is ended by wakeup(), by its signal and by nothing else', async () => {
    const consumer = reader()
    const woken = consumer.poll()
    await sleep(20)
    consumer.wakeup()
    await expect(woken).rejects.toThrow('wakeup()')
    // A wake that nobody waits for ends the next wait.
    consumer.wakeup()
    await expect(consumer.poll({ timeoutMs: 1_000 })).rejects.toThrow(ClosedError)
    const reason = new Error('enough')
    const polled = consumer.poll({ signal: AbortSignal.abort(reason) })
    await expect(polled).rejects.toMatchObject({ code: 'CLIENT_CLOSED', cause: reason })
    log.append(0, 'a')
    expect(await consumer.poll()).toHaveLength(1)
    expect(await consumer.poll({ timeoutMs: 0 })).toEqual([])
  })
})

describe('a refused record', () => {
  const json = (bytes: Buffer): unknown => JSON.parse(String(bytes))
  const offsetsOf = (records: readonly ConsumerRecord<Buffer, unknown>[]): number[] =>
    records.map(({ offset }) => offset)

  beforeEach(() => log.append(0, '1', 'no', '3'))

  it('fails by itself, names its place, and is got past by seek()', async () => {
    const consumer = reader<unknown>({ valueDeserializer: json })
    expect(offsetsOf(await consumer.poll())).toEqual([0])
    for (let tries = 0; tries < 2; tries++) {
      const failed = take(consumer, 1)
      await expect(failed).rejects.toThrow(SerializationError)
      await expect(failed).rejects.toThrow('Cannot deserialize the value of t-0 at offset 1')
    }
    expect(await consumer.position(first)).toBe(1)
    consumer.seek(first, 2)
    expect(await take(consumer, 1)).toEqual([2])
  })

  it('is skipped', async () => {
    const consumer = reader<unknown>({ valueDeserializer: json, onDeserializeError: 'skip' })
    expect(await take(consumer, 2)).toEqual([0, 2])
    expect(await consumer.position(first)).toBe(3)
  })

  it('is told of with its bytes and its place', async () => {
    const told: string[] = []
    const consumer = reader<unknown>({
      valueDeserializer: json,
      onDeserializeError: (error, { topic, partition, offset, key, value }) => {
        told.push(`${topic}-${partition}@${offset} ${key}=${value} ${error.code}`)
      },
    })
    expect(await take(consumer, 2)).toEqual([0, 2])
    expect(told).toEqual(['t-0@1 kno=no INVALID_RECORD'])
  })

  it('ends a run, which commits what was finished before it', async () => {
    const consumer = await member<unknown>({ valueDeserializer: json })
    await expect(consumer.run({ concurrency: 2 }, () => {})).rejects.toThrow('t-0 at offset 1')
    await consumer.close()
    expect(log.committed(0)).toBe(1)
  })
})

describe('a run', () => {
  it('commits the finished prefix alone, whatever is finished behind it', async () => {
    log.append(0, ...values(8))
    const consumer = await member({ autoCommitIntervalMs: 0 })
    const ended = new AbortController()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const done: number[] = []
    const running = consumer.run(
      { concurrency: 8, order: 'key', signal: ended.signal },
      async ({ offset }) => {
        if (offset === 2) await held
        done.push(offset)
      },
    )
    await expect.poll(() => done.length).toBe(7)
    await expect.poll(() => log.committed(0)).toBe(2)
    await consumer.commit()
    expect(log.committed(0)).toBe(2)
    release()
    await expect.poll(() => done.length).toBe(8)
    ended.abort()
    await running
    await consumer.close()
    expect(log.committed(0)).toBe(8)
  })

  it('ends with what its handler throws, and gives the record again', async () => {
    log.append(0, ...values(5))
    const consumer = await member()
    const failing = consumer.run({}, ({ offset }) => {
      if (offset === 2) throw new Error('mine')
    })
    await expect(failing).rejects.toThrow('mine')
    expect(await take(consumer, 3)).toEqual([2, 3, 4])
    await consumer.close()
    expect(log.committed(0)).toBe(4)
  })

  it('waits for its handlers when its signal ends it', async () => {
    log.append(0, 'a', 'b')
    const consumer = await member()
    const ended = new AbortController()
    const done: number[] = []
    await consumer.run({ signal: ended.signal }, async ({ offset }) => {
      ended.abort()
      await sleep(20)
      done.push(offset)
    })
    expect(done[0]).toBe(0)
    await consumer.close()
    expect(log.committed(0)).toBe(done.length)
  })

  it.each([
    [{ concurrency: 0 }, () => {}],
    [{ concurrency: 1.5 }, () => {}],
    [{}, 'no function'],
  ])('with %o and %s is refused', async (options, handler) => {
    await expect(reader().run(options, handler as never)).rejects.toThrow(ConfigError)
  })
})

describe('positions', () => {
  it('and what is committed are told', async () => {
    log.append(0, ...values(5))
    const consumer = await member()
    expect(await consumer.committed([first, second])).toEqual([null, null])
    await take(consumer, 3)
    expect(await consumer.position(first)).toBe(3)
    expect(await consumer.position(second)).toBe(0)
    expect(consumer.lag(first)).toBe(2)
    await consumer.commit([{ ...first, offset: 1, metadata: 'by hand' }])
    expect(await consumer.committed([second, first])).toMatchObject([null, { offset: 1 }])
    expect(consumer.assignment).toEqual([first, second])
    expect(consumer.subscription).toEqual(['t'])
    expect(consumer.memberId).toBe('m')
  })

  it('are found by time and at the ends', async () => {
    log.append(0, ...values(5))
    log.append(0, ...values(5))
    const consumer = reader()
    const at = (timestamp: number) => ({ ...first, timestamp })
    expect(await consumer.offsetsForTimes([at(1_001)])).toMatchObject([
      { offset: 5, timestamp: 1_005 },
    ])
    expect(await consumer.offsetsForTimes([at(9_000)])).toEqual([null])
    await expect(consumer.offsetsForTimes([at(0.5)])).rejects.toThrow(ConfigError)
    expect(await consumer.beginningOffsets([first, second])).toEqual([0, 0])
    expect(await consumer.endOffsets([first, second])).toEqual([10, 0])
    consumer.seekToEnd()
    expect(await consumer.position(first)).toBe(10)
    consumer.seekToBeginning([first])
    expect(await consumer.position(first)).toBe(0)
  })

  it.each([Number.NaN, -1, 1.5])('do not go to %d', (offset) => {
    expect(() => reader().seek(first, offset)).toThrow('The offset of t-0')
  })

  it('of what is not assigned are an error that names it', async () => {
    const consumer = reader()
    expect(() => consumer.pause([second])).toThrow('t-1 is not assigned')
    expect(() => consumer.lag(second)).toThrow(ConfigError)
    await expect(consumer.position(second)).rejects.toThrow('t-1 is not assigned')
    await expect(consumer.subscribe('t')).rejects.toThrow('unsubscribe() before subscribe()')
    const alone = new Consumer({ bootstrapServers: log.address })
    open.push(alone)
    await expect(alone.subscribe('t')).rejects.toThrow('groupId')
    await expect(alone.committed([first])).rejects.toThrow('set groupId')
    await expect(alone.commit([{ ...first, offset: 1 }])).rejects.toThrow('set groupId')
  })
})

describe('statistics', () => {
  it('are plain numbers, with the lag of each partition', async () => {
    log.append(0, ...values(6))
    log.append(1, ...values(9))
    const consumer = await member()
    expect(consumer.statistics()).toMatchObject({ recordsCount: 0, recordsLagMax: null })
    await take(consumer, 15)
    log.append(1, ...values(4))
    await take(consumer, 1)
    const statistics = consumer.statistics()
    expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics)
    expect(statistics).toMatchObject({
      recordsCount: 16,
      rebalancesCount: 1,
      recordsLagMax: 3,
      partitions: [
        { ...first, position: 6, lag: 0, highWatermark: 6, isPaused: false },
        { ...second, position: 10, lag: 3, highWatermark: 13, isPaused: false },
      ],
    })
    // One may be on its way.
    expect([0, 1]).toContain(statistics.fetchesCount - log.fetches)
    expect(statistics.fetchedBytes).toBeGreaterThan(100)
    expect(statistics.requests['JoinGroup']).toMatchObject({ requests: 1, failures: 0 })
    expect(statistics.connections.map(({ node }) => node)).toContain('1 fetch')
  })
})

describe('back pressure', () => {
  it('who takes nothing fetches nothing, and one piece is fetched ahead', async () => {
    for (let batches = 0; batches < 10; batches++) log.append(0, ...values(10))
    const consumer = reader()
    await take(consumer, 1)
    await sleep(100)
    // The piece in hand and the one behind it.
    expect(log.fetches).toBe(2)
    await take(consumer, 9)
    await sleep(50)
    expect(log.fetches).toBe(2)
    await take(consumer, 1)
    await sleep(50)
    expect(log.fetches).toBe(3)
  })

  it('who never asked fetches nothing at all', async () => {
    log.append(0, 'a')
    const consumer = reader()
    await consumer.position(first)
    await sleep(50)
    expect(log.fetches).toBe(0)
  })
})
