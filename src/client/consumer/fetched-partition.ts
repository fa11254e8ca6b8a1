/**
 * What one Fetch brought of one partition: a cursor over the records that may be handed out. It
 * leaves out what lies before the position, markers of transactions and, under `read_committed`,
 * the records of aborted transactions.
 */
import { asBuffer } from '../../base/as-buffer.ts'
import { assert } from '../../base/assert.ts'
import type { Codec } from '../../compression/index.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { AbortedTransaction } from '../../protocol/generated/01-fetch.ts'
import {
  batchField,
  batchHeaderBytes,
  type Checksum,
  readInt64,
} from '../../record/batch-header.ts'
import { BatchReader, batchBytesAt } from '../../record/batch-reader.ts'
import { ProtocolError } from '../error.ts'
import { keyOf } from '../topic-partition.ts'
import type { CompressedRecords, OpenedRecords } from './batch-opener.ts'
import type { PartitionPosition } from './positions.ts'

/** How to open batches. */
export interface BatchOpening {
  /** Undefined: not compared. */
  readonly checksum: Checksum | undefined
  /** Codecs by number; those of the batches are loaded. */
  readonly codecs: ReadonlyMap<number, Codec>
  /** What was opened ahead; left out where nothing was. */
  readonly opened?: OpenedRecords
}

/** What the headers of fetched batches say, without their records. */
export interface BatchSummary {
  /** The offset behind the last whole batch, or where the fetch began if there is none. */
  readonly nextOffset: number
  /** Leader epoch of the last whole batch; -1 without one. */
  readonly leaderEpoch: number
  /** Codecs that are needed. */
  readonly codecs: ReadonlySet<number>
  /** The records of compressed batches. */
  readonly compressed: readonly CompressedRecords[]
  /** Whether there are bytes, and yet no whole batch. */
  readonly isCutOff: boolean
}

/** Most bytes that one compressed batch may open to; Kafka has no bound of its own. */
const openedBytesMax = 2 ** 30

const codecMask = 0x07

/** A type of control records: the transaction was aborted. */
const abortType = 0

/** Walks the headers of all whole batches. What is broken is found when it is read. */
export function summarize(bytes: Buffer, fetchOffset: number): BatchSummary {
  const codecs = new Set<number>()
  const compressed: CompressedRecords[] = []
  let nextOffset = fetchOffset
  let leaderEpoch = -1
  let at = 0
  for (let size = batchBytesAt(bytes, at); size > 0; size = batchBytesAt(bytes, at)) {
    const base = readInt64(bytes, at + batchField.baseOffset)
    const last = base + bytes.readInt32BE(at + batchField.lastOffsetDelta)
    nextOffset = Math.max(nextOffset, last + 1)
    leaderEpoch = bytes.readInt32BE(at + batchField.leaderEpoch)
    const codecId = bytes.readInt16BE(at + batchField.attributes) & codecMask
    if (codecId !== 0) {
      codecs.add(codecId)
      compressed.push({ batchAt: at, from: at + batchHeaderBytes, to: at + size, codecId })
    }
    at += size
  }
  return { nextOffset, leaderEpoch, codecs, compressed, isCutOff: at === 0 && bytes.length > 0 }
}

/** See the head of this file. */
export class FetchedPartition {
  readonly position: PartitionPosition
  /** The position's version when the fetch was sent: another one makes this obsolete. */
  readonly version: number
  /** Behind everything in it. */
  readonly endOffset: number
  readonly bytes: Buffer
  /** Stands at the record that {@link advance} found. */
  readonly reader: BatchReader = new BatchReader()
  /** The record that the reader stands at could not be handed out, and comes again. */
  isStuck = false
  readonly #opening: BatchOpening
  readonly #from: number
  /** Aborted transactions that have not begun before the current batch; null reads them, too. */
  readonly #aborted: AbortedTransaction[] | null
  readonly #abortedProducers = new Set<number>()
  #at = 0
  #isOpen = false

