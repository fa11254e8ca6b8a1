/**
 * Appends to one partition. Single records of one turn of the event loop, and those that come while
 * a flush is under way, become one batch; records that were given together are a batch of their
 * own. A batch crosses into native code as a whole, which copies it, so its memory serves again.
 */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Codec } from '../compression/codec.ts'
import { BatchBuilder, builderSlackBytes, memoryForRecord } from '../record/batch-builder.ts'
import {
  batchHeaderBytes,
  type Checksum,
  noProducer,
  writeBatchHeader,
} from '../record/batch-header.ts'
import type { HeaderPair } from '../record/headers.ts'
import type { Payload } from '../record/record.ts'
import type { PartitionLog } from '../storage/log-store.ts'
import { LogError } from './log-error.ts'

/** When an append is done: once it is on the disk, or once the operating system has it. */
export type Durability = 'fsync' | 'os'

/** What of a topic's settings counts for who appends. */
export interface WriterSettings {
  readonly maxMessageBytes: number
  readonly segmentBytes: number
  readonly logAppendTime: boolean
  readonly targetLevel: number
}

/** What a {@link PartitionWriter} works with. */
export interface WriterOptions {
  readonly log: PartitionLog
  /** Those in force; a change of the topic's configs changes them. */
  readonly settings: () => WriterSettings
  /** What batches are compressed with now; undefined: nothing. */
  readonly codec: () => Codec | undefined
  readonly checksum: Checksum
  readonly clock: Pick<Clock, 'now'>
  /** The log's error for one of the storage. */
  readonly explain: (error: unknown) => unknown
}

/** A record as it goes into a batch. */
export interface PreparedRecord {
  readonly timestamp: number
  readonly key: Payload | null
  readonly value: Payload | null
  readonly headers: readonly HeaderPair[]
}

interface Waiter {
  readonly index: number
  readonly resolve: (offset: number) => void
  readonly reject: (error: unknown) => void
}

/** Most bytes of a batch of single records. A commit of the journal takes four such. */
const gatheredBytesMax = 256 * 1024

const firstMemoryBytes = 16 * 1024

/** More memory than this is not kept for the next batch. */
const spareBytesMax = 1024 * 1024

const appendTimeBit = 0x08

/** A batch that is filled, and who waits for it. */
class Gathering {
  readonly builder: BatchBuilder
  readonly whenAppended: Waiter[] = []
  readonly whenDurable: Waiter[] = []

  constructor(memory: Buffer) {
    this.builder = new BatchBuilder(memory)
  }

  /** The offset of the record that came last, or of the one at `index`. */
  wait(durability: Durability, index = this.builder.recordsCount - 1): Promise<number> {
    const waiters = durability === 'os' ? this.whenAppended : this.whenDurable
    return new Promise((resolve, reject) => waiters.push({ index, resolve, reject }))
  }
}

/** See the head of this file. */
export class PartitionWriter {
  readonly #options: WriterOptions
  #open: Gathering | undefined
  #spare: Buffer | undefined
  #isScheduled = false
  /** Batches that are appended and not durable yet, with somebody waiting for that. */
  #flushing = 0
  readonly #idle: (() => void)[] = []

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /**
   * Appends one record; resolves with its offset. Rejects as {@link WriterOptions.explain} says.
   *
   * @throws {LogError} MESSAGE_TOO_LARGE
   */
  append(record: PreparedRecord, durability: Durability): Promise<number> {
    const { timestamp, key, value, headers } = record
    let gathering = this.#open ?? this.#begin()
    while (!gathering.builder.append(timestamp, key, value, headers)) {
      const { builder } = gathering
      const bytesMax = builder.recordsCount === 0 ? this.#bytesMax() : this.#gatheredBytesMax()
      const needed = memoryForRecord(key, value, headers)
      if (grow(builder, needed, bytesMax)) continue
      if (builder.recordsCount === 0) {
        this.#drop(gathering)
        throw tooLarge('The record', needed, bytesMax)
      }
      this.#write(gathering)
      gathering = this.#begin()
    }
    return gathering.wait(durability)
  }

