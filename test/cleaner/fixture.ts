/**
 * Logs for the cleaner: written step by step by producers of every kind, cut into segments, held in
 * memory; with the state that a store keeps of them and the readers' view.
 */
import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { type CleaningOptions, type CleaningResult, cleanLog } from '../../src/cleaner/clean-log.ts'
import type { AbortedTransaction } from '../../src/cleaner/cleaned-transactions.ts'
import type {
  ActiveProducer,
  LogToClean,
  SealedSegment,
  SegmentReplacement,
} from '../../src/cleaner/log-to-clean.ts'
import { loadCodec } from '../../src/compression/codecs.ts'
import type { CompactionSegment } from '../../src/policy/compaction.ts'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import {
  type BatchCompression,
  type BatchHeader,
  batchAttributes,
  decodeBatches,
  encodeBatch,
  type NewRecord,
  newBatch,
  offsetOf,
  type ReadBatch,
  timestampOf,
} from '../../src/protocol/record-batch.ts'

const loaded = await Promise.all([1, 2, 3, 4].map(loadCodec))

/** All codecs, output bounded by 64 MiB. */
export const compression: BatchCompression = {
  compress: (id, bytes) => loaded[id - 1]!.compress(bytes),
  decompress: (id, bytes) => loaded[id - 1]!.decompress(bytes, 1 << 26),
}

/** When the fixture's logs are written, ms. */
export const writtenAt = 1_700_000_000_000

/** Something that happens to a log. Keys are small numbers, null is no key; null values delete. */
export type Step =
  | {
      readonly kind: 'data'
      /** 0 plain, 1 and 2 idempotent, from 3 on transactional. */
      readonly producer: number
      readonly records: readonly { readonly key: number | null; readonly value: number | null }[]
      readonly codec: number
      readonly appendTime: boolean
    }
  | {
      readonly kind: 'end'
      readonly producer: number
      readonly commit: boolean
      readonly bump: boolean
    }
  | { readonly kind: 'leaderChange' }
  | { readonly kind: 'roll' }

const dataStep = fc.record({
  kind: fc.constant('data' as const),
  producer: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5),
  records: fc.array(
    fc.record({
      key: fc.option(fc.nat(5), { freq: 12 }),
      value: fc.option(fc.nat(99), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  codec: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  appendTime: fc.boolean(),
})
const endStep = fc.record({
  kind: fc.constant('end' as const),
  producer: fc.integer({ min: 3, max: 5 }),
  commit: fc.boolean(),
  bump: fc.boolean(),
})

/** Random logs. */
export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { arbitrary: dataStep, weight: 10 },
    { arbitrary: endStep, weight: 4 },
    { arbitrary: fc.constant({ kind: 'leaderChange' } as const), weight: 1 },
    { arbitrary: fc.constant({ kind: 'roll' } as const), weight: 4 },
  ),
  { minLength: 3, maxLength: 40 },
)

/** One segment file in memory. */
export interface TestSegment {
  readonly baseOffset: number
  readonly bytes: Uint8Array
}

/** What a real store says of the log. */
export interface StoreFacts {
  readonly firstUncleanableOffset: number
  readonly segments: readonly CompactionSegment[]
}

interface ProducerState {
  producerEpoch: number
  lastDataOffset: number
  transactionFirstOffset: number
}

/** A record as a reader sees it. */
export interface SeenRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
}

/** What a cleaning in a test uses where the test does not care. */
export const options: CleaningOptions = {
  now: writtenAt + 1_000_000,
  deleteRetentionMs: 1000,
  segmentBytes: 1 << 20,
  segmentIndexBytes: 1 << 20,
  mapBytesMax: 1 << 20,
  bufferBytes: 256,
  openedBytesMax: 1 << 26,
}

