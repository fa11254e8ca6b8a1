/**
 * Follows the transactions of a log while a cleaner reads it from its begin: which batches belong
 * to an aborted one, and which markers nobody needs any more. A marker is needed as long as a batch
 * of its transaction was read, even if that batch is dropped now: its horizon begins with the next
 * cleaning, so that whoever is in the middle of reading still sees both.
 */
import { assert } from '../base/assert.ts'
import { batchAttributes, lastOffsetOf, type ReadBatchHeader } from '../protocol/record-batch.ts'

/** An aborted transaction, as a segment's `.txnindex` has it; all offsets inclusive. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Of its marker. */
  readonly lastOffset: number
  readonly lastStableOffset: number
}

/** What a marker says, by the type in its key; `other`: no transaction's end. */
export type MarkerKind = 'abort' | 'commit' | 'other'

/** What becomes of a marker. */
export interface MarkerVerdict {
  /** No batch of its transaction was read: it may go after its horizon. */
  readonly needless: boolean
  /** The transaction, if the index of the cleaned segment must have it. */
  readonly aborted: AbortedTransaction | undefined
}

interface OngoingAbort {
  readonly transaction: AbortedTransaction
  wasRead: boolean
}

/** See the head of this file. Batches have to be told in the order of their offsets. */
export class CleanedTransactions {
  /** By first offset, the next one last. */
  readonly #coming: AbortedTransaction[]
  readonly #aborting = new Map<number, OngoingAbort>()
  readonly #committing = new Set<number>()

  /** `aborted`: all that overlap what will be read, in any order. */
  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset)
  }

  /** Takes note of a batch with data. True: its transaction was aborted, nobody may read it. */
  readData(header: ReadBatchHeader): boolean {
    assert((header.attributes & batchAttributes.control) === 0, 'a marker is no data')
    this.#beginUpTo(lastOffsetOf(header))
    if ((header.attributes & batchAttributes.transactional) === 0) return false
    const abort = this.#aborting.get(header.producerId)
    if (abort === undefined) this.#committing.add(header.producerId)
    else abort.wasRead = true
    return abort !== undefined
  }

  /** Takes note of a control batch. `undefined`: a cleaning has emptied it before. */
  readMarker(header: ReadBatchHeader, kind: MarkerKind | undefined): MarkerVerdict {
    assert((header.attributes & batchAttributes.control) !== 0, 'data is no marker')
    this.#beginUpTo(lastOffsetOf(header))
    if (kind === undefined) return { needless: true, aborted: undefined }
    if (kind === 'other') return { needless: false, aborted: undefined }
    if (kind === 'commit') {
      return { needless: !this.#committing.delete(header.producerId), aborted: undefined }
    }
    const abort = this.#aborting.get(header.producerId)
    this.#aborting.delete(header.producerId)
    const aborted = abort?.wasRead === true ? abort.transaction : undefined
    return { needless: aborted === undefined, aborted }
  }

  #beginUpTo(offset: number): void {
    for (;;) {
      const next = this.#coming[this.#coming.length - 1]
      if (next === undefined || next.firstOffset > offset) return
      this.#coming.pop()
      if (!this.#aborting.has(next.producerId)) {
        this.#aborting.set(next.producerId, { transaction: next, wasRead: false })
      }
    }
  }
}
