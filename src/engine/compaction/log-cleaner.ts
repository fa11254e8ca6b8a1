/**
 * Cleans the logs of compacted topics, the dirtiest first, as long as the broker runs. What is
 * cleaned is decided in src/policy, how in src/cleaner; here is when, by whom and what is told.
 *
 * Each of `log.cleaner.threads` looks for a log, has it cleaned in a thread of its own and goes on
 * at once; where there is none it waits for `log.cleaner.backoff.ms`. A log whose cleaning did not
 * get on waits so too; one that is damaged is left alone until the next start.
 */
import { assert } from '../../base/assert.ts'
import type { Clock, TimerHandle, Timers } from '../../base/clock.ts'
import type { CleaningResult } from '../../cleaner/clean-log.ts'
import type { BrokerConfig } from '../../metadata/config/broker-config.ts'
import type { LogStore, PartitionLog } from '../../storage/log-store.ts'
import { StorageError } from '../../storage/log-store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { CleanerFigures, type CleanerStatistics } from './cleaner-figures.ts'
import { CleanerOffsets } from './cleaner-offsets.ts'
import type { CleaningThread } from './cleaner-thread.ts'
import { type DirtyLog, type DirtyLogsOptions, lookForDirty } from './dirty-logs.ts'
import type { CleaningAnswer, CleaningJob } from './job.ts'

/** What a {@link LogCleaner} works with. */
export interface LogCleanerOptions extends Omit<DirtyLogsOptions, 'offsets'> {
  /** The log directories that are open. */
  readonly stores: () => readonly LogStore[]
  readonly newThread: () => CleaningThread
  /** For which {@link LogCleaner.forget} should have been called before. */
  readonly newNames?: readonly string[]
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

/** A thread's buffer has at least this, in bytes; it grows to the largest batch anyway. */
const bufferBytesMin = 64 * 1024

/**
 * No batch may yield more when it is opened: the largest `odradek.max.uncompressed.batch.bytes`,
 * not the one of now, as what is stored was accepted under another, or without being opened.
 */
const openedBytesMax = 2 ** 30

/** Kafka's own bound of one thread's map. */
const mapBytesMax = 2 ** 31 - 1

/** See the head of this file. Runs from its making until {@link LogCleaner.stop}. */
export class LogCleaner {
  readonly #options: LogCleanerOptions
  readonly #offsets: CleanerOffsets
  readonly #threads = new Map<number, CleaningThread>()
  readonly #loops: Promise<void>[] = []
  /** Wakes those who pause. */
  readonly #pausing = new Map<TimerHandle, () => void>()
  #choosing: Promise<unknown> = Promise.resolve()
  /** By `keyOf`: logs in work, logs that wait until then, logs that are damaged. */
  readonly #inWork = new Set<string>()
  readonly #waiting = new Map<string, number>()
  readonly #damaged = new Map<string, DirtyLog>()
  /** Why a cleaning failed the last time; told once. */
  readonly #told = new Map<string, string>()
  readonly #figures: CleanerFigures
  #stopped = false

  /** Looks for a log at once. */
  constructor(options: LogCleanerOptions) {
    this.#options = options
    this.#offsets = new CleanerOffsets(options.logger)
    this.#figures = new CleanerFigures(options.clock.monotonicMs())
    this.#loops.push(this.forget(options.newNames ?? []).then(() => this.#begin(0)))
  }

  /** Figures of this moment. */
  statistics(): CleanerStatistics {
    const damaged = [...this.#damaged.values()].filter(({ log }) => this.#isThere(log))
    const uncleanable = this.#options.stores().map(({ path }) => {
      const here = damaged.filter(({ store }) => store.path === path)
      const bytes = here.reduce((sum, { range }) => sum + range.cleanableBytes, 0)
      return { path, partitions: here.length, bytes }
    })
    return { ...this.#figures.at(this.#options.clock.monotonicMs()), uncleanable }
  }

