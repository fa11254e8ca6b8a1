import type { Random } from '../../base/random.ts'
import { randomBelow } from '../../base/random.ts'

/** The pool is that much larger than a record, so that records differ. */
const spareBytes = 64 * 1024

/** Values of random upper-case letters, as Kafka's tools send them. */
export class Payload {
  readonly #pool: Buffer
  readonly #bytes: number
  #at = 0

  /** @param bytes of each value. */
  constructor(bytes: number, random: Random) {
    this.#bytes = bytes
    this.#pool = Buffer.allocUnsafe(bytes + spareBytes)
    for (let at = 0; at < this.#pool.length; at++) this.#pool[at] = 65 + randomBelow(random, 26)
  }

  /** The next value: a view on letters that do not change. */
  next(): Buffer {
    const value = this.#pool.subarray(this.#at, this.#at + this.#bytes)
    // A step that shares no factor with the number of places comes to all of them.
    this.#at = (this.#at + 10_007) % (spareBytes + 1)
    return value
  }
}