  /** @param aborted those that the answer named, under `read_committed`, else null. */
  constructor(
    position: PartitionPosition,
    bytes: Buffer,
    summary: BatchSummary,
    opening: BatchOpening,
    aborted: readonly AbortedTransaction[] | null,
  ) {
    this.position = position
    this.version = position.version
    this.bytes = bytes
    this.endOffset = summary.nextOffset
    this.#from = position.fetchOffset
    assert(this.endOffset >= this.#from, 'a fetch leads forward')
    this.#opening = opening
    this.#aborted = aborted?.toSorted((a, b) => a.firstOffset - b.firstOffset) ?? null
  }

  /** Whether the partition is still where it was when this was asked for. */
  get isCurrent(): boolean {
    return this.position.version === this.version
  }

  /**
   * Moves to the next record to be handed out, and the partition's position behind it; false at the
   * end, with the position at the end.
   *
   * @throws {ProtocolError} a batch is broken; the position stays before it.
   */
  advance(): boolean {
    const { reader, position } = this
    for (;;) {
      while (this.#isOpen && reader.next()) {
        if (reader.offset < this.#from) continue
        position.position = reader.offset + 1
        position.positionEpoch = reader.leaderEpoch
        return true
      }
      if (this.#isOpen) {
        if (reader.error !== null) throw this.#broken(reader.error)
        this.#pass()
      }
      if (!this.#open()) return false
    }
  }

  /** The batch is over: the position is behind it, whatever of it was left out. */
  #pass(): void {
    const { reader, position } = this
    assert(reader.batchBytes > 0, 'a batch has a length')
    this.#isOpen = false
    this.#at += reader.batchBytes
    if (reader.lastOffset < this.#from) return
    position.position = reader.lastOffset + 1
    position.positionEpoch = reader.leaderEpoch
  }

  /** Opens the next batch with records for the application; false at the end. */
  #open(): boolean {
    const { reader, bytes } = this
    for (;;) {
      const size = batchBytesAt(bytes, this.#at)
      if (size === 0) return false
      if (!reader.open(bytes, this.#at, this.#opening.checksum)) {
        throw this.#broken(reader.error ?? 'it is none')
      }
      if (!this.#isLeftOut()) break
      this.#pass()
    }
    if (reader.codec !== 0) this.#decompress()
    this.#isOpen = true
    return true
  }

  #isLeftOut(): boolean {
    const { reader } = this
    // What lies before the position is left out, and yet tells which transactions are under way.
    if (this.#aborted !== null) this.#begin(this.#aborted, reader.lastOffset)
    if (reader.isControl) {
      if (this.#abortedProducers.has(reader.producerId) && this.#isAbort()) {
        this.#abortedProducers.delete(reader.producerId)
      }
      return true
    }
    if (reader.lastOffset < this.#from) return true
    return reader.isTransactional && this.#abortedProducers.has(reader.producerId)
  }

  /** Aborted transactions that begin up to this offset are under way. */
  #begin(aborted: AbortedTransaction[], lastOffset: number): void {
    for (let next = aborted[0]; next !== undefined && next.firstOffset <= lastOffset; ) {
      this.#abortedProducers.add(next.producerId)
      aborted.shift()
      next = aborted[0]
    }
  }

  #isAbort(): boolean {
    const { reader } = this
    if (!reader.next()) return false
    const { key } = reader
    return key !== null && key.length >= 4 && key.readInt16BE(2) === abortType
  }

  #decompress(): void {
    const { reader } = this
    assert(reader.codec !== 0, 'what is compressed has a codec')
    const ahead = this.#opening.opened?.get(this.#at)
    if (ahead !== undefined) {
      reader.openRecords(ahead)
      if (reader.error !== null) throw this.#broken(reader.error)
      return
    }
    const codec = this.#opening.codecs.get(reader.codec)
    if (codec === undefined) throw this.#broken(`there is no codec ${reader.codec}`)
    try {
      const opened = codec.decompress(reader.storedRecords(), openedBytesMax)
      reader.openRecords(asBuffer(opened))
    } catch (cause) {
      throw this.#broken((cause as Error).message, cause)
    }
    if (reader.error !== null) throw this.#broken(reader.error)
  }

  #broken(why: string, cause?: unknown): ProtocolError {
    const at = Math.max(this.position.position, this.#from)
    const what = `Cannot read ${keyOf(this.position)} from offset ${at} on`
    const reason = `its batch is broken: ${why}; seek() gets past it`
    return new ProtocolError(what, ErrorCode.CORRUPT_MESSAGE, reason, { cause })
  }
}
