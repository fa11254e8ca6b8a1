import type { Random } from '../../base/random.ts'
import { randomBelow } from '../../base/random.ts'

/** The pool is that much larger than a record, so that records differ. */
const spareBytes = 64 * 1024

/** So many values there are; making one costs as much as sending it. */
const views = 4096

/** Values of random upper-case letters, as Kafka's tools send them. */
export class Payload {
  readonly #values: readonly Buffer[]
  #at = 0

  /** @param bytes of each value. */
  constructor(bytes: number, random: Random) {
    const pool = Buffer.allocUnsafe(bytes + spareBytes)
    for (let at = 0; at < pool.length; at++) pool[at] = 65 + randomBelow(random, 26)
    this.#values = Array.from({ length: views }, (_, at) => {
      const from = (at * spareBytes) / views
      return pool.subarray(from, from + bytes)
    })
  }

  /** The next value: a view on letters that do not change, made once. */
  next(): Buffer {
    this.#at = (this.#at + 1) % views
    return this.#values[this.#at] as Buffer
  }
}
