import { assert } from '../base/assert.ts'

const lengthBytes = 4

/** Bytes that are read at once where no large frame is expected. */
const chunkBytes = 64 * 1024

/** Reading into less than this is not worth a system call. */
const roomBytesMin = 16 * 1024

/**
 * Cuts a stream of bytes into frames (int32 length, then that many bytes). It owns the memory that
 * the stream is read into, so that a large frame is read to where it stays: nothing of it is copied
 * but what came together with its length. The length is checked before anything is allocated.
 *
 * Use: read into {@link room}, then say how much by {@link filled}.
 */
export class FrameAssembler {
  readonly #frameBytesMax: number
  #bytes: Buffer = Buffer.allocUnsafeSlow(chunkBytes)
  /** Where the frame begins that is not complete yet. */
  #start = 0
  /** Invariant: start <= end < length of the bytes. */
  #end = 0

  constructor(frameBytesMax: number) {
    assert(frameBytesMax > 0, 'a frame limit is positive')
    this.#frameBytesMax = frameBytesMax
  }

  /** Where the next bytes belong; never empty. */
  room(): Buffer {
    assert(this.#end < this.#bytes.length, 'there is always room')
    return this.#bytes.subarray(this.#end)
  }

  /**
   * The first `count` bytes of the room were filled. Returns the frames that they complete, without
   * their lengths: views that nobody writes to again. Undefined: the peer announced a frame that no
   * one may hold, so the connection has to be closed.
   */
  filled(count: number): readonly Buffer[] | undefined {
    assert(count >= 0 && this.#end + count <= this.#bytes.length, 'what was read fits the room')
    this.#end += count
    const frames: Buffer[] = []
    let needed = lengthBytes
    while (this.#end - this.#start >= lengthBytes) {
      const length = this.#bytes.readInt32BE(this.#start)
      if (length < 0 || length > this.#frameBytesMax) return undefined
      needed = lengthBytes + length
      if (this.#end - this.#start < needed) break
      frames.push(this.#bytes.subarray(this.#start + lengthBytes, this.#start + needed))
      this.#start += needed
      needed = lengthBytes
    }
    this.#makeRoom(needed)
    return frames
  }

  /** Moves on to new memory when the frame at hand, of `needed` bytes, does not fit the present. */
  #makeRoom(needed: number): void {
    const held = this.#end - this.#start
    const fits = this.#start + needed <= this.#bytes.length
    if (fits && (held >= lengthBytes || this.#bytes.length - this.#end >= roomBytesMin)) return
    const next = Buffer.allocUnsafeSlow(Math.max(chunkBytes, needed))
    this.#bytes.copy(next, 0, this.#start, this.#end)
    this.#bytes = next
    this.#start = 0
    this.#end = held
  }
}
