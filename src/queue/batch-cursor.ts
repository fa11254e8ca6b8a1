/**
 * Walks the batches of one partition: reads about a MiB at a time, the next while the one before is
 * looked at, opens what is compressed, and leaves out what no program sees: markers of
 * transactions, and the records of those that were aborted.
 */
import { assert } from '../base/assert.ts'
import { type Codec, CompressionError } from '../compression/codec.ts'
import { loadCodec } from '../compression/codecs.ts'
import type { Checksum } from '../record/batch-header.ts'
import { BatchReader, batchBytesAt } from '../record/batch-reader.ts'
import type { ReadableLog } from '../storage/log-store.ts'
import { AbortedTransactions } from './aborted-transactions.ts'
import { LogError } from './log-error.ts'
import type { Tail, TailListener } from './tail.ts'

/** What is read of one partition. */
export interface CursorOptions {
  readonly log: ReadableLog
  readonly tail: Tail
  readonly from: number
  /** Exclusive; Infinity: none. */
  readonly to: number
  /** Whether to wait at the end. */
  readonly live: boolean
  readonly checksum: Checksum
  /** What an opened batch may have at most, in bytes. */
  readonly openedBytesMax: () => number
  /** The log's error for one of the storage. */
  readonly explain: (error: unknown) => unknown
}

/** Bytes read at once, for each record that is wanted and at most; a larger batch comes whole. */
const readBytesOfRecord = 1024
const readBytes = 1024 * 1024

/** Bytes read on the calling thread by who waited for them: they are cached. */
const tailBytes = 64 * 1024

interface Piece {
  readonly from: number
  readonly bytes: Promise<Uint8Array>
}

/** See the head of this file. One call at a time. */
export class BatchCursor {
  /** Stands in the batch that {@link BatchCursor.openNext} opened. */
  readonly reader: BatchReader = new BatchReader()
  readonly #options: CursorOptions
  readonly #codecs = new Map<number, Codec>()
  readonly #aborted: AbortedTransactions
  /** The next offset that is wanted. */
  #position: number
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #ahead: Piece | undefined
  #waiting: TailListener | undefined
  /** It was at the end, and somebody has appended. */
  #hasWaited = false
  #isStopped = false

  constructor(options: CursorOptions) {
    assert(options.from >= 0, 'offsets count from 0')
    this.#options = options
    this.#position = options.from
    this.#aborted = new AbortedTransactions(options.log)
  }

  /** Records of the open batch below this are not wanted. */
  get position(): number {
    return this.#position
  }

