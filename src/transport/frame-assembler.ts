import { assert } from '../base/assert.ts'

const lengthBytes = 4

/**
 * Cuts a stream of bytes into frames (int32 length, then that many bytes). The length is checked
 * before anything is allocated.
 */
export class FrameAssembler {
  readonly #frameBytesMax: number
  #chunks: Buffer[] = []
  /** Invariant: the sum of the lengths of #chunks. */
  #buffered = 0

  constructor(frameBytesMax: number) {
    assert(frameBytesMax > 0, 'a frame limit is positive')
    this.#frameBytesMax = frameBytesMax
  }

  /**
   * Takes the next bytes and returns the frames that they complete, without their lengths; they
   * may be views of `chunk`. Undefined: the peer announced a frame that no one may hold, so the
   * connection has to be closed.
   */
  push(chunk: Buffer): readonly Buffer[] | undefined {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    const frames: Buffer[] = []
    while (this.#buffered >= lengthBytes) {
      const length = this.#peek(lengthBytes).readInt32BE(0)
      if (length < 0 || length > this.#frameBytesMax) return undefined
      if (this.#buffered < lengthBytes + length) break
      frames.push(this.#take(lengthBytes + length).subarray(lengthBytes))
    }
    return frames
  }

  /** The first `length` bytes in one piece; they stay buffered. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0]
    assert(first !== undefined && length <= this.#buffered, 'only what is buffered is looked at')
    if (first.length >= length) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  #take(length: number): Buffer {
    const piece = this.#peek(length)
    if (piece.length === length) this.#chunks.shift()
    else this.#chunks[0] = piece.subarray(length)
    this.#buffered -= length
    assert(this.#buffered >= 0, 'no more is taken than is buffered')
    return piece.subarray(0, length)
  }
}
