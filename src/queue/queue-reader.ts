/** Reads the messages of a queue for one consumer: on, in their order, and single ones. */
import { assert } from '../base/assert.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import type { LogRecord } from './log-record.ts'

/** See the head of this file. One {@link QueueReader.next} at a time. */
export class QueueReader {
  readonly #log: Log
  #iterator: AsyncIterator<LogRecord> | undefined
  #stop: AbortController | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /**
   * The next message, none below `from`, as soon as there is one; undefined: it was stopped. After
   * an error the next call begins anew at its `from`.
   */
  async next(from: number): Promise<LogRecord | undefined> {
    for (;;) {
      this.#stop ??= new AbortController()
      const stop = this.#stop
      try {
        this.#iterator ??= this.#read(from, stop.signal)
        const { value, done } = await this.#iterator.next()
        if (stop.signal.aborted) return undefined
        if (done !== true) return value
        throw new LogError('LOG_CLOSED', `The log ${this.#log.name} is closed.`)
      } catch (error) {
        if (stop.signal.aborted) return undefined
        assert(this.#stop === stop, 'only a stop drops what is read')
        this.#iterator = undefined
        // Deleted meanwhile: it goes on where the log begins now.
        if (!isOutOfRange(error) || this.#log.startOffset() <= from) throw error
      }
    }
  }

  /** Ends a wait under way, which would keep the process alive. */
  stop(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.#iterator = undefined
  }

  /** A single message; undefined: it was deleted. */
  async one(offset: number): Promise<LogRecord | undefined> {
    for await (const record of this.some(offset, offset + 1)) return record
    return undefined
  }

  /** Those that are there from one offset up to another; none where the first was deleted. */
  async *some(from: number, to: number): AsyncGenerator<LogRecord> {
    const log = this.#log
    assert(from >= 0 && from < to, 'offsets count from 0')
    if (from < log.startOffset() || from >= log.endOffset()) return
    try {
      yield* log.read({ from, to })
    } catch (error) {
      if (!isOutOfRange(error)) throw error
    }
  }

  #read(from: number, signal: AbortSignal): AsyncIterator<LogRecord> {
    const start = Math.max(from, this.#log.startOffset())
    return this.#log.read({ from: start, live: true, signal })[Symbol.asyncIterator]()
  }
}

/** Whether an error says that what was to be read is deleted. */
export function isOutOfRange(error: unknown): boolean {
  return error instanceof LogError && error.code === 'OFFSET_OUT_OF_RANGE'
}
