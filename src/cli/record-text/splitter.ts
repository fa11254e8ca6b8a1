import { assert } from '../../base/assert.ts'

/**
 * Cuts a stream of bytes at a delimiter. Pieces are views of what was pushed, or of memory that the
 * next push uses again. A piece that comes in many chunks is copied a bounded number of times.
 */
export class Splitter {
  readonly #delimiter: Uint8Array
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the next piece begins in `#bytes`, and from where a delimiter is looked for. */
  #at = 0
  #searchAt = 0
  /** Holds pieces that are not complete. */
  #memory: Buffer = Buffer.alloc(0)

  /** @param delimiter at least one byte; it may be several. */
  constructor(delimiter: Uint8Array) {
    assert(delimiter.length > 0, 'a delimiter has a length')
    this.#delimiter = delimiter
  }

  /** Bytes of the piece that is not complete yet. */
  get restBytes(): number {
    return this.#bytes.length - this.#at
  }

  /** Takes the next bytes; what {@link next} still had to hand out is handed out then. */
  push(chunk: Buffer): void {
    const rest = this.restBytes
    if (rest === 0) {
      this.#bytes = chunk
      this.#searchAt = 0
    } else {
      this.#bytes = this.#joined(rest, chunk)
      this.#searchAt -= this.#at
    }
    this.#at = 0
    assert(this.#searchAt >= 0 && this.#searchAt <= rest, 'new bytes are looked at')
  }

  /** The next piece without its delimiter; undefined: there is none before the next push. */
  next(): Buffer | undefined {
    const delimiter = this.#delimiter
    const only = delimiter.length === 1
    const end = this.#bytes.indexOf(only ? (delimiter[0] ?? 0) : delimiter, this.#searchAt)
    if (end < 0) {
      // The delimiter's first bytes may be there already.
      this.#searchAt = Math.max(this.#at, this.#bytes.length - delimiter.length + 1)
      return undefined
    }
    const piece = this.#bytes.subarray(this.#at, end)
    this.#at = end + delimiter.length
    this.#searchAt = this.#at
    return piece
  }

  /** What follows the last delimiter, if anything does; the splitter begins anew. */
  rest(): Buffer | undefined {
    const rest = this.restBytes === 0 ? undefined : this.#bytes.subarray(this.#at)
    this.#bytes = Buffer.alloc(0)
    this.#at = 0
    this.#searchAt = 0
    return rest
  }

  #joined(rest: number, chunk: Buffer): Buffer {
    const length = rest + chunk.length
    let memory = this.#memory
    if (memory.length < length) memory = Buffer.allocUnsafeSlow(2 * length)
    this.#bytes.copy(memory, 0, this.#at)
    chunk.copy(memory, rest)
    assert(memory.length >= length, 'both fit')
    this.#memory = memory
    return memory.subarray(0, length)
  }
}
