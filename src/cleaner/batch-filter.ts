/**
 * What a cleaning leaves of each batch, by the rules of Kafka's cleaner:
 *
 * - A record stays if it is the last one of its key in the dirty range, or its key is not there.
 * - A tombstone stays until the delete horizon of its batch, which the first cleaning sets that
 *   meets the tombstone. A marker whose transaction left no batch is treated in the same way.
 * - Records of an aborted transaction go, and so do records without key.
 * - What lies behind the mapped range stays.
 * - A batch without records goes too, unless it is the last one of a producer (its sequence number
 *   or epoch is needed) or of the range (its offset is).
 */
import { assert } from '../base/assert.ts'
import { CompressionError } from '../compression/codec.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  codecOf,
  lastOffsetOf,
  type ReadBatchHeader,
} from '../protocol/record-batch.ts'
import type { StoredBatch } from './batch-stream.ts'
import type { AbortedTransaction, CleanedTransactions, MarkerKind } from './cleaned-transactions.ts'
import type { LoadedCodecs } from './loaded-codecs.ts'
import type { ActiveProducer } from './log-to-clean.ts'
import type { OffsetMap } from './offset-map.ts'
import { RecordCursor } from './record-cursor.ts'
import { emptyBatch, rewriteBatch } from './rewrite-batch.ts'

/** What the rules depend on. */
export interface FilterRules {
  readonly map: OffsetMap
  /** The map knows all keys from the first dirty offset up to here. */
  readonly mappedEndOffset: number
  readonly firstUncleanableOffset: number
  readonly transactions: CleanedTransactions
  readonly activeProducers: ReadonlyMap<number, ActiveProducer>
  readonly codecs: LoadedCodecs
  /** No batch may yield more, in bytes. */
  readonly openedBytesMax: number
  readonly now: number
  /** What a batch gets that needs a horizon now. */
  readonly deleteHorizonMs: number
}

/** What stays of a batch. */
export type Retained =
  | { readonly kind: 'kept' | 'dropped' }
  | { readonly kind: 'rewritten'; readonly bytes: Uint8Array }
  | { readonly kind: 'damaged'; readonly fault: string }

/** What was met so far. */
export interface FilterCounts {
  recordsRead: number
  recordsKept: number
  /** Dropped because compaction has no key to go by. */
  recordsWithoutKey: number
}

const kept: Retained = { kind: 'kept' }
const dropped: Retained = { kind: 'dropped' }

/** The records of a batch, opened where it is compressed; or what is wrong with it. */
export function openRecords(
  { header, bytes }: StoredBatch,
  codecs: LoadedCodecs,
  openedBytesMax: number,
): Uint8Array | string {
  const stored = bytes.subarray(batchHeaderBytes)
  const codec = codecOf(header)
  if (codec === 0 || header.recordsCount === 0) return stored
  try {
    return codecs.codec(codec).decompress(stored, openedBytesMax)
  } catch (error) {
    if (error instanceof CompressionError) return error.message
    throw error
  }
}

/** What a control batch with these records marks; undefined: it has none, `fault`: it is broken. */
export function markerKindOf(
  opened: Uint8Array,
  header: ReadBatchHeader,
): MarkerKind | undefined | { readonly fault: string } {
  if (header.recordsCount === 0) return undefined
  const cursor = new RecordCursor(opened, header)
  if (!cursor.next()) return { fault: cursor.fault ?? 'no control record' }
  if (cursor.keyBytes < 4) return { fault: 'control record without type' }
  const key = cursor.key()
  // Version, then type.
  const type = ((key[2] ?? 0) << 8) | (key[3] ?? 0)
  if (type === 0) return 'abort'
  return type === 1 ? 'commit' : 'other'
}

/** See the head of this file. Batches have to be given in the order of the log. */
export class BatchFilter {
  readonly #rules: FilterRules
  readonly counts: FilterCounts = { recordsRead: 0, recordsKept: 0, recordsWithoutKey: 0 }
  #aborted: AbortedTransaction[] = []

  constructor(rules: FilterRules) {
    assert(rules.deleteHorizonMs >= 0, 'a horizon is a time')
    this.#rules = rules
  }

  /** The aborted transactions whose markers stayed since the last call. */
  takeAborted(): readonly AbortedTransaction[] {
    const taken = this.#aborted
    this.#aborted = []
    return taken
  }