  /** The configuration has changed: cleanings under way go on at the speed that it allows. */
  configured(): void {
    const speed = bytesPerSecond(this.#options.config())
    for (const thread of this.#threads.values()) thread.pace(speed)
  }

  /** Topics of these names were deleted or are new: nothing of them was cleaned. */
  async forget(topics: readonly string[]): Promise<void> {
    try {
      await this.#offsets.forget(this.#options.stores(), topics)
    } catch (error) {
      // Of a directory that fails its own line tells.
      if (!(error instanceof StorageError)) throw error
    }
  }

  /** Ends the cleanings under way, which lose what they did not swap in, and the threads. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const [timer, wake] of [...this.#pausing]) {
      this.#options.timers.clear(timer)
      wake()
    }
    await Promise.all([...this.#threads.values()].map((thread) => thread.close()))
    await Promise.all(this.#loops)
  }

  async #begin(thread: number): Promise<void> {
    try {
      await this.#run(thread)
    } catch (error) {
      this.#figures.died()
      this.#options.logger.error('A thread that compacts logs has ended', error)
    }
  }

  /** The loop of one thread; the first one starts those that are missing. */
  async #run(thread: number): Promise<void> {
    const { config, logger } = this.#options
    while (!this.#stopped) {
      const threads = config().number('log.cleaner.threads')
      while (thread === 0 && this.#loops.length < threads) {
        this.#loops.push(this.#begin(this.#loops.length))
      }
      let isMore = false
      try {
        if (thread < threads) isMore = await this.#cleanNext(thread)
      } catch (error) {
        logger.error('Looking for a log to compact failed', error)
      }
      if (!isMore) await this.#pause(config().number('log.cleaner.backoff.ms'))
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return
    const { timers } = this.#options
    await new Promise<void>((resolve) => {
      const timer = timers.setTimeout(() => {
        this.#pausing.delete(timer)
        resolve()
      }, ms)
      this.#pausing.set(timer, resolve)
    })
  }

  /** Whether there was a log to clean: the next may follow at once, this one is clean or waits. */
  async #cleanNext(thread: number): Promise<boolean> {
    const dirty = await this.#choose(thread)
    if (dirty === undefined) return false
    const key = keyOf(dirty.log)
    try {
      if (!(await this.#announce(dirty)) || this.#stopped) return false
      const startedMs = this.#options.clock.monotonicMs()
      const job = this.#jobOf(dirty)
      const answer = await this.#threadOf(thread).clean(job, bytesPerSecond(this.#options.config()))
      const tookMs = this.#options.clock.monotonicMs() - startedMs
      const isDone = await this.#settle(dirty, answer, tookMs)
      if (isDone && answer.kind === 'cleaned') {
        this.#figures.cleaned(thread, answer.statistics, tookMs)
      }
      if (!isDone) this.#waiting.set(key, this.#backoffEnd())
      return true
    } catch (error) {
      this.#waiting.set(key, this.#backoffEnd())
      throw error
    } finally {
      this.#inWork.delete(key)
    }
  }

  /**
   * Gives a log its entry before its first cleaning: `odradek log verify` takes the gaps for lost
   * records without one. False for a topic that was deleted meanwhile.
   */
  async #announce({ log, store, range }: DirtyLog): Promise<boolean> {
    const known = await this.#offsets.get(store, log)
    if (!this.#isThere(log)) return false
    if (known === undefined) await this.#offsets.set(store, log, range.firstDirtyOffset)
    return true
  }

  /** Of a topic that was deleted meanwhile nobody asks; of a directory its own line told. */
  #isThere(log: PartitionLog): boolean {
    return log.online() && this.#options.find(log.topic, log.partition)?.topicId === log.topicId
  }

  /** One after the other, so that no log is chosen twice. */
  #choose(thread: number): Promise<DirtyLog | undefined> {
    const { clock } = this.#options
    const chosen = this.#choosing.then(async () => {
      if (this.#stopped) return undefined
      const { dirtiest, ...look } = await lookForDirty(
        { ...this.#options, offsets: this.#offsets },
        clock.now(),
        (log) => this.#isWanted(log),
      )
      this.#figures.looked(thread, look, clock.monotonicMs())
      if (dirtiest === undefined) return undefined
      assert(!this.#inWork.has(keyOf(dirtiest.log)), 'a log is cleaned once at a time')
      this.#inWork.add(keyOf(dirtiest.log))
      return dirtiest
    })
    this.#choosing = chosen.catch(() => undefined)
    return chosen
  }

  #isWanted(log: PartitionLog): boolean {
    const key = keyOf(log)
    const waits = this.#waiting.get(key)
    if (waits !== undefined && waits <= this.#options.clock.monotonicMs()) this.#waiting.delete(key)
    return !this.#inWork.has(key) && !this.#waiting.has(key) && !this.#damaged.has(key)
  }

  #backoffEnd(): number {
    const { clock, config } = this.#options
    return clock.monotonicMs() + config().number('log.cleaner.backoff.ms')
  }

  #threadOf(index: number): CleaningThread {
    const known = this.#threads.get(index) ?? this.#options.newThread()
    this.#threads.set(index, known)
    return known
  }

