/** The reading half of a log: all that a worker thread has of it, and what `Log` reads by. */
import { nativeCrc32c } from '../addon/batch.ts'
import { assert } from '../base/assert.ts'
import { crc32c } from '../protocol/crc32c.ts'
import type { Checksum } from '../record/batch-header.ts'
import { BatchReader } from '../record/batch-reader.ts'
import type { Deserializer } from '../record/serializer.ts'
import { BatchCursor } from './batch-cursor.ts'
import { LogError } from './log-error.ts'
import { LogRecords, type Stoppable } from './log-iterators.ts'
import {
  checkCall,
  checkReaderOptions,
  checkShared,
  type ReaderOptions,
  type ReadOptions,
} from './options.ts'
import type { ReadablePartition, ReadableTopic } from './readable-topic.ts'
import { type SharedLog, SharedTopic } from './shared-topic.ts'

/** What a {@link LogReader} is made of. */
export interface LogReaderParts<K, V> {
  readonly topic: ReadableTopic
  /** The partition that is meant where none is named, although there may be others. */
  readonly home: number | undefined
  readonly keyDeserializer: Deserializer<K> | undefined
  readonly valueDeserializer: Deserializer<V> | undefined
  readonly checksum: Checksum
  readonly openedBytesMax: () => number
  /** Why the log is closed, if that was not asked for. */
  readonly failure: () => LogError | undefined
}

const infinite = Number.POSITIVE_INFINITY

/**
 * Reads a log that another thread of this process writes, on the engine that the writer has open.
 * Any number of calls may be under way. It keeps nothing open: when the log's directory is closed
 * or fails, whoever reads or waits here gets LOG_CLOSED or LOG_FAILED.
 *
 * @example
 * ```ts
 * import { workerData } from 'node:worker_threads'
 * import { LogReader } from 'odradek'
 *
 * await using reader = await LogReader.open(workerData) // what log.share() gave
 * for await (const { offset, value } of reader.read({ live: true })) {
 *   console.log(offset, value?.toString())
 * }
 * ```
 */
export class LogReader<KeyOut = Buffer, ValueOut = Buffer> {
  readonly name: string
  readonly #parts: LogReaderParts<KeyOut, ValueOut>
  readonly #reading = new Set<Stoppable>()
  #isClosed = false

  /** Readers come from {@link LogReader.open}. */
  constructor(parts: LogReaderParts<KeyOut, ValueOut>) {
    assert(parts.topic.partitions.length > 0, 'a log has a partition')
    this.name = parts.topic.name
    this.#parts = parts
  }

  /**
   * Opens a log that a thread of this process shares by `log.share()`, with the partitions that it
   * has now.
   *
   * @throws {LogError} LOG_CLOSED, LOG_FAILED, INVALID_CONFIG
   */
  static async open<K = Buffer, V = Buffer>(
    shared: SharedLog,
    options: ReaderOptions<K, V> = {},
  ): Promise<LogReader<K, V>> {
    const { maxUncompressedBatchBytes } = checkShared(shared)
    const { keyDeserializer, valueDeserializer } = checkReaderOptions(options)
    return new LogReader<K, V>({
      topic: await SharedTopic.find(shared),
      home: undefined,
      keyDeserializer,
      valueDeserializer,
      checksum: nativeCrc32c() ?? crc32c,
      openedBytesMax: () => maxUncompressedBatchBytes,
      failure: () => undefined,
    })
  }

  /** How many partitions it has. */
  get partitions(): number {
    return this.#parts.topic.partitions.length
  }

