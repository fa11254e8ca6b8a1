import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { crcMatches, decodeBatchHeader, lastOffsetOf } from '../protocol/record-batch.ts'
import {
  type SegmentReplacement,
  StorageError,
  type StoredAbortedTransaction,
} from './log-store.ts'
import type { StoredBatch } from './memory-segments.ts'

/** What a replacement ends with. */
export interface ReplacementOwner {
  /** False: the segments are not there any more. */
  commit(batches: readonly StoredBatch[], aborted: readonly StoredAbortedTransaction[]): boolean
  /** It has ended, in whatever way. */
  ended(): void
}

/** A replacement of segments of a log in memory. */
export class MemorySegmentReplacement implements SegmentReplacement {
  readonly #endOffset: number
  readonly #owner: ReplacementOwner
  readonly #batches: StoredBatch[] = []
  #nextOffset: number
  #isOpen = true

  /** For the offsets from `baseOffset` to before `endOffset`. */
  constructor(baseOffset: number, endOffset: number, owner: ReplacementOwner) {
    assert(baseOffset < endOffset, 'what is replaced holds offsets')
    this.#nextOffset = baseOffset
    this.#endOffset = endOffset
    this.#owner = owner
  }

  async append(batches: Uint8Array): Promise<void> {
    this.#requireOpen()
    const read: StoredBatch[] = []
    let next = this.#nextOffset
    for (let at = 0; at < batches.length; ) {
      const header = decodeBatchHeader(batches, at).value
      if (header === null) throw corrupt('a batch is damaged')
      const bytes = Uint8Array.from(batches.subarray(at, at + header.bytes))
      if (!crcMatches(bytes, header)) throw corrupt('a batch is damaged')
      const end = lastOffsetOf(header) + 1
      if (header.baseOffset < next || end > this.#endOffset)
        throw corrupt('a batch is out of order')
      read.push({ header, bytes })
      next = end
      at += header.bytes
    }
    this.#nextOffset = next
    this.#batches.push(...read)
  }

  async commit(aborted: readonly StoredAbortedTransaction[]): Promise<boolean> {
    this.#requireOpen()
    const done = this.#owner.commit(this.#batches, aborted)
    this.#end()
    return done
  }

  async discard(): Promise<void> {
    this.#requireOpen()
    this.#end()
  }

  #end(): void {
    this.#isOpen = false
    this.#owner.ended()
  }

  #requireOpen(): void {
    if (this.#isOpen) return
    const told = 'the replacement of segments has ended'
    throw new StorageError(ErrorCode.INVALID_REQUEST, told)
  }
}

function corrupt(what: string): StorageError {
  return new StorageError(ErrorCode.CORRUPT_MESSAGE, `a cleaned segment: ${what}`)
}