  #jobOf({ log, store, settings, range }: DirtyLog): CleaningJob {
    const { clock } = this.#options
    const config = this.#options.config()
    const threads = Math.max(1, config.number('log.cleaner.threads'))
    const buffers = config.number('log.cleaner.io.buffer.size') / threads
    const map = config.number('log.cleaner.dedupe.buffer.size') / threads
    // A share: what is beyond it would be a map that is never full, or one without room.
    const loadFactor = config.number('log.cleaner.io.buffer.load.factor')
    return {
      path: store.path,
      topic: log.topic,
      partition: log.partition,
      topicId: log.topicId,
      range: {
        firstDirtyOffset: range.firstDirtyOffset,
        firstUncleanableOffset: range.firstUncleanableOffset,
      },
      options: {
        now: clock.now(),
        deleteRetentionMs: settings.deleteRetentionMs,
        segmentBytes: settings.segmentBytes,
        segmentIndexBytes: settings.segmentIndexBytes,
        mapBytesMax: Math.min(map, mapBytesMax),
        mapLoadFactor: Math.min(1, Math.max(0.01, loadFactor)),
        bufferBytes: Math.max(bufferBytesMin, Math.floor(buffers)),
        openedBytesMax,
      },
    }
  }

  /** Whether the log got on. */
  async #settle(dirty: DirtyLog, answer: CleaningAnswer, tookMs: number): Promise<boolean> {
    const { log, store } = dirty
    const name = `${log.topic}-${log.partition}`
    const { logger } = this.#options
    if (!this.#isThere(log)) return false
    switch (answer.kind) {
      case 'cleaned':
        assert(answer.endOffset > dirty.range.firstDirtyOffset, 'a cleaning gets on')
        assert(answer.endOffset <= dirty.range.firstUncleanableOffset, 'it keeps to its range')
        await this.#offsets.set(store, log, answer.endOffset)
        this.#told.delete(keyOf(log))
        logger.info(`Compacted ${name} ${toldOf(dirty, answer, tookMs)}`)
        return true
      case 'damaged':
        this.#damaged.set(keyOf(log), dirty)
        logger.error(
          `${name} is not compacted until the next start, as it is ${answer.fault}. Nothing is ` +
            'lost by that; `odradek log verify` tells more once the broker is stopped.',
        )
        return false
      case 'failed':
        if (this.#told.get(keyOf(log)) === answer.reason || this.#stopped) return false
        this.#told.set(keyOf(log), answer.reason)
        logger.warn(`Compaction of ${name} has to wait: ${answer.reason}`)
        return false
      case 'stopped':
        return false
    }
  }
}

/** A thread's share of the speed. Without a limit that is the largest number there is. */
function bytesPerSecond(config: BrokerConfig): number {
  const threads = Math.max(1, config.number('log.cleaner.threads'))
  return Math.max(1, config.number('log.cleaner.io.max.bytes.per.second') / threads)
}

function toldOf(
  { range }: DirtyLog,
  { endOffset, statistics }: CleaningResult & { kind: 'cleaned' },
  tookMs: number,
): string {
  const { recordsRead, recordsKept, segmentsReplaced, segmentsWritten } = statistics
  return (
    `from offset ${range.firstDirtyOffset} to ${endOffset}: kept ${recordsKept} of ` +
    `${recordsRead} records, ${segmentsReplaced} segments became ${segmentsWritten}, in ` +
    `${Math.ceil(tookMs)} ms.`
  )
}

/** Another topic of the same name is another log. */
function keyOf({ topicId, partition }: PartitionLog): string {
  return `${topicId}-${partition}`
}
