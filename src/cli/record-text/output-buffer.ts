import { assert } from '../../base/assert.ts'

const sizeMin = 64 * 1024

/** A UTF-16 unit takes three bytes of UTF-8 at most. */
const unitBytesMax = 3

/** Collects the bytes of many records, so that they are written together. Its memory is kept. */
export class OutputBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(sizeMin)
  #length = 0

  /** Bytes collected so far. */
  get length(): number {
    return this.#length
  }

  /** Appends bytes. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    if (length > this.#bytes.length - this.#length) this.#grow(length)
    this.#bytes.set(bytes, this.#length)
    this.#length += length
  }

  /** Appends text in UTF-8. */
  text(text: string): void {
    const bound = text.length * unitBytesMax
    if (bound > this.#bytes.length - this.#length) this.#grow(bound)
    this.#length += this.#bytes.write(text, this.#length)
    assert(this.#length <= this.#bytes.length, 'text fits into its bound')
  }

  /** Appends a number of 32 bits, the highest byte first. */
  int32(value: number): void {
    if (this.#bytes.length - this.#length < 4) this.#grow(4)
    this.#length = this.#bytes.writeInt32BE(value, this.#length)
  }

  /** What was collected; good until something is appended, and then begun anew. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(more: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    bytes.set(this.#bytes.subarray(0, this.#length))
    assert(bytes.length - this.#length >= more, 'there is room for what comes')
    this.#bytes = bytes
  }
}