  /** What stays of `batch`, whose codec must be loaded. */
  retain(batch: StoredBatch): Retained {
    const { header } = batch
    assert(batch.bytes.length === header.bytes, 'a batch is given whole')
    const { transactions, codecs, openedBytesMax } = this.#rules
    const isMarker = (header.attributes & batchAttributes.control) !== 0
    if (!isMarker && transactions.readData(header)) {
      // Whatever is in it, nobody may read it.
      this.counts.recordsRead += header.recordsCount
      return this.#empty(batch)
    }
    const opened = openRecords(batch, codecs, openedBytesMax)
    if (typeof opened === 'string') return { kind: 'damaged', fault: opened }
    return isMarker ? this.#marker(batch, opened) : this.#lastValues(batch, opened)
  }

  #marker(batch: StoredBatch, opened: Uint8Array): Retained {
    const { header } = batch
    const kind = markerKindOf(opened, header)
    if (typeof kind === 'object') return { kind: 'damaged', fault: kind.fault }
    const { needless, aborted } = this.#rules.transactions.readMarker(header, kind)
    if (aborted !== undefined) this.#aborted.push(aborted)
    this.counts.recordsRead += header.recordsCount
    const horizon = horizonOf(batch)
    const isOver = needless && horizon !== undefined && horizon <= this.#rules.now
    if (isOver || header.recordsCount === 0) return this.#empty(batch)
    this.counts.recordsKept += header.recordsCount
    return needless && horizon === undefined ? this.#rewrite(batch, opened, [0], true) : kept
  }

  #lastValues(batch: StoredBatch, opened: Uint8Array): Retained {
    const { header } = batch
    const horizon = horizonOf(batch)
    const keepsTombstones = horizon === undefined || this.#rules.now < horizon
    const starts: number[] = []
    let hasTombstone = false
    const cursor = new RecordCursor(opened, header)
    while (cursor.next()) {
      this.counts.recordsRead++
      if (!this.#stays(cursor, header.baseOffset, keepsTombstones)) continue
      starts.push(cursor.start)
      if (cursor.valueBytes < 0) hasTombstone = true
    }
    if (cursor.fault !== null) return { kind: 'damaged', fault: cursor.fault }
    if (starts.length === 0) return this.#empty(batch)
    this.counts.recordsKept += starts.length
    const needsHorizon = hasTombstone && horizon === undefined
    if (starts.length === header.recordsCount && !needsHorizon) return kept
    return this.#rewrite(batch, opened, starts, needsHorizon)
  }

  #stays(cursor: RecordCursor, baseOffset: number, keepsTombstones: boolean): boolean {
    const offset = baseOffset + cursor.offsetDelta
    if (offset >= this.#rules.mappedEndOffset) return true
    if (cursor.keyBytes < 0) {
      this.counts.recordsWithoutKey++
      return false
    }
    if (cursor.valueBytes < 0 && !keepsTombstones) return false
    return offset >= this.#rules.map.get(cursor.key())
  }

  /** What stays of a batch of which no record does. */
  #empty(batch: StoredBatch): Retained {
    if (!this.#isNeeded(batch)) return dropped
    return batch.header.recordsCount === 0 ? kept : { kind: 'rewritten', bytes: emptyBatch(batch) }
  }

  #isNeeded({ header }: StoredBatch): boolean {
    const { activeProducers, firstUncleanableOffset } = this.#rules
    if (lastOffsetOf(header) + 1 === firstUncleanableOffset) return true
    const producer = header.producerId < 0 ? undefined : activeProducers.get(header.producerId)
    if (producer === undefined) return false
    if (producer.lastDataOffset >= 0) return lastOffsetOf(header) === producer.lastDataOffset
    // Only its epoch is left, and the marker has it.
    const isMarker = (header.attributes & batchAttributes.control) !== 0
    return isMarker && header.producerEpoch === producer.producerEpoch
  }

  #rewrite(
    batch: StoredBatch,
    opened: Uint8Array,
    starts: readonly number[],
    needsHorizon: boolean,
  ): Retained {
    assert(starts.length > 0, 'what keeps no record is emptied instead')
    const codec = codecOf(batch.header)
    const bytes = rewriteBatch({
      batch,
      opened,
      kept: starts,
      codec: codec === 0 ? undefined : this.#rules.codecs.codec(codec),
      newHorizonMs: needsHorizon ? this.#rules.deleteHorizonMs : -1,
    })
    return { kind: 'rewritten', bytes }
  }
}

/** When the tombstones or the marker of the batch may go, undefined where nobody has said. */
function horizonOf({ header }: StoredBatch): number | undefined {
  const isSet = (header.attributes & batchAttributes.deleteHorizon) !== 0
  return isSet ? header.baseTimestamp : undefined
}