  /**
   * Reads records from one partition, in order: `for await (const record of reader.read())`, or
   * batch by batch with `reader.read().batches()`. What is not durable yet is not read, unless the
   * log is one of durability `os`.
   *
   * @throws {LogError} INVALID_CONFIG, OFFSET_OUT_OF_RANGE, LOG_CLOSED; later CORRUPT_MESSAGE,
   * DESERIALIZATION_FAILED, LOG_FAILED, and OFFSET_OUT_OF_RANGE where what is read is deleted
   */
  read(options: ReadOptions = {}): LogRecords<KeyOut, ValueOut> {
    this.requireOpen()
    checkCall('read', options)
    const { log, tail, explain } = this.#partition(options.partition)
    const { live = false, signal } = options
    const [start, end] = [log.logStartOffset(), log.highWatermark()]
    assert(start <= end, 'a log begins before it ends')
    const from = wholeOffset('from', options.from ?? start)
    const to = options.to === undefined ? infinite : wholeOffset('to', options.to)
    if (from < start || from > end) {
      const what = `${log.topic}-${log.partition} has the offsets from ${start} up to ${end}`
      throw new LogError('OFFSET_OUT_OF_RANGE', `${what}; ${from} is not among them.`)
    }
    const { checksum, openedBytesMax, keyDeserializer, valueDeserializer } = this.#parts
    const bound = live ? to : Math.min(to, end)
    assert(bound >= 0, 'a bound is an offset')
    const limits = { from, to: bound, live, checksum, openedBytesMax }
    return new LogRecords<KeyOut, ValueOut>(new BatchCursor({ log, tail, explain, ...limits }), {
      topic: log.topic,
      partition: log.partition,
      keyDeserializer,
      valueDeserializer,
      to: bound,
      signal,
      readers: {
        add: (one) => !this.#isClosed && this.#reading.add(one) !== undefined,
        delete: (one) => this.#reading.delete(one),
      },
    })
  }

  /** The first offset of a partition. The only one, where `partition` is left out. */
  startOffset(partition?: number): number {
    this.requireOpen()
    const offset = this.#partition(partition).log.logStartOffset()
    assert(offset >= 0, 'offsets count from 0')
    return offset
  }

  /** The offset behind the last record that can be read. */
  endOffset(partition?: number): number {
    this.requireOpen()
    const offset = this.#partition(partition).log.highWatermark()
    assert(offset >= 0, 'offsets count from 0')
    return offset
  }

  /** The first offset whose record is not older than `timestamp`, in ms; undefined without one. */
  async offsetAt(timestamp: number, partition?: number): Promise<number | undefined> {
    this.requireOpen()
    if (!Number.isSafeInteger(timestamp)) {
      const message = `The timestamp is ${timestamp}; it has to be a whole number of ms since 1970.`
      throw new LogError('INVALID_CONFIG', message)
    }
    const { log, explain } = this.#partition(partition)
    try {
      const { offset, compressedBatch } = await log.lookupTimestamp(timestamp, 'highWatermark')
      if (offset < 0) return undefined
      if (compressedBatch === undefined) return offset
      const { baseOffset } = headerOf(compressedBatch)
      // A batch that begins below the log's start cannot be read from there.
      const from = Math.max(baseOffset, offset, log.logStartOffset())
      for await (const record of this.#bytes().read({ from, partition: log.partition })) {
        if (record.timestamp >= timestamp) return record.offset
      }
      return undefined
    } catch (error) {
      throw explain(error)
    }
  }

  /** Takes no more calls and ends what reads, as if the log ended there. Idempotent. */
  async close(): Promise<void> {
    this.release()
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Takes no more calls and ends what reads, with the log's failure if it has one. */
  release(): void {
    this.#isClosed = true
    const failure = this.#parts.failure()
    for (const one of [...this.#reading]) one.stop(failure)
    assert(this.#reading.size === 0, 'who is stopped reads no more')
  }

  /** @throws {LogError} LOG_CLOSED, LOG_FAILED */
  requireOpen(): void {
    if (!this.#isClosed) return
    throw this.#parts.failure() ?? new LogError('LOG_CLOSED', `The log ${this.name} is closed.`)
  }

  #partition(index: number | undefined): ReadablePartition {
    const { topic, home } = this.#parts
    return topic.partition(index ?? home)
  }

  /** The same without deserializers. */
  #bytes(): LogReader {
    return new LogReader({
      ...this.#parts,
      keyDeserializer: undefined,
      valueDeserializer: undefined,
    })
  }
}

/** Refuses what is no offset. */
export function wholeOffset(what: string, offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset
  const message = `'${what}' is ${String(offset)}; it has to be a whole number from 0 on.`
  throw new LogError('INVALID_CONFIG', message)
}

function headerOf(batch: Uint8Array): BatchReader {
  const reader = new BatchReader()
  reader.open(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength))
  return reader
}
