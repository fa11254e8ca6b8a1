/** What a cleaner tells of itself: Kafka's figures of `LogCleaner` and `LogCleanerManager`. */
import { assert } from '../../base/assert.ts'
import type { CleaningStatistics } from '../../cleaner/clean-log.ts'

/** Logs of one directory that are left alone, as they are damaged. */
export interface UncleanableLogs {
  /** The directory's. */
  readonly path: string
  readonly partitions: number
  /** What there was to clean in them when the damage was found. */
  readonly bytes: number
}

/** Figures of a cleaner. */
export interface CleanerStatistics {
  /** Cleanings that went through since the start, and what they read and wrote. */
  readonly cleanings: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly recordsRead: number
  readonly recordsKept: number
  /** By directory, of every one that is open. */
  readonly uncleanable: readonly UncleanableLogs[]
  /** Share of what could be cleaned in the dirtiest log of the last look, 0 to 1. */
  readonly maxDirtyRatio: number
  /** Bytes written for each byte read, of the last cleaning of every thread together. */
  readonly recopyRatio: number
  /** How long the longest of these took, in ms. */
  readonly maxCleanMs: number
  /** The most by which a log was overdue when a thread looked the last time, in ms. */
  readonly maxCompactionDelayMs: number
  /** Since anybody looked for a log to clean, in ms. */
  readonly sinceLastRunMs: number
  /** Threads that ended and should not have. */
  readonly deadThreads: number
}

/** What a look at all logs found; of those that nobody cleans and that are not damaged. */
export interface Look {
  /** 0 to 1. */
  readonly maxDirtyRatio: number
  readonly maxDelayMs: number
}

/** The last cleaning of a thread. */
interface LastCleaning {
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly ms: number
}

/** Those of a {@link CleanerStatistics} that events make; by the number of the thread. */
export class CleanerFigures {
  readonly #totals = { cleanings: 0, bytesRead: 0, bytesWritten: 0, recordsRead: 0, recordsKept: 0 }
  readonly #delays = new Map<number, number>()
  readonly #last = new Map<number, LastCleaning>()
  #maxDirtyRatio = 0
  #lookedMs: number
  #deadThreads = 0

  /** `nowMs` of a clock that only goes forward, as in all calls. */
  constructor(nowMs: number) {
    this.#lookedMs = nowMs
  }

  /** A thread has looked at all logs. */
  looked(thread: number, { maxDirtyRatio, maxDelayMs }: Look, nowMs: number): void {
    assert(nowMs >= this.#lookedMs, 'the clock goes forward')
    this.#lookedMs = nowMs
    this.#maxDirtyRatio = maxDirtyRatio
    this.#delays.set(thread, maxDelayMs)
  }

  /** A thread has cleaned a log. */
  cleaned(thread: number, statistics: CleaningStatistics, ms: number): void {
    const { bytesRead, bytesWritten, recordsRead, recordsKept } = statistics
    assert(recordsKept <= recordsRead, 'a cleaning adds no record')
    this.#last.set(thread, { bytesRead, bytesWritten, ms })
    this.#totals.cleanings++
    this.#totals.bytesRead += bytesRead
    this.#totals.bytesWritten += bytesWritten
    this.#totals.recordsRead += recordsRead
    this.#totals.recordsKept += recordsKept
  }

  /** A thread has ended by a fault of ours. */
  died(): void {
    this.#deadThreads++
  }

  /** All of this moment. */
  at(nowMs: number): Omit<CleanerStatistics, 'uncleanable'> {
    const last = [...this.#last.values()]
    const read = last.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
    const written = last.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
    return {
      ...this.#totals,
      maxDirtyRatio: this.#maxDirtyRatio,
      recopyRatio: written / Math.max(read, 1),
      maxCleanMs: Math.max(0, ...last.map(({ ms }) => ms)),
      maxCompactionDelayMs: Math.max(0, ...this.#delays.values()),
      sinceLastRunMs: nowMs - this.#lookedMs,
      deadThreads: this.#deadThreads,
    }
  }
}