/** A log of which all segments but the last are sealed. */
export class TestLog {
  segments: TestSegment[]
  /** The cleaner's checkpoint. */
  firstDirtyOffset = 0
  /** Swaps that took place. */
  swaps: { readonly replaced: readonly number[]; readonly aborted: AbortedTransaction[] }[] = []

  constructor(segments: readonly TestSegment[]) {
    this.segments = [...segments]
  }

  /** The log that these steps write. Transactions that are open at the end stay so. */
  static written(steps: readonly Step[]): TestLog {
    const writer = new LogWriter()
    for (const step of steps) writer.write(step)
    return new TestLog(writer.finish())
  }

  get batches(): readonly ReadBatch[] {
    return this.segments.flatMap(({ bytes }) => batchesOf(bytes))
  }

  get logEndOffset(): number {
    const last = this.batches.at(-1)
    const end = last === undefined ? 0 : last.baseOffset + last.lastOffsetDelta + 1
    return Math.max(end, this.segments.at(-1)!.baseOffset)
  }

  /** What the store would know of the log by reading it. */
  state(): {
    producers: Map<number, ProducerState>
    aborted: AbortedTransaction[]
    lastStableOffset: number
  } {
    const producers = new Map<number, ProducerState>()
    const aborted: AbortedTransaction[] = []
    const firstOpen = (): number =>
      Math.min(
        ...[...producers.values()].map((one) => one.transactionFirstOffset).filter((at) => at >= 0),
      )
    for (const batch of this.batches) {
      if (batch.producerId < 0) continue
      const isControl = (batch.attributes & batchAttributes.control) !== 0
      if (isControl && batch.records.length === 0) continue
      const lastOffset = batch.baseOffset + batch.lastOffsetDelta
      const state = producers.get(batch.producerId) ?? {
        producerEpoch: batch.producerEpoch,
        lastDataOffset: -1,
        transactionFirstOffset: -1,
      }
      if (state.producerEpoch !== batch.producerEpoch) state.lastDataOffset = -1
      state.producerEpoch = batch.producerEpoch
      producers.set(batch.producerId, state)
      if (!isControl) {
        state.lastDataOffset = lastOffset
        const isTransactional = (batch.attributes & batchAttributes.transactional) !== 0
        if (isTransactional && state.transactionFirstOffset < 0) {
          state.transactionFirstOffset = batch.baseOffset
        }
        continue
      }
      const { producerId } = batch
      const firstOffset = state.transactionFirstOffset
      state.transactionFirstOffset = -1
      if (firstOffset < 0 || isCommit(batch)) continue
      const lastStableOffset = Math.min(firstOpen(), lastOffset + 1)
      aborted.push({ producerId, firstOffset, lastOffset, lastStableOffset })
    }
    return { producers, aborted, lastStableOffset: Math.min(firstOpen(), this.logEndOffset) }
  }

  /** Base offset of the first segment that may not be cleaned. */
  firstUncleanableOffset(): number {
    const { lastStableOffset } = this.state()
    const stable = this.segments.findLast((one) => one.baseOffset <= lastStableOffset)
    return Math.min(stable!.baseOffset, this.segments.at(-1)!.baseOffset)
  }

