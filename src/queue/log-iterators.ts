/**
 * What `log.read` hands out: iterators over records, and over batches. Written by hand: an async
 * generator awaits for each record, and these only where something has to be read.
 */
import { assert } from '../base/assert.ts'
import type { Deserializer } from '../record/serializer.ts'
import type { BatchCursor } from './batch-cursor.ts'
import { LogError } from './log-error.ts'
import { type LogBatch, type LogRecord, StoredRecord } from './log-record.ts'

/** How what is read becomes what the program wants; without deserializers it stays bytes. */
export interface Reading<K, V> {
  readonly topic: string
  readonly partition: number
  readonly keyDeserializer: Deserializer<K> | undefined
  readonly valueDeserializer: Deserializer<V> | undefined
  /** Exclusive; Infinity: none. */
  readonly to: number
  readonly signal: AbortSignal | undefined
  /** Those that read at the moment; a log that is closed stops them, and takes no more. */
  readonly readers: Readers
}

/** Iterators of one log that are under way. */
export interface Readers {
  /** False: the log is closed. */
  add(iterator: Stoppable): boolean
  delete(iterator: Stoppable): void
}

/** Something that may be read on, or ended. */
export interface Stoppable {
  /** Ends it as if the log ended here, or with a failure. */
  stop(failure?: Error): void
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined }

/** What both iterators do: one call after the other, and the end, whoever brings it about. */
abstract class LogIterator<T, K, V> implements AsyncIterableIterator<T>, Stoppable {
  protected readonly cursor: BatchCursor
  protected readonly reading: Reading<K, V>
  #fetching: Promise<unknown> | undefined
  #isBegun = false
  #isOver = false
  #failure: unknown

  constructor(cursor: BatchCursor, reading: Reading<K, V>) {
    this.cursor = cursor
    this.reading = reading
  }

  /** Whether something was asked for already. */
  protected get isBegun(): boolean {
    return this.#isBegun
  }

  /** What comes next of that which was read; undefined: more has to be read. */
  protected abstract take(): T | undefined

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#isBegun) this.#begin()
    if (this.#fetching !== undefined) return this.#after(this.#fetching)
    if (this.#isOver) return this.#last()
    try {
      const value = this.take()
      if (value !== undefined) return Promise.resolve({ done: false, value })
    } catch (error) {
      this.#end(error)
      return this.#last()
    }
    return this.#fetch()
  }

  /** Ends the reading; nothing keeps the process alive then. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.stop()
    return Promise.resolve(over)
  }

  stop(failure?: Error): void {
    if (!this.#isOver) this.#end(failure)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop()
  }

  #begin(): void {
    this.#isBegun = true
    const { signal, readers } = this.reading
    if (this.#isOver) return
    if (!readers.add(this)) this.stop()
    else if (signal?.aborted === true) this.#abort()
    else signal?.addEventListener('abort', this.#abort, { once: true })
  }

  async #after(fetching: Promise<unknown>): Promise<IteratorResult<T, undefined>> {
    await fetching
    return this.next()
  }

  async #fetch(): Promise<IteratorResult<T, undefined>> {
    assert(this.#isBegun && !this.#isOver, 'only who reads gets more')
    const fetching = this.cursor.fetch().then(
      (isMore) => {
        if (!isMore) this.stop()
      },
      (error: unknown) => this.#end(error),
    )
    this.#fetching = fetching
    await fetching
    this.#fetching = undefined
    return this.next()
  }

  /** The failure is told once; behind it the iterator is over. */
  #last(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure
    this.#failure = undefined
    return failure === undefined ? Promise.resolve(over) : Promise.reject(failure)
  }

  readonly #abort = (): void => {
    if (this.#isOver) return
    const { topic, partition, signal } = this.reading
    const message = `Reading ${topic}-${partition} was ended by its signal.`
    this.#end(new LogError('LOG_CLOSED', message, signal?.reason))
  }

  #end(failure?: unknown): void {
    this.#isOver = true
    this.#failure ??= failure
    this.cursor.stop()
    this.reading.signal?.removeEventListener('abort', this.#abort)
    this.reading.readers.delete(this)
  }
}

/** Records one by one; {@link LogRecords.batches} instead hands out batches. */
export class LogRecords<K = Buffer, V = Buffer> extends LogIterator<LogRecord<K, V>, K, V> {
  #isOpen = false

  /** The same, batch by batch, instead: nothing may have been read here before. */
  batches(): LogBatches<K, V> {
    if (this.isBegun) {
      const message = 'Records are read here already; batches need a read of their own.'
      throw new LogError('INVALID_CONFIG', message)
    }
    return new LogBatches(this.cursor, this.reading)
  }

  protected take(): LogRecord<K, V> | undefined {
    const { cursor, reading } = this
    const { reader } = cursor
    for (;;) {
      while (this.#isOpen && reader.next()) {
        if (reader.offset < cursor.position) continue
        if (reader.offset >= reading.to) break
        assert(reader.offset >= cursor.position, 'no record is handed out twice')
        const record = recordAt(cursor, reading)
        cursor.passed(reader.offset)
        return record
      }
      if (this.#isOpen) pass(cursor)
      this.#isOpen = cursor.openNext()
      if (!this.#isOpen) return undefined
    }
  }
}

/** Batches, each with those of its records that are between the bounds. */
export class LogBatches<K = Buffer, V = Buffer> extends LogIterator<LogBatch<K, V>, K, V> {
  protected take(): LogBatch<K, V> | undefined {
    const { cursor, reading } = this
    const { reader } = cursor
    if (!cursor.openNext()) return undefined
    const records: LogRecord<K, V>[] = []
    while (reader.next()) {
      if (reader.offset < cursor.position || reader.offset >= reading.to) continue
      records.push(recordAt(cursor, reading))
    }
    const { baseOffset, lastOffset } = reader
    assert(lastOffset >= baseOffset, 'offsets of a batch ascend')
    pass(cursor)
    return { partition: reading.partition, baseOffset, lastOffset, records }
  }
}

/** The batch is over, its compacted records included. */
function pass(cursor: BatchCursor): void {
  const { reader } = cursor
  if (reader.error !== null) throw cursor.broken()
  cursor.passed(reader.lastOffset)
}

function recordAt<K, V>(cursor: BatchCursor, reading: Reading<K, V>): LogRecord<K, V> {
  const { topic, partition, keyDeserializer, valueDeserializer } = reading
  const raw = new StoredRecord(partition, cursor.reader)
  if (keyDeserializer === undefined && valueDeserializer === undefined) {
    return raw as unknown as LogRecord<K, V>
  }
  const { offset, timestamp, headers } = raw
  const made = <T>(part: string, bytes: Buffer | null, by: Deserializer<T> | undefined) => {
    if (bytes === null || by === undefined) return bytes as T | null
    try {
      return by(bytes, topic, headers)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const what = `Cannot deserialize the ${part} of ${topic}-${partition} at offset ${offset}`
      throw new LogError('DESERIALIZATION_FAILED', `${what}: ${why.replace(/\.$/, '')}.`, cause)
    }
  }
  const key = made('key', raw.key, keyDeserializer)
  const value = made('value', raw.value, valueDeserializer)
  return { partition, offset, timestamp, key, value, headers }
}
