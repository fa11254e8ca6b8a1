import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import { EngineHolder, type SharedEngine } from '../engine/shared-engine.ts'
import type { Checksum } from '../record/batch-header.ts'
import { keyedPartition } from '../record/keyed-partition.ts'
import type { Payload } from '../record/record.ts'
import { LogError } from './log-error.ts'
import type { LogRecords } from './log-iterators.ts'
import { LogReader, wholeOffset } from './log-reader.ts'
import type { NewRecord } from './log-record.ts'
import type { LogPartition, LogTopic } from './log-topic.ts'
import {
  type AppendOptions,
  checkCall,
  checkSingleOptions,
  type LogOptions,
  type ReadOptions,
  type SingleLogOptions,
} from './options.ts'
import type { Durability, PreparedRecord } from './partition-writer.ts'
import { RecordPreparer } from './record-preparer.ts'
import type { SharedLog } from './shared-topic.ts'
import { Store } from './store.ts'

/** What a {@link Log} is made of. */
export interface LogParts<KI, VI, KO, VO> {
  readonly topic: LogTopic
  /** Absolute path. */
  readonly directory: string
  readonly options: LogOptions<KI, VI, KO, VO>
  readonly checksum: Checksum
  readonly clock: Pick<Clock, 'now'>
  readonly openedBytesMax: () => number
  readonly shared: SharedEngine
  /** The partition that is meant where none is named, although there may be others. */
  readonly home: number | undefined
  /** Why the store is closed, if that was not asked for. */
  readonly failure: () => LogError | undefined
  /** Ends what the log alone holds, once all of it is settled. */
  readonly onClose: () => Promise<void>
}

/**
 * A durable, ordered log in this process, on the files that a broker serves. Any number of calls
 * may be under way.
 *
 * @example
 * ```ts
 * import { Log } from 'odradek'
 *
 * const log = await Log.open('./data/audit')
 * const offset = await log.append({ key: 'k', value: 'v' })
 * for await (const record of log.read({ from: offset })) console.log(record.value?.toString())
 * await log.close()
 * ```
 */
export class Log<
  KeyIn = Payload,
  ValueIn = Payload,
  KeyOut = Buffer,
  ValueOut = Buffer,