  /**
   * Opens the next batch of what was read; false: all of it is over, and {@link BatchCursor.fetch}
   * gets more.
   *
   * @throws {LogError} CORRUPT_MESSAGE
   */
  openNext(): boolean {
    const { reader } = this
    for (;;) {
      const size = batchBytesAt(this.#bytes, this.#at)
      if (size === 0) return false
      if (!reader.open(this.#bytes, this.#at, this.#options.checksum)) throw this.broken()
      this.#at += reader.batchBytes
      if (reader.lastOffset < this.#position) continue
      if (reader.baseOffset >= this.#options.to) {
        // What lay between was compacted away: there is nothing more to read for.
        this.#position = Math.max(this.#position, this.#options.to)
        return false
      }
      if (reader.isControl || (reader.isTransactional && this.#aborted.has(reader))) {
        this.passed(reader.lastOffset)
        continue
      }
      if (reader.codec !== 0) this.#decompress()
      if (reader.error !== null) throw this.broken()
      return true
    }
  }

  /** Reads on, and waits if it has to; false at the end, and once it was stopped. */
  async fetch(): Promise<boolean> {
    const { log, to, live, explain } = this.#options
    try {
      while (!this.#isStopped && this.#position < to) {
        if (this.#position < log.highWatermark()) {
          const bytes = this.#tailBytes() ?? (await this.#take())
          await this.#loadCodecs(bytes)
          if (this.#isStopped) return false
          this.#begin(bytes)
          if (bytes.length > 0) return true
        }
        if (!live) return false
        await this.#wait()
        this.#hasWaited = true
      }
    } catch (error) {
      throw explain(error)
    }
    return false
  }

  /** The records of the open batch up to here were handed out. */
  passed(offset: number): void {
    assert(offset + 1 >= this.#position, 'nobody reads backwards')
    this.#position = offset + 1
  }

  /** Ends a wait under way, and all that follows. */
  stop(): void {
    this.#isStopped = true
    this.#bytes = Buffer.alloc(0)
    this.#at = 0
    this.#ahead = undefined
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#options.tail.forget(waiting)
    waiting()
  }

  /** What is wrong with the batch, or record, that the reader stands at. */
  broken(why: string = this.reader.error ?? 'it is none', cause?: unknown): LogError {
    const { topic, partition } = this.#options.log
    const where = `${topic}-${partition} from offset ${this.#position} on`
    return new LogError('CORRUPT_MESSAGE', `Cannot read ${where}: its batch: ${why}.`, cause)
  }

  /** What somebody has just appended, without the way over another thread. */
  #tailBytes(): Uint8Array | undefined {
    if (!this.#hasWaited) return undefined
    this.#hasWaited = false
    return this.#options.log.readCached(this.#position, tailBytes, 'highWatermark')
  }

  /** What was read ahead, if it is what is wanted now. */
  #take(): Promise<Uint8Array> {
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead?.from === this.#position ? ahead.bytes : this.#read(this.#position)
  }

  #read(from: number): Promise<Uint8Array> {
    const { log, to } = this.#options
    assert(from < to, 'nothing is read behind the bound')
    const bytes = Math.min(readBytes, (to - from) * readBytesOfRecord)
    return log.read(from, bytes, 'highWatermark')
  }

  /** Reads behind these bytes already, while they are looked at. */
  #begin(bytes: Uint8Array): void {
    assert(this.#position < this.#options.to, 'nothing is read behind the bound')
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
    const { log, to } = this.#options
    const next = lastOffsetIn(this.#bytes) + 1
    if (next <= this.#position || next >= to || next >= log.highWatermark()) return
    const ahead = this.#read(next)
    // Who stops reading never asks what became of it.
    ahead.catch(() => undefined)
    this.#ahead = { from: next, bytes: ahead }
  }

  async #loadCodecs(bytes: Uint8Array): Promise<void> {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0, size = 0; ; at += size) {
      size = batchBytesAt(view, at)
      if (size <= 0) return
      const codec = view.readInt16BE(at + attributesAt) & codecMask
      if (codec === 0 || this.#codecs.has(codec)) continue
      try {
        this.#codecs.set(codec, await loadCodec(codec))
      } catch (error) {
        if (error instanceof CompressionError) throw this.broken(error.message, error)
        throw error
      }
    }
  }

  #decompress(): void {
    const { reader } = this
    const codec = this.#codecs.get(reader.codec)
    assert(codec !== undefined, 'a codec is loaded before it is used')
    try {
      const opened = codec.decompress(reader.storedRecords(), this.#options.openedBytesMax())
      reader.openRecords(Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength))
    } catch (error) {
      if (error instanceof CompressionError) throw this.broken(error.message, error)
      throw error
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = (error) => {
        this.#waiting = undefined
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#options.tail.listen(this.#position, this.#waiting)
    })
  }
}

/** Where in a batch its attributes lie, and what of them names its codec. */
const attributesAt = 21
const codecMask = 0x07

/** Offset of the last record in the last whole batch; -1 without one. */
function lastOffsetIn(bytes: Buffer): number {
  const reader = new BatchReader()
  let last = -1
  for (let at = 0, size = 0; ; at += size) {
    size = batchBytesAt(bytes, at)
    if (size <= 0 || !reader.open(bytes, at)) return last
    last = reader.lastOffset
  }
}