  /** For a cleaning from the first dirty offset on: of everything, or as `facts` say. */
  toClean(facts?: StoreFacts): LogToClean {
    const { producers, aborted } = this.state()
    const firstUncleanableOffset = facts?.firstUncleanableOffset ?? this.firstUncleanableOffset()
    const sealed = this.segments.filter((one) => one.baseOffset < firstUncleanableOffset)
    return {
      segments: sealed.map((one, i) => ({
        ...memorySegment(one, sealed[i + 1]?.baseOffset ?? firstUncleanableOffset),
        ...facts?.segments[i],
      })),
      firstDirtyOffset: this.firstDirtyOffset,
      firstUncleanableOffset,
      abortedTransactions: aborted.filter((one) => one.firstOffset < firstUncleanableOffset),
      activeProducers: producers as ReadonlyMap<number, ActiveProducer>,
      replace: (segments) => Promise.resolve(this.#replace(segments)),
    }
  }

  /** Cleans it, moves the checkpoint. Undefined where there is nothing to clean. */
  async clean(
    changed: Partial<CleaningOptions> = {},
    facts?: StoreFacts,
  ): Promise<CleaningResult | undefined> {
    const log = this.toClean(facts)
    if (log.firstDirtyOffset >= log.firstUncleanableOffset) return undefined
    const result = await cleanLog(log, { ...options, ...changed })
    if (result.kind === 'cleaned') this.firstDirtyOffset = result.endOffset
    return result
  }

  /** All records with data that a reader gets, of committed transactions alone or of all. */
  records(isolation: 'committed' | 'uncommitted' = 'uncommitted'): readonly SeenRecord[] {
    const { aborted, lastStableOffset } = this.state()
    return this.batches
      .filter((batch) => (batch.attributes & batchAttributes.control) === 0)
      .filter((batch) => isolation === 'uncommitted' || !isAborted(batch, aborted))
      .flatMap((batch) => batch.records.map((record) => seen(batch, record)))
      .filter(({ offset }) => isolation === 'uncommitted' || offset < lastStableOffset)
  }

  /** What a reader who goes through all of it keeps: the last value of each key. */
  finalValues(isolation: 'committed' | 'uncommitted'): ReadonlyMap<string, string> {
    const values = new Map<string, string>()
    for (const { key, value } of this.records(isolation)) {
      if (key === null) continue
      if (value === null) values.delete(key)
      else values.set(key, value)
    }
    return values
  }

  #replace(segments: readonly SealedSegment[]): SegmentReplacement {
    const parts: Uint8Array[] = []
    const aborted: AbortedTransaction[] = []
    let ended = false
    const end = (): void => {
      strictEqual(ended, false, 'a replacement ends once')
      ended = true
    }
    const replaced = segments.map((one) => one.baseOffset)
    return {
      append: (batches) => {
        for (const batch of batches) parts.push(batch.slice())
        return Promise.resolve()
      },
      appendAborted: (transaction) => aborted.push(transaction),
      commit: () => {
        end()
        const at = this.segments.findIndex((one) => one.baseOffset === replaced[0])
        const cleaned = { baseOffset: replaced[0]!, bytes: Buffer.concat(parts) }
        this.segments = this.segments.toSpliced(at, replaced.length, cleaned)
        this.swaps.push({ replaced, aborted })
        return Promise.resolve(true)
      },
      discard: () => Promise.resolve(end()),
    }
  }
}

/** The batches of a segment, checksums and all verified. */
export function batchesOf(bytes: Uint8Array): readonly ReadBatch[] {
  const { value, error } = decodeBatches(bytes, compression)
  strictEqual(error, null)
  strictEqual(value?.bytesRead, bytes.length)
  return value.batches
}

/** A segment for the cleaner, read from memory. */
export function memorySegment(
  { baseOffset, bytes }: TestSegment,
  nextOffset: number,
): SealedSegment {
  return {
    baseOffset,
    nextOffset,
    sizeBytes: bytes.length,
    largestTimestamp: -1,
    firstBatchTimestamp: -1,
    offsetIndexBytes: 8,
    timeIndexBytes: 12,
    positionOf: () => Promise.resolve(0),
    read: (position, into) => {
      const found = bytes.subarray(position, position + into.length)
      into.set(found)
      return Promise.resolve(found.length)
    },
  }
}

function isCommit(batch: ReadBatch): boolean {
  return batch.records[0]!.key![3] === 1
}

function isAborted(batch: ReadBatch, aborted: readonly AbortedTransaction[]): boolean {
  return aborted.some(
    ({ producerId, firstOffset, lastOffset }) =>
      producerId === batch.producerId &&
      firstOffset <= batch.baseOffset &&
      batch.baseOffset < lastOffset &&
      (batch.attributes & batchAttributes.transactional) !== 0,
  )
}