> extends EngineHolder {
  readonly name: string
  readonly #parts: LogParts<KeyIn, ValueIn, KeyOut, ValueOut>
  readonly #preparer: RecordPreparer<KeyIn, ValueIn>
  readonly #reader: LogReader<KeyOut, ValueOut>
  /** Where records without key and partition go; the next one every time that a batch is begun. */
  #keyless = 0
  #closing: Promise<void> | undefined

  /** Logs come from `Store.log` and {@link Log.open}. */
  constructor(parts: LogParts<KeyIn, ValueIn, KeyOut, ValueOut>) {
    const { topic, options, clock, shared } = parts
    super(shared)
    const { keySerializer, valueSerializer, keyDeserializer, valueDeserializer } = options
    this.name = topic.name
    this.#parts = parts
    this.#reader = new LogReader({ ...parts, keyDeserializer, valueDeserializer })
    this.#preparer = new RecordPreparer<KeyIn, ValueIn>({
      topic: topic.name,
      keySerializer,
      valueSerializer,
      rules: () => topic.settings,
      clock,
    })
  }

  /**
   * Opens the one log of a directory of its own, which is made if it is missing.
   *
   * @throws {LogError} NOT_OPENED, INVALID_CONFIG
   */
  static async open<KI = Payload, VI = Payload, KO = Buffer, VO = Buffer>(
    directory: string,
    options: SingleLogOptions<KI, VI, KO, VO> = {},
  ): Promise<Log<KI, VI, KO, VO>> {
    const { name, store: storeOptions, log } = checkSingleOptions(options)
    const store = await Store.open(directory, storeOptions)
    try {
      return await store.only(name, log)
    } catch (error) {
      await store.close().catch(() => undefined)
      throw error
    }
  }

  /** What an append waits for unless it says otherwise. */
  get durability(): Durability {
    return durabilityOf(this.#parts.topic.settings)
  }

  /** How many partitions it has. */
  get partitions(): number {
    return this.#parts.topic.partitions.length
  }

  /**
   * Appends a record, or records of one partition as one batch: all of them or none. Resolves with
   * the offset of the first, when they are as durable as was asked for. Records that are appended
   * one by one within a turn of the event loop, or while a flush is under way, share a batch.
   *
   * A record goes to its `partition`, else to that of its key, else to any.
   *
   * @throws {LogError} INVALID_RECORD, INVALID_CONFIG, MESSAGE_TOO_LARGE, DISK_FULL, LOG_FAILED,
   * LOG_CLOSED
   */
  append(
    input: NewRecord<KeyIn, ValueIn> | readonly NewRecord<KeyIn, ValueIn>[],
    options?: AppendOptions,
  ): Promise<number> {
    try {
      if (options !== undefined) checkCall('append', options)
      const durability = this.#durability(options?.durability)
      const signal = options?.signal
      if (signal !== undefined) return this.#untilAborted(input, durability, signal)
      return this.#append(input, durability)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Reads records from one partition, in order: `for await (const record of log.read())`, or batch
   * by batch with `log.read().batches()`. What is not durable yet is not read, unless the log is
   * one of durability `os`.
   *
   * @throws {LogError} INVALID_CONFIG, OFFSET_OUT_OF_RANGE, LOG_CLOSED; later CORRUPT_MESSAGE,
   * DESERIALIZATION_FAILED, LOG_FAILED, and OFFSET_OUT_OF_RANGE where what is read is deleted
   */
  read(options: ReadOptions = {}): LogRecords<KeyOut, ValueOut> {
    return this.#reader.read(options)
  }

  /** The first offset of a partition. The only one, where `partition` is left out. */
  startOffset(partition?: number): number {
    return this.#reader.startOffset(partition)
  }

  /** The offset behind the last record that can be read. */
  endOffset(partition?: number): number {
    return this.#reader.endOffset(partition)
  }

  /** The first offset whose record is not older than `timestamp`, in ms; undefined without one. */
  offsetAt(timestamp: number, partition?: number): Promise<number | undefined> {
    return this.#reader.offsetAt(timestamp, partition)
  }

  /**
   * What a worker thread reads this log by: `LogReader.open(shared)`, on this engine. Plain data,
   * that goes by `workerData` or `postMessage`; writing stays with this thread.
   *
   * @throws {LogError} LOG_CLOSED, LOG_FAILED
   */
  share(): SharedLog {
    this.#reader.requireOpen()
    const { topic, directory, openedBytesMax } = this.#parts
    const { topicId } = topic.partition(0).log
    assert(topicId !== '', 'a topic has an id')
    const maxUncompressedBatchBytes = openedBytesMax()
    return { directory, name: this.name, topicId, maxUncompressedBatchBytes }
  }

  /**
   * Deletes the records below `before` for good; resolves with where the log begins then, and once
   * that is durable. Their room comes back a segment at a time.
   *
   * @throws {LogError} OFFSET_OUT_OF_RANGE above the end
   */
  async trim(before: number, partition?: number): Promise<number> {
    this.#reader.requireOpen()
    const { log, explain } = this.#partition(partition)
    const end = log.highWatermark()
    if (wholeOffset('before', before) > end) {
      const message = `${log.topic}-${log.partition} ends at ${end}; ${before} is above it.`
      throw new LogError('OFFSET_OUT_OF_RANGE', message)
    }
    try {
      return await log.deleteUpTo(before)
    } catch (error) {
      throw explain(error)
    }
  }

  /**
   * Resolves when all that was appended so far is on the disk, whatever its durability.
   *
   * @throws {LogError} LOG_FAILED, LOG_CLOSED
   */
  async flush(): Promise<void> {
    this.#reader.requireOpen()
    await Promise.all(this.#parts.topic.partitions.map(({ writer }) => writer.flush()))
  }

  /**
   * Takes no more calls, ends what reads, waits for the appends under way; a log in a directory of
   * its own closes that cleanly, and stops a broker that serves it before. Idempotent. Rejects
   * where that fails.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Takes no more calls and ends what reads: its store is closed. */
  release(): void {
    this.#reader.release()
  }

  async #close(): Promise<void> {
    this.release()
    await this.#parts.topic.idle()
    await this.#parts.onClose()
  }

  #durability(asked: Durability | undefined): Durability {
    this.#reader.requireOpen()
    if (asked === 'os' || asked === 'fsync') return asked
    if (asked === undefined) return durabilityOf(this.#parts.topic.settings)
    const message = `The durability of an append is ${String(asked)}; it has to be 'fsync' or 'os'.`
    throw new LogError('INVALID_CONFIG', message)
  }

  #append(
    input: NewRecord<KeyIn, ValueIn> | readonly NewRecord<KeyIn, ValueIn>[],
    durability: Durability,
  ): Promise<number> {
    if (isList(input)) return this.#appendAll(input, durability)
    const record = this.#preparer.prepare(input)
    const { writer } = this.#partitionOf(input.partition, record.key)
    return writer.append(record, durability)
  }

  #appendAll(
    inputs: readonly NewRecord<KeyIn, ValueIn>[],
    durability: Durability,
  ): Promise<number> {
    if (inputs.length === 0) {
      throw new LogError('INVALID_RECORD', `There is no record to append to ${this.name}.`)
    }
    assert(inputs.length > 0, 'a batch has a record')
    const records: PreparedRecord[] = []
    let home: LogPartition | undefined
    for (const input of inputs) {
      const record = this.#preparer.prepare(input)
      records.push(record)
      // A record that may go anywhere goes with the others.
      const isFree = input.partition === undefined && record.key === null
      if (isFree && home !== undefined) continue
      const own = this.#partitionOf(input.partition, record.key)
      if (home !== undefined && own !== home && !isFree) {
        const what = `The records of one append to ${this.name} belong to several partitions`
        throw new LogError('INVALID_RECORD', `${what}; give them one 'partition', or part them.`)
      }
      home = own
    }
    assert(home !== undefined, 'a record has a partition')
    return home.writer.appendAll(records, durability)
  }

  #partition(index: number | undefined): LogPartition {
    const { topic, home } = this.#parts
    return topic.partition(index ?? home)
  }

  #partitionOf(index: number | undefined, key: Payload | null): LogPartition {
    const { topic, home } = this.#parts
    const { length } = topic.partitions
    assert(length > 0, 'a log has a partition')
    if (length === 1 || (index ?? home) !== undefined) return this.#partition(index)
    if (key !== null) return topic.partition(keyedPartition(key, length))
    const current = topic.partition(this.#keyless)
    if (current.writer.isGathering) return current
    this.#keyless = (this.#keyless + 1) % length
    return topic.partition(this.#keyless)
  }

  #untilAborted(
    input: NewRecord<KeyIn, ValueIn> | readonly NewRecord<KeyIn, ValueIn>[],
    durability: Durability,
    signal: AbortSignal,
  ): Promise<number> {
    const ended = (): LogError => {
      const message = `Appending to ${this.name} was ended by its signal.`
      return new LogError('LOG_CLOSED', message, signal.reason)
    }
    if (signal.aborted) throw ended()
    const appended = this.#append(input, durability)
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(ended())
      signal.addEventListener('abort', abort, { once: true })
      appended.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }
}

/** What appends wait for unless they say otherwise: what `flush.messages` of the topic promises. */
export function durabilityOf({ flushMessages }: { readonly flushMessages: number }): Durability {
  return flushMessages === 1 ? 'fsync' : 'os'
}

function isList<T extends object>(input: T | readonly T[]): input is readonly T[] {
  return Array.isArray(input)
}
