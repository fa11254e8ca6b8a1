/**
 * Reads a metadata log into an image: batches in their order, transactions applied when they end.
 */
import { assert } from '../base/assert.ts'
import type { ControlRecord } from '../protocol/control-record.ts'
import { lastOffsetOf, type ReadBatch } from '../protocol/record-batch.ts'
import { type LogPosition, type MetadataChanges, MetadataDelta } from './delta.ts'
import { MetadataError } from './error.ts'
import type { MetadataImage } from './image.ts'
import { controlsIn, decodeLogBatches, type LoggedRecord, recordsIn } from './records.ts'

/** A log that is being read. Of use once. */
export class Replay {
  readonly #delta: MetadataDelta
  #position: LogPosition
  /** Records since the begin of a transaction that has not ended; undefined outside of one. */
  #transaction: LoggedRecord[] | undefined

  /**
   * Goes on from `base`. `inTransaction`: the log before it ends inside a transaction, whose
   * records are not at hand any more, so that it can only be aborted.
   */
  constructor(base: MetadataImage, inTransaction = false) {
    assert(base.offset >= -1, 'a log begins at offset 0')
    if (inTransaction) this.#transaction = []
    this.#delta = new MetadataDelta(base)
    const { offset, epoch, timestamp } = base
    this.#position = { offset, epoch, timestamp }
  }

  /** Offset that the next batch must begin at or behind. */
  get nextOffset(): number {
    return this.#position.offset + 1
  }

  /** Whether the log read so far ends inside a transaction. */
  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  /**
   * Applies all whole batches of `bytes` that are not in the image yet, and returns how many bytes
   * that were. Throws a {@link MetadataError} for what cannot be.
   */
  feed(bytes: Uint8Array): number {
    const { batches, bytesRead } = decodeLogBatches(bytes)
    for (const batch of batches) {
      if (lastOffsetOf(batch) > this.#position.offset) this.#applyBatch(batch)
    }
    return bytesRead
  }

  /** What was read changes this, compared with the base. */
  changes(): MetadataChanges {
    return this.#delta.changes()
  }

  /** The image of what was read. Records of a transaction that has not ended are not in it. */
  finish(): MetadataImage {
    return this.#delta.finish(this.#position)
  }

  #applyBatch(batch: ReadBatch): void {
    const offset = lastOffsetOf(batch)
    assert(offset > this.#position.offset, 'a batch is applied once')
    for (const control of controlsIn(batch)) this.#applyControl(control)
    for (const record of recordsIn(batch)) this.#applyRecord(record)
    const { partitionLeaderEpoch: epoch, maxTimestamp: timestamp } = batch
    this.#position = { offset, epoch, timestamp }
  }

  #applyControl(control: ControlRecord): void {
    if (control.name === 'kraftVersion') this.#delta.applyKRaftVersion(control.value)
    if (control.name === 'voters') this.#delta.applyVoters(control.value)
  }

  #applyRecord(record: LoggedRecord): void {
    switch (record.name) {
      case 'BeginTransactionRecord':
        if (this.inTransaction) throw new MetadataError('the metadata log nests transactions')
        this.#transaction = []
        return
      case 'EndTransactionRecord':
        for (const held of this.#endTransaction()) this.#delta.apply(held)
        return
      case 'AbortTransactionRecord':
        this.#endTransaction()
        return
      default:
        if (this.#transaction === undefined) this.#delta.apply(record)
        else this.#transaction.push(record)
    }
  }

  #endTransaction(): readonly LoggedRecord[] {
    const held = this.#transaction
    if (held === undefined) {
      throw new MetadataError('the metadata log ends a transaction that it never began')
    }
    this.#transaction = undefined
    assert(!this.inTransaction, 'an ended transaction holds nothing')
    return held
  }
}