function seen(batch: ReadBatch, record: ReadBatch['records'][number]): SeenRecord {
  const text = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString('latin1')
  return {
    offset: offsetOf(batch, record),
    timestamp: timestampOf(batch, record),
    key: text(record.key),
    value: text(record.value),
  }
}

/** Assigns offsets, times, sequence numbers and epochs as brokers and producers do. */
class LogWriter {
  readonly #segments: { baseOffset: number; batches: Uint8Array[] }[] = [
    { baseOffset: 0, batches: [] },
  ]
  #offset = 0
  #time = writtenAt
  readonly #epochs = new Map<number, number>()
  readonly #sequences = new Map<number, number>()
  readonly #open = new Set<number>()

  write(step: Step): void {
    if (step.kind === 'roll') this.#roll()
    else if (step.kind === 'data') this.#data(step)
    else if (step.kind === 'end') this.#end(step)
    else this.#append([{ timestamp: this.#time, ...leaderChange }], control)
  }

  finish(): readonly TestSegment[] {
    return this.#segments.map(({ baseOffset, batches }) => ({
      baseOffset,
      bytes: Buffer.concat(batches),
    }))
  }

  #roll(): void {
    if (this.#segments.at(-1)!.batches.length === 0) return
    this.#segments.push({ baseOffset: this.#offset, batches: [] })
  }

  #data({ producer, records, codec, appendTime }: Step & { kind: 'data' }): void {
    const isTransactional = producer >= 3
    if (isTransactional) this.#open.add(producer)
    const sequence = this.#sequences.get(producer) ?? 0
    this.#sequences.set(producer, sequence + records.length)
    this.#append(
      records.map(({ key, value }) => ({
        // Times of producers do not rise evenly.
        timestamp: this.#time + ((this.#offset * 7) % 5) - 2 + (value ?? 0),
        key: key === null ? null : Buffer.from(`key-${key}`),
        value: value === null ? null : Buffer.from(`value-${value}-${'x'.repeat(value)}`),
        headers: value === 7 ? [{ key: 'a', value: Buffer.from('b') }] : [],
      })),
      {
        attributes:
          codec |
          (isTransactional ? batchAttributes.transactional : 0) |
          (appendTime ? batchAttributes.appendTime : 0),
        ...(producer === 0 ? {} : this.#identity(producer, sequence)),
      },
    )
  }

  #end({ producer, commit, bump }: Step & { kind: 'end' }): void {
    if (!this.#open.delete(producer)) return
    // With transaction version 2 the marker has the next epoch already.
    if (bump) {
      this.#epochs.set(producer, (this.#epochs.get(producer) ?? 0) + 1)
      this.#sequences.set(producer, 0)
    }
    const marker = encodeControlRecord({
      name: commit ? 'commit' : 'abort',
      value: { coordinatorEpoch: 3 },
    })
    this.#append([{ timestamp: this.#time, ...marker }], {
      attributes: batchAttributes.control | batchAttributes.transactional,
      ...this.#identity(producer, -1),
    })
  }

  #identity(producer: number, baseSequence: number): Partial<BatchHeader> {
    return {
      producerId: 1000 + producer,
      producerEpoch: this.#epochs.get(producer) ?? 0,
      baseSequence,
    }
  }

  #append(records: readonly NewRecord[], header: Partial<BatchHeader>): void {
    this.#time += 10
    const batch = newBatch(records, { partitionLeaderEpoch: 4, ...header })
    const bytes = encodeBatch({ ...batch, baseOffset: this.#offset }, compression)
    this.#segments.at(-1)!.batches.push(bytes)
    this.#offset += records.length
  }
}

const control: Partial<BatchHeader> = { attributes: batchAttributes.control }
const leaderChange = encodeControlRecord({
  name: 'leaderChange',
  value: { version: 0, leaderId: 1, voters: [], grantingVoters: [] },
})
