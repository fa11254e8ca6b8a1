/**
 * The batches of a segment, in order, read in large pieces into one buffer. The buffer grows to the
 * size of a batch that does not fit; nothing is read that the file's size does not allow. Each
 * batch is judged before anybody sees it: checksum, and offsets, which the checksum leaves out.
 */
import { assert } from '../base/assert.ts'
import {
  batchOverheadBytes,
  crcMatches,
  decodeBatchHeader,
  lastOffsetOf,
  type ReadBatchHeader,
} from '../protocol/record-batch.ts'
import type { SealedSegment } from './log-to-clean.ts'

/** Memory that streams share, one after the other, so that it grows once. */
export interface StreamBuffer {
  bytes: Uint8Array
}

/** A batch as it is stored. */
export interface StoredBatch {
  readonly header: ReadBatchHeader
  /** All of it, a view that holds until the stream goes on. */
  readonly bytes: Uint8Array
}

/** See the head of this file. Invariant: position <= size of the segment. */
export class BatchStream {
  readonly #segment: SealedSegment
  readonly #buffer: StreamBuffer
  #position: number
  /** The next batch must not begin below it. */
  #offset: number
  #fault: string | null = null

  /** From the batch at `position` on. */
  constructor(segment: SealedSegment, buffer: StreamBuffer, position = 0) {
    assert(buffer.bytes.length >= batchOverheadBytes, 'a buffer holds the length of a batch')
    this.#segment = segment
    this.#buffer = buffer
    this.#position = position
    this.#offset = segment.baseOffset
  }

  /** What is damaged, and where, or null. */
  get fault(): string | null {
    return this.#fault
  }

  /** Size of what was given so far, from the position of the begin on. */
  get position(): number {
    return this.#position
  }

  /** The next batches, at least one; none at the end of the segment and at a fault. */
  async next(): Promise<readonly StoredBatch[]> {
    for (;;) {
      const left = this.#segment.sizeBytes - this.#position
      assert(left >= 0, 'no batch reaches beyond its segment')
      if (left === 0 || this.#fault !== null) return []
      const room = this.#buffer.bytes.subarray(0, Math.min(left, this.#buffer.bytes.length))
      const count = await this.#segment.read(this.#position, room)
      assert(count <= room.length, 'no more is read than there is room for')
      const needed = this.#bytesOfBatch(room.subarray(0, count), left)
      if (needed <= count) return this.#batchesOf(room.subarray(0, count))
      if (this.#fault !== null) return []
      if (count < room.length) return this.#fail(`the file ends after ${count} of ${left} bytes`)
      this.#buffer.bytes = new Uint8Array(needed)
    }
  }

  /** Size of the batch that `bytes` begin with, as far as they tell. */
  #bytesOfBatch(bytes: Uint8Array, left: number): number {
    if (bytes.length < batchOverheadBytes) {
      if (left < batchOverheadBytes) this.#fail(`${left} bytes are no batch`)
      return batchOverheadBytes
    }
    const size = batchOverheadBytes + viewOf(bytes).getInt32(8)
    if (size <= left) return size
    this.#fail(`a batch of ${size} bytes where ${left} are left`)
    return size
  }

  #batchesOf(bytes: Uint8Array): readonly StoredBatch[] {
    const view = viewOf(bytes)
    const batches: StoredBatch[] = []
    let at = 0
    while (bytes.length - at >= batchOverheadBytes) {
      const length = view.getInt32(at + 8)
      if (length > bytes.length - at - batchOverheadBytes) break
      const { value: header, error } = decodeBatchHeader(bytes, at)
      if (header === null) return this.#fail(error)
      const batch = { header, bytes: bytes.subarray(at, at + header.bytes) }
      const wrong = this.#wrongOf(batch)
      if (wrong !== null) return this.#fail(wrong)
      this.#position += header.bytes
      this.#offset = lastOffsetOf(header) + 1
      at += header.bytes
      batches.push(batch)
    }
    assert(batches.length > 0, 'there is a whole batch')
    return batches
  }

  #wrongOf({ header, bytes }: StoredBatch): string | null {
    if (header.baseOffset < this.#offset) {
      return `offset ${header.baseOffset} where at least ${this.#offset} is expected`
    }
    if (header.lastOffsetDelta < 0 || lastOffsetOf(header) >= this.#segment.nextOffset) {
      return `last offset ${lastOffsetOf(header)} in a segment up to ${this.#segment.nextOffset}`
    }
    return crcMatches(bytes, header) ? null : 'checksum differs'
  }

  #fail(fault: string): readonly StoredBatch[] {
    const where = `byte ${this.#position} of segment ${this.#segment.baseOffset}`
    this.#fault ??= `damaged at ${where}: ${fault}`
    return []
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
