/** The cleaner of a broker on logs in memory, with a clock that is moved by hand. */
import { afterEach, describe, expect, it } from 'vitest'
import { cleanStoredLog } from '../../../src/cleaner/stored-log.ts'
import type { CleaningThread } from '../../../src/engine/compaction/cleaner-thread.ts'
import type { CleaningAnswer, CleaningJob } from '../../../src/engine/compaction/job.ts'
import { LogCleaner } from '../../../src/engine/compaction/log-cleaner.ts'
import { BrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../../src/metadata/config/topic-settings.ts'
import { decodeBatches, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { type PartitionLog, StorageError } from '../../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../../src/storage/memory-log-store.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { ManualTime } from '../../coordinator/manual-time.ts'
import { otherTopicId, settings, topicId } from '../../storage/store-behaviour.ts'
import { imageOf, type Topics } from '../topic-image.ts'

const backoffMs = 5_000
const checkpointFile = 'cleaner-offset-checkpoint'
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Cleans on this thread, or answers what `answer` says. */
class HereThread implements CleaningThread {
  readonly jobs: CleaningJob[]
  readonly speeds: number[] = []
  answer: ((job: CleaningJob) => Promise<CleaningAnswer | undefined>) | undefined
  readonly #find: (topic: string) => PartitionLog | undefined
  #closed = false

  constructor(jobs: CleaningJob[], find: (topic: string) => PartitionLog | undefined) {
    this.jobs = jobs
    this.#find = find
  }
  async clean(job: CleaningJob, bytesPerSecond: number): Promise<CleaningAnswer> {
    this.jobs.push(job)
    this.speeds.push(bytesPerSecond)
    const given = await this.answer?.(job)
    if (given !== undefined) return given
    const log = this.#find(job.topic)
    if (log === undefined) return { kind: 'stopped' }
    const proceed = async (): Promise<boolean> => !this.#closed
    return cleanStoredLog(log, job.range, { ...job.options, proceed })
  }
  pace(bytesPerSecond: number): void {
    this.speeds.push(bytesPerSecond)
  }
  async close(): Promise<void> {
    this.#closed = true
  }
}

/** Each topic has an id of its own. */
const idFor = (topic: string): string => topic.slice(0, 1) + topicId.slice(1)

interface RigOptions {
  readonly configs?: Readonly<Record<string, string>>
  readonly answer?: (job: CleaningJob) => Promise<CleaningAnswer | undefined>
  readonly newNames?: readonly string[]
}

/** A cleaner over one directory in memory. */
class Rig {
  readonly time = new ManualTime()
  readonly store = createMemoryLogStore()
  readonly lines: string[] = []
  readonly jobs: CleaningJob[] = []
  readonly threads: HereThread[] = []
  image = imageOf({})
  configs: Readonly<Record<string, string>>
  readonly #options: RigOptions

  constructor(options: RigOptions = {}) {
    this.#options = options
    this.configs = { 'log.cleaner.backoff.ms': String(backoffMs), ...options.configs }
  }

  config(): BrokerConfig {
    return new BrokerConfig(new Map(Object.entries(this.configs)))
  }

  /** The topics of the metadata; nothing else of theirs is compacted. */
  topics(topics: Topics, idOf = idFor): void {
    const compacted = Object.entries(topics).map(
      ([name, texts]) => [name, { 'cleanup.policy': 'compact', ...texts }] as const,
    )
    this.image = imageOf(Object.fromEntries(compacted), idOf)
  }

  /** A partition whose records have these keys, each a segment of its own but the last two. */
  async log(topic: string, keys: readonly string[], id = idFor(topic)): Promise<PartitionLog> {
    const log = await this.store.openPartition(topic, 0, id, settings())
    await this.append(log, keys)
    return log
  }

  async append(log: PartitionLog, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await log.roll()
      const timestamp = this.time.now()
      const record = { timestamp, key: Buffer.from(key), value: Buffer.from('v') }
      const { requiredHighWatermark } = log.append(encodeBatch(newBatch([record])))
      await log.committed(requiredHighWatermark)
    }
  }

  cleaner(): LogCleaner {
    const cleaner = new LogCleaner({
      find: (topic, partition) => this.store.find(topic, partition),
      storeOf: (topic, partition) =>
        this.store.find(topic, partition) === undefined ? undefined : this.store,
      stores: () => [this.store],
      image: () => this.image,
      config: () => this.config(),
      newThread: () => {
        const thread = new HereThread(this.jobs, (topic) => this.store.find(topic, 0))
        thread.answer = this.#options.answer
        this.threads.push(thread)
        return thread
      },
      newNames: this.#options.newNames ?? [],
      clock: this.time,
      timers: this.time,
      logger: createLogger({
        write: (line) => this.lines.push(line.slice(25)),
        now: Date.now,
        level: 'debug',
      }),
    })
    ends.push(() => cleaner.stop())
    return cleaner
  }

  /** Until the cleaner has nothing to do but to wait. */
  async idle(waiting = 1): Promise<void> {
    await expect.poll(() => this.time.pending).toBe(waiting)
  }

  async round(): Promise<void> {
    await this.idle()
    await this.time.advance(backoffMs)
    await this.idle()
  }

  async checkpoint(): Promise<string | undefined> {
    const bytes = await this.store.readFile(checkpointFile)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString()
  }

  get cleaned(): string[] {
    return this.jobs.map(({ topic }) => topic)
  }
}

async function keysOf(log: PartitionLog): Promise<string[]> {
  const { value } = decodeBatches(await log.read(log.logStartOffset(), 1 << 20, 'highWatermark'))
  return (value?.batches ?? []).flatMap(({ baseOffset, records }) =>
    records.map(({ key, offsetDelta }) => `${Buffer.from(key ?? [])}@${baseOffset + offsetDelta}`),
  )
}

describe('the cleaner', () => {
  it('cleans what is due, the dirtiest first, without waiting in between', async () => {
    const rig = new Rig()
    rig.topics({ some: {}, none: {}, kept: { 'cleanup.policy': 'delete' }, most: {} })
    const some = await rig.log('some', ['a', 'b', 'a', 'b', 'c', 'd'])
    const most = await rig.log('most', ['a', 'a', 'a', 'b'])
    const kept = await rig.log('kept', ['a', 'a', 'b'])
    await rig.log('none', [])
    await rig.store.writeFile(checkpointFile, Buffer.from('0\n1\nsome 0 1\n'))
    const cleaner = rig.cleaner()
    await rig.idle()
    expect(rig.cleaned).toEqual(['most', 'some'])
    expect(await keysOf(most)).toEqual(['a@2', 'b@3'])
    expect(await keysOf(some)).toEqual(['a@2', 'b@3', 'c@4', 'd@5'])
    expect(await keysOf(kept)).toEqual(['a@0', 'a@1', 'b@2'])
    expect(await rig.checkpoint()).toBe('0\n2\nsome 0 5\nmost 0 3\n')
    expect(rig.lines).toEqual([
      'INFO  Compacted most-0 from offset 0 to 3: kept 1 of 3 records, ' +
        '3 segments became 1, in 0 ms.',
      'INFO  Compacted some-0 from offset 1 to 5: kept 3 of 5 records, ' +
        '5 segments became 1, in 0 ms.',
    ])
    const uncleanable = [{ path: rig.store.path, partitions: 0, bytes: 0 }]
    const counts = { cleanings: 2, recordsRead: 8, recordsKept: 4, uncleanable }
    expect(cleaner.statistics()).toMatchObject({ ...counts, maxDirtyRatio: 0, deadThreads: 0 })
    await rig.time.advance(1000)
    expect(cleaner.statistics().sinceLastRunMs).toBe(1000)
    await rig.round()
    expect(rig.cleaned).toHaveLength(2)
  })

  it('looks again after the backoff, at settings that have changed as well', async () => {
    const rig = new Rig()
    rig.topics({ t: {} })
    const log = await rig.log('t', ['a', 'b', 'c', 'd', 'e'])
    rig.cleaner()
    await rig.idle()
    expect(rig.cleaned).toEqual(['t'])
    await rig.append(log, ['a', 'f'])
    await rig.round()
    expect(rig.cleaned).toEqual(['t'])
    rig.topics({ t: { 'min.cleanable.dirty.ratio': '0.1' } })
    await rig.round()
    expect(rig.cleaned).toEqual(['t', 't'])
    expect(await keysOf(log)).toEqual(['b@1', 'c@2', 'd@3', 'e@4', 'a@5', 'f@6'])
    rig.topics({ t: { 'cleanup.policy': 'delete', 'min.cleanable.dirty.ratio': '0' } })
    await rig.append(log, ['a', 'a', 'a'])
    await rig.round()
    expect(rig.cleaned).toHaveLength(2)
    rig.topics({ t: { 'cleanup.policy': 'compact,delete', 'min.cleanable.dirty.ratio': '0' } })
    await rig.round()
    expect(rig.cleaned).toHaveLength(3)
  })

  it('keeps to the shortest and the longest lag', async () => {
    const rig = new Rig()
    const lags = { 'min.compaction.lag.ms': '60000', 'min.cleanable.dirty.ratio': '1' }
    rig.topics({ t: { ...lags, 'max.compaction.lag.ms': '120000' } })
    await rig.log('t', ['a', 'a', 'b'])
    rig.cleaner()
    await rig.idle()
    await rig.time.advance(60_000)
    await rig.idle()
    expect(rig.cleaned).toEqual([])
    // Never dirty enough, but overdue.
    await rig.time.advance(60_000 + backoffMs)
    await rig.idle()
    expect(rig.cleaned).toEqual(['t'])
  })

  it('gives a cleaning its share of memory, and its settings', async () => {
    const configs = {
      'log.cleaner.dedupe.buffer.size': String(4 << 20),
      'log.cleaner.io.buffer.size': String(1 << 20),
      'log.cleaner.io.buffer.load.factor': '7',
      'log.cleaner.threads': '2',
      'log.cleaner.io.max.bytes.per.second': '1000',
    }
    const rig = new Rig({ configs })
    rig.topics({ t: { 'segment.bytes': '2000000', 'delete.retention.ms': '77' } })
    await rig.log('t', ['a', 'a', 'b'])
    const cleaner = rig.cleaner()
    await rig.idle(2)
    expect(rig.jobs[0]).toMatchObject({
      path: rig.store.path,
      topicId: idFor('t'),
      range: { firstDirtyOffset: 0, firstUncleanableOffset: 2 },
      options: {
        now: rig.time.now(),
        mapBytesMax: 2 << 20,
        bufferBytes: 1 << 19,
        mapLoadFactor: 1,
        segmentBytes: 2_000_000,
        deleteRetentionMs: 77,
      },
    })
    rig.configs = { ...rig.configs, 'log.cleaner.io.max.bytes.per.second': '0' }
    cleaner.configured()
    expect(rig.threads.flatMap(({ speeds }) => speeds)).toEqual([500, 1])
  })

  it('cleans as many at a time as there are threads, none twice', async () => {
    const free: (() => void)[] = []
    const answer = async (): Promise<CleaningAnswer> => {
      await new Promise<void>((resolve) => free.push(resolve))
      return { kind: 'stopped' }
    }
    const rig = new Rig({ configs: { 'log.cleaner.threads': '3' }, answer })
    rig.topics({ a: {}, b: {}, c: {}, d: {} })
    for (const topic of ['a', 'b', 'c', 'd']) await rig.log(topic, ['k', 'k', 'l'])
    rig.cleaner()
    await expect.poll(() => rig.jobs.length).toBe(3)
    expect(new Set(rig.cleaned).size).toBe(3)
    free[0]?.()
    // The first log gets no further now; its thread takes the fourth.
    await expect.poll(() => rig.jobs.length).toBe(4)
    expect(new Set(rig.cleaned).size).toBe(4)
    for (const go of free) go()
    await rig.idle(3)
  })

  it('is still while there are to be no threads, and begins when there are', async () => {
    const rig = new Rig({ configs: { 'log.cleaner.threads': '0' } })
    rig.topics({ t: {} })
    await rig.log('t', ['a', 'a', 'b'])
    rig.cleaner()
    await rig.round()
    expect(rig.cleaned).toEqual([])
    rig.configs = { ...rig.configs, 'log.cleaner.threads': '1' }
    await rig.round()
    expect(rig.cleaned).toEqual(['t'])
  })

  it('leaves a damaged log alone, and says so once', async () => {
    const answer = async (job: CleaningJob): Promise<CleaningAnswer | undefined> =>
      job.topic === 'bad' ? { kind: 'damaged', fault: 'damaged at byte 7' } : undefined
    const rig = new Rig({ answer })
    rig.topics({ bad: {}, good: {} })
    await rig.log('bad', ['a', 'a', 'b'])
    await rig.log('good', ['a', 'a', 'b'])
    const cleaner = rig.cleaner()
    for (let i = 0; i < 3; i++) await rig.round()
    expect(rig.cleaned.toSorted()).toEqual(['bad', 'good'])
    const bytes = rig.store.find('bad', 0)?.sizeBytes() ?? 0
    const statistics = cleaner.statistics()
    expect(statistics.cleanings).toBe(1)
    expect(statistics.uncleanable).toMatchObject([{ path: rig.store.path, partitions: 1 }])
    expect(statistics.uncleanable[0]?.bytes).toBeGreaterThan(0)
    expect(statistics.uncleanable[0]?.bytes).toBeLessThan(bytes)
    const errors = rig.lines.filter((line) => line.startsWith('ERROR'))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain('bad-0 is not compacted until the next start')
    expect(errors[0]).toContain('damaged at byte 7')
    expect(await rig.checkpoint()).toBe('0\n2\nbad 0 0\ngood 0 2\n')
  })

  it('forgets a damaged log with its topic', async () => {
    const answer = async (): Promise<CleaningAnswer> => ({ kind: 'damaged', fault: 'damaged' })
    const rig = new Rig({ answer })
    rig.topics({ bad: {} })
    await rig.log('bad', ['a', 'a', 'b'])
    const cleaner = rig.cleaner()
    await rig.round()
    expect(cleaner.statistics().uncleanable).toMatchObject([{ partitions: 1 }])
    await rig.store.deletePartition('bad', 0)
    expect(cleaner.statistics().uncleanable).toMatchObject([{ partitions: 0, bytes: 0 }])
  })

  it('tells how dirty and how late logs are that it does not clean yet', async () => {
    const rig = new Rig()
    rig.topics({ t: { 'min.cleanable.dirty.ratio': '1' }, late: { 'max.compaction.lag.ms': '1' } })
    const log = await rig.log('t', ['a', 'a', 'b', 'c', 'd'])
    await rig.store.writeFile(checkpointFile, Buffer.from('0\n1\nt 0 3\n'))
    const cleaner = rig.cleaner()
    await rig.round()
    const { maxDirtyRatio, maxCompactionDelayMs } = cleaner.statistics()
    expect(maxDirtyRatio).toBeCloseTo(0.25)
    expect(maxCompactionDelayMs).toBe(0)
    await rig.log('late', ['a', 'a', 'b'])
    await rig.time.advance(10_000)
    await rig.idle()
    await rig.append(log, ['e', 'f', 'g', 'h'])
    await rig.round()
    expect(rig.cleaned).toEqual(['late'])
    expect(cleaner.statistics().maxDirtyRatio).toBeGreaterThan(0.5)
  })

  it('counts a thread that ends by a fault, and says so', async () => {
    const rig = new Rig()
    const cleaner = rig.cleaner()
    await rig.idle()
    rig.config = () => {
      throw new Error('a fault of this test')
    }
    await rig.time.advance(backoffMs)
    await expect.poll(() => cleaner.statistics().deadThreads).toBe(1)
    expect(rig.lines.at(-1)).toContain('A thread that compacts logs has ended')
  })

  it('tries again what failed, later, and goes on with others', async () => {
    let isFull = true
    const answer = async (job: CleaningJob): Promise<CleaningAnswer | undefined> =>
      job.topic === 'a' && isFull ? { kind: 'failed', reason: 'the disk is full' } : undefined
    const rig = new Rig({ answer })
    rig.topics({ a: {}, b: {} })
    await rig.log('a', ['a', 'a', 'b'])
    await rig.log('b', ['a', 'a', 'b'])
    rig.cleaner()
    await rig.idle()
    expect(rig.cleaned).toEqual(['a', 'b'])
    for (let i = 0; i < 2; i++) await rig.round()
    expect(rig.cleaned).toEqual(['a', 'b', 'a', 'a'])
    const warned = rig.lines.filter((line) => line.startsWith('WARN'))
    expect(warned).toEqual(['WARN  Compaction of a-0 has to wait: the disk is full'])
    isFull = false
    await rig.round()
    expect(await rig.checkpoint()).toContain('a 0 2\n')
  })

  it('has an entry of a log before it changes it, and then none that is older', async () => {
    const seen: (string | undefined)[] = []
    const rig: Rig = new Rig({
      answer: async () => {
        seen.push(await rig.checkpoint())
        return undefined
      },
    })
    rig.topics({ t: {} })
    const log = await rig.log('t', ['a', 'a', 'a', 'b'])
    await log.deleteUpTo(1)
    rig.cleaner()
    await rig.idle()
    await rig.append(log, ['b', 'b'])
    await rig.round()
    expect(seen).toEqual(['0\n1\nt 0 1\n', '0\n1\nt 0 3\n'])
    expect(await rig.checkpoint()).toBe('0\n1\nt 0 5\n')
  })

  it('cleans nothing whose entry cannot be written, and tries again', async () => {
    const rig = new Rig()
    rig.topics({ t: {} })
    await rig.log('t', ['a', 'a', 'b'])
    const write = rig.store.writeFile.bind(rig.store)
    rig.store.writeFile = async () => {
      throw new StorageError(56, 'the disk is full')
    }
    rig.cleaner()
    await rig.idle()
    expect(rig.cleaned).toEqual([])
    rig.store.writeFile = write
    for (let i = 0; i < 2; i++) await rig.round()
    expect(rig.cleaned).toEqual(['t'])
    expect(await rig.checkpoint()).toBe('0\n1\nt 0 2\n')
  })

  it('notes nothing of a topic that was deleted meanwhile', async () => {
    const rig = new Rig({
      answer: async (job) => {
        await rig.store.deletePartition(job.topic, 0)
        return undefined
      },
    })
    rig.topics({ t: {} })
    await rig.log('t', ['a', 'a', 'b'])
    const cleaner = rig.cleaner()
    await rig.round()
    expect(rig.cleaned).toEqual(['t'])
    expect(await rig.checkpoint()).toBe('0\n1\nt 0 0\n')
    await cleaner.forget(['t'])
    expect(await rig.checkpoint()).toBe('0\n0\n')
    expect(rig.lines).toEqual([])
  })

  it('forgets a topic, so that another of its name begins anew', async () => {
    const rig = new Rig()
    rig.topics({ t: {}, u: {} })
    await rig.log('t', ['a', 'a', 'b'])
    await rig.log('u', ['a', 'a', 'b'])
    const cleaner = rig.cleaner()
    await rig.idle()
    expect(await rig.checkpoint()).toBe('0\n2\nt 0 2\nu 0 2\n')
    await rig.store.deletePartition('t', 0)
    await cleaner.forget(['t'])
    expect(await rig.checkpoint()).toBe('0\n1\nu 0 2\n')
    rig.topics({ t: {} }, () => otherTopicId)
    const anew = await rig.log('t', ['x', 'x', 'x', 'y'], otherTopicId)
    await rig.round()
    expect(await keysOf(anew)).toEqual(['x@2', 'y@3'])
  })

  it('takes no entry for topics that came before it', async () => {
    const rig = new Rig({ newNames: ['t'] })
    rig.topics({ t: {} })
    const log = await rig.log('t', ['x', 'x', 'x', 'y'])
    await rig.store.writeFile(checkpointFile, Buffer.from('0\n2\nt 0 3\ngone 0 3\n'))
    rig.cleaner()
    await rig.idle()
    expect(await keysOf(log)).toEqual(['x@2', 'y@3'])
    expect(await rig.checkpoint()).toBe('0\n1\nt 0 3\n')
  })

  it.each([
    ['malformed', 'nonsense', 1],
    ['of a log that lost its end', '0\n1\nt 0 99\n', 0],
  ])('begins anew with a checkpoint that is %s', async (_, text, warnings) => {
    const rig = new Rig()
    rig.topics({ t: {} })
    const log = await rig.log('t', ['x', 'x', 'x', 'y'])
    await rig.store.writeFile(checkpointFile, Buffer.from(text))
    rig.cleaner()
    await rig.idle()
    expect(await keysOf(log)).toEqual(['x@2', 'y@3'])
    expect(await rig.checkpoint()).toBe('0\n1\nt 0 3\n')
    expect(rig.lines.filter((line) => line.startsWith('WARN'))).toHaveLength(warnings)
  })

  it('goes on from where retention moved the log start to', async () => {
    const rig = new Rig()
    rig.topics({ t: { 'cleanup.policy': 'compact,delete' } })
    const log = await rig.log('t', ['x', 'x', 'x', 'y', 'x', 'z'])
    await rig.store.writeFile(checkpointFile, Buffer.from('0\n1\nt 0 1\n'))
    await log.deleteUpTo(3)
    rig.cleaner()
    await rig.idle()
    expect(rig.jobs[0]?.range).toEqual({ firstDirtyOffset: 3, firstUncleanableOffset: 5 })
    expect(await keysOf(log)).toEqual(['y@3', 'x@4', 'z@5'])
  })

  it('ends in the middle of a cleaning when it is stopped', async () => {
    let begun = (): void => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    let go = (): void => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    const rig = new Rig({
      answer: async () => {
        begun()
        await held
        return undefined
      },
    })
    rig.topics({ t: {} })
    const log = await rig.log('t', ['x', 'x', 'y'])
    const cleaner = rig.cleaner()
    await hasBegun
    const stopping = cleaner.stop()
    go()
    await stopping
    expect(await keysOf(log)).toEqual(['x@0', 'x@1', 'y@2'])
    expect([rig.lines, rig.time.pending]).toEqual([[], 0])
  })

  it('begins no cleaning once it is stopped, and waits for its checkpoint', async () => {
    const rig = new Rig()
    rig.topics({ t: {} })
    await rig.log('t', ['x', 'x', 'y'])
    const write = rig.store.writeFile.bind(rig.store)
    let go = (): void => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    const hasBegun = new Promise<void>((begun) => {
      rig.store.writeFile = async (path, bytes) => {
        begun()
        await held
        await write(path, bytes)
      }
    })
    const cleaner = rig.cleaner()
    await hasBegun
    const stopping = cleaner.stop()
    go()
    await stopping
    expect(rig.jobs).toEqual([])
    expect(rig.threads).toEqual([])
  })

  it('leaves alone what is not stable yet', async () => {
    const rig = new Rig()
    rig.topics({ t: {} })
    const log = await rig.store.openPartition('t', 0, idFor('t'), {
      ...topicSettings(new Map(), rig.config()),
    })
    const value = Buffer.from('v')
    const transactional = { producerId: 7, producerEpoch: 0, baseSequence: 0, attributes: 0x10 }
    for (const header of [{}, {}, transactional, {}]) {
      const record = { timestamp: 1, key: Buffer.from('k'), value }
      await log.committed(log.append(encodeBatch(newBatch([record], header))).requiredHighWatermark)
      await log.roll()
    }
    rig.cleaner()
    await rig.idle()
    expect(rig.jobs.map(({ range }) => range.firstUncleanableOffset)).toEqual([2])
    expect(await keysOf(log)).toEqual(['k@1', 'k@2', 'k@3'])
  })
})