  /**
   * Appends records as one batch, all or none; resolves with the offset of the first.
   *
   * @throws {LogError} MESSAGE_TOO_LARGE
   */
  appendAll(records: readonly PreparedRecord[], durability: Durability): Promise<number> {
    assert(records.length > 0, 'a batch has a record')
    if (this.#open !== undefined) this.#write(this.#open)
    const bytesMax = this.#bytesMax()
    const gathering = new Gathering(this.#takeMemory(bytesMax))
    const { builder } = gathering
    for (const { timestamp, key, value, headers } of records) {
      while (!builder.append(timestamp, key, value, headers)) {
        const needed = memoryForRecord(key, value, headers)
        if (grow(builder, needed, bytesMax)) continue
        this.#drop(gathering)
        const what = `The batch of ${records.length} records`
        throw tooLarge(what, builder.bytes + needed, bytesMax)
      }
    }
    const appended = gathering.wait(durability, 0)
    this.#write(gathering)
    return appended
  }

  /** Whether a batch is filled: what joins it costs no further one. */
  get isGathering(): boolean {
    return this.#open !== undefined
  }

  /** Resolves when all that was appended so far is on the disk. */
  async flush(): Promise<void> {
    const { log, explain } = this.#options
    if (this.#open !== undefined) this.#write(this.#open)
    const end = log.logEndOffset()
    if (log.durableOffset() >= end) return
    this.#flushing += 1
    try {
      await this.#flushUpTo(end)
    } catch (error) {
      throw explain(error)
    } finally {
      this.#flushed()
    }
  }

  /** Resolves when all that was appended is settled. */
  idle(): Promise<void> {
    if (this.#open === undefined && this.#flushing === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #bytesMax(): number {
    const { maxMessageBytes, segmentBytes } = this.#options.settings()
    return Math.min(maxMessageBytes, segmentBytes)
  }

  #gatheredBytesMax(): number {
    return Math.min(gatheredBytesMax, this.#bytesMax())
  }

  #begin(): Gathering {
    assert(this.#open === undefined, 'one batch is filled at a time')
    this.#open = new Gathering(this.#takeMemory(this.#gatheredBytesMax()))
    if (this.#flushing === 0) this.#schedule()
    return this.#open
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isScheduled = false
    // While one flush runs, the next batch gathers.
    if (this.#open !== undefined && this.#flushing === 0) this.#write(this.#open)
  }

  #write(gathering: Gathering): void {
    assert(gathering.builder.recordsCount > 0, 'a batch has a record')
    if (this.#open === gathering) this.#open = undefined
    try {
      const { log } = this.#options
      const { baseOffset, requiredHighWatermark } = log.append(this.#close(gathering.builder))
      for (const { resolve, index } of gathering.whenAppended) resolve(baseOffset + index)
      if (gathering.whenDurable.length > 0) {
        this.#flush(gathering.whenDurable, baseOffset, requiredHighWatermark)
      }
    } catch (error) {
      this.#reject([...gathering.whenAppended, ...gathering.whenDurable], error)
    }
    this.#drop(gathering)
    this.#settled()
  }

  #flush(waiters: readonly Waiter[], baseOffset: number, requiredHighWatermark: number): void {
    assert(waiters.length > 0, 'somebody waits for a flush')
    assert(requiredHighWatermark > baseOffset, 'what is durable is behind the batch')
    this.#flushing += 1
    const done = (): void => {
      for (const { resolve, index } of waiters) resolve(baseOffset + index)
      this.#flushed()
    }
    const failed = (error: unknown): void => {
      this.#reject(waiters, error)
      this.#flushed()
    }
    this.#flushUpTo(requiredHighWatermark).then(done, failed)
  }

  async #flushUpTo(end: number): Promise<void> {
    const { log } = this.#options
    await log.committed(end)
    if (log.durableOffset() < end) await log.flush()
  }

  #flushed(): void {
    assert(this.#flushing > 0, 'a flush that ends has begun')
    this.#flushing -= 1
    if (this.#flushing === 0 && this.#open !== undefined) this.#schedule()
    this.#settled()
  }

  #settled(): void {
    if (this.#open !== undefined || this.#flushing > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #reject(waiters: readonly Waiter[], error: unknown): void {
    const explained = this.#options.explain(error)
    for (const { reject } of waiters) reject(explained)
  }

  /** The whole batch: its checksum is last, as the bits before count into it. */
  #close(builder: BatchBuilder): Buffer {
    const { settings, codec: codecOf, checksum, clock } = this.#options
    const { logAppendTime, targetLevel } = settings()
    if (logAppendTime) builder.maxTimestamp = clock.now()
    const timeBit = logAppendTime ? appendTimeBit : 0
    const codec = codecOf()
    if (codec === undefined) return builder.close(timeBit, noProducer, checksum)
    const compressed = codec.compress(builder.records(), targetLevel || undefined)
    const batch = Buffer.allocUnsafe(batchHeaderBytes + compressed.length)
    batch.set(compressed, batchHeaderBytes)
    const { recordsCount, baseTimestamp, maxTimestamp } = builder
    const fields = { attributes: codec.id | timeBit, recordsCount, baseTimestamp, maxTimestamp }
    writeBatchHeader(batch, { ...fields, ...noProducer }, checksum)
    return batch
  }

  /** Memory for a batch that is not to grow beyond that many bytes, unless it is one record. */
  #takeMemory(bytesMax: number): Buffer {
    const memory = this.#spare ?? Buffer.allocUnsafeSlow(firstMemoryBytes)
    this.#spare = undefined
    return memory.subarray(0, bytesMax + builderSlackBytes)
  }

  /** The batch is over, and its memory free. */
  #drop({ builder }: Gathering): void {
    if (this.#open?.builder === builder) this.#open = undefined
    // Of it a batch may have had a part alone.
    const memory = Buffer.from(builder.memory.buffer)
    if (memory.length <= spareBytesMax) this.#spare = memory
  }
}

/** More memory for a record that does not fit, within a batch's bound; false: it has that. */
function grow(builder: BatchBuilder, needed: number, bytesMax: number): boolean {
  assert(needed > 0, 'a record takes room')
  const most = bytesMax + builderSlackBytes
  const { length } = builder.memory
  if (length >= most) return false
  const wanted = Math.max(length * 2, builder.bytes + needed)
  builder.moveTo(Buffer.allocUnsafeSlow(Math.min(most, wanted)))
  return true
}

function tooLarge(what: string, bytes: number, bytesMax: number): LogError {
  const message =
    `${what} has about ${bytes} bytes, and a batch has at most ${bytesMax}; append less at a ` +
    "time, or open the log with a larger 'max.message.bytes' among its configs."
  return new LogError('MESSAGE_TOO_LARGE', message)
}
