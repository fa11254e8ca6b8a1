/** The memory of a producer's batches: bounded, counted to the byte, and used again. */
import { assert } from '../../base/assert.ts'
import { builderSlackBytes } from '../../record/batch-builder.ts'

/** Smallest piece: a single short record need not hold a whole batch's memory. */
const pieceBytesMin = 4_096

/** Each size of piece is so many times the one before. */
const growth = 4

/**
 * Hands out pieces of a few sizes, the largest of which holds a batch of `batchSize` bytes, and
 * others for records that are larger than a batch. What comes back is kept for the next taker.
 */
export class MemoryPool {
  /** Most bytes in use at one time. */
  readonly bytesMax: number
  readonly #sizes: readonly number[]
  readonly #free: Buffer[][]
  #usedBytes = 0
  #freeBytes = 0

  constructor(bytesMax: number, batchSize: number) {
    assert(bytesMax > 0 && batchSize > 0, 'memory and batches have a size')
    const largest = batchSize + builderSlackBytes
    const sizes: number[] = []
    for (let size = pieceBytesMin; size * 2 <= largest; size *= growth) sizes.push(size)
    sizes.push(largest)
    this.bytesMax = bytesMax
    this.#sizes = sizes
    this.#free = sizes.map(() => [])
  }

  /** Bytes of the pieces that are taken. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Bytes of the pieces that wait for their next taker. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** Size of the largest piece that is kept. */
  get pieceBytesMax(): number {
    return this.#sizes.at(-1) ?? 0
  }

  /** Size of the smallest piece above `bytes`, or undefined where that is the largest. */
  sizeAbove(bytes: number): number | undefined {
    return this.#sizes.find((size) => size > bytes)
  }

  /**
   * Size of the piece for so many bytes: the next of the few sizes, or the bytes themselves where
   * there is no such size within the bound. Never above the bound for what is not.
   */
  sizeFor(bytes: number): number {
    const size = this.#sizes.find((one) => one >= bytes)
    return size === undefined || size > this.bytesMax ? bytes : size
  }

  /** A piece of at least `bytes`, or undefined where that would pass the bound. */
  take(bytes: number): Buffer | undefined {
    const size = this.sizeFor(bytes)
    if (this.#usedBytes + size > this.bytesMax) return undefined
    return this.#taken(size)
  }

  /** A piece of at least `bytes` whatever the bound says: for what is already accepted. */
  takeAnyway(bytes: number): Buffer {
    return this.#taken(this.#sizes.find((one) => one >= bytes) ?? bytes)
  }

  /** Takes a piece back. */
  give(piece: Buffer): void {
    this.forget(piece)
    const kept = this.#free[this.#sizes.indexOf(piece.length)]
    if (kept === undefined || this.#usedBytes + this.#freeBytes + piece.length > this.bytesMax) {
      return
    }
    kept.push(piece)
    this.#freeBytes += piece.length
  }

  /** Counts a piece as gone without using it again, as when a socket may still read it. */
  forget(piece: Buffer): void {
    this.#usedBytes -= piece.length
    assert(this.#usedBytes >= 0, 'what comes back was taken')
  }

  #taken(size: number): Buffer {
    this.#usedBytes += size
    const piece = this.#free[this.#sizes.indexOf(size)]?.pop()
    if (piece !== undefined) {
      this.#freeBytes -= size
      assert(this.#freeBytes >= 0 && piece.length === size, 'what is taken was kept')
      return piece
    }
    this.#dropFree()
    return Buffer.allocUnsafeSlow(size)
  }

  /** Lets go of kept pieces of other sizes where they and what is in use pass the bound. */
  #dropFree(): void {
    for (const kept of this.#free) {
      while (this.#usedBytes + this.#freeBytes > this.bytesMax) {
        const piece = kept.pop()
        if (piece === undefined) break
        this.#freeBytes -= piece.length
      }
    }
    assert(this.#freeBytes >= 0, 'what is dropped was kept')
  }
}
