/**
 * The last offset of each key of a dirty range: a hash table of fixed size without the keys, so
 * that its memory depends on their number alone.
 *
 *     slot   16 bytes of the key's hash, 8 bytes offset + 1 (0: free)
 *
 * Two keys of one hash would count as one and a record would be lost, so the hash must be one for
 * which nobody can find such keys: SHA-256, of which the first 16 bytes are kept. Kafka takes MD5,
 * whose collisions anybody can make; here both cost the same, since the call outweighs the work.
 */
import { hash } from 'node:crypto'
import { assert } from '../base/assert.ts'

/** Bytes of memory for one slot. */
export const offsetMapSlotBytes = 24

/** Share of the slots that may be in use where nobody says: `log.cleaner.io.buffer.load.factor`. */
export const offsetMapLoadFactor = 0.9

const wordsPerSlot = 4

/** Memory that a map may take. */
export interface OffsetMapBounds {
  readonly memoryBytesMax: number
  /** Over 0, at most 1. */
  readonly loadFactor: number
  /** No more keys will come; a small range needs a small map. */
  readonly keysMax: number
}

/** See the head of this file. Invariant: size <= capacity < number of slots. */
export class OffsetMap {
  /** Keys that it holds at most. */
  readonly capacity: number
  readonly #slots: number
  readonly #hashes: Uint32Array
  /** Offset + 1 of each slot, 0 where it is free. */
  readonly #offsets: Float64Array
  #size = 0

  constructor(bounds: OffsetMapBounds) {
    const { memoryBytesMax, loadFactor, keysMax } = bounds
    assert(loadFactor > 0 && loadFactor <= 1, 'a load factor is a share')
    const wanted = Math.ceil(keysMax / loadFactor) + 1
    const affordable = Math.floor(memoryBytesMax / offsetMapSlotBytes)
    // A prime number lets every step width visit all slots; one stands in the next percent.
    const room = Math.ceil(wanted * 1.01) + 64
    this.#slots = primeAtMost(Math.max(3, Math.min(room, affordable)))
    this.capacity = Math.max(1, Math.min(this.#slots - 1, Math.floor(this.#slots * loadFactor)))
    this.#hashes = new Uint32Array(this.#slots * wordsPerSlot)
    this.#offsets = new Float64Array(this.#slots)
  }

  /** Keys in it. */
  get size(): number {
    return this.#size
  }

  /**
   * Notes that `key` stands at `offset`, which must not fall below what the key had. False where
   * the map is full and does not know the key.
   */
  put(key: Uint8Array, offset: number): boolean {
    assert(offset >= 0, 'an offset is not negative')
    const words = hashOf(key)
    const slot = this.#find(words)
    if (this.#offsets[slot] === 0) {
      if (this.#size === this.capacity) return false
      this.#hashes.set(words, slot * wordsPerSlot)
      this.#size++
    }
    this.#offsets[slot] = offset + 1
    return true
  }

  /** The last offset of `key`, -1 where the map does not know it. */
  get(key: Uint8Array): number {
    return (this.#offsets[this.#find(hashOf(key))] ?? 0) - 1
  }

  /** The slot of this hash, or the free one where it belongs. */
  #find(words: Uint32Array): number {
    const [a = 0, b = 0, c = 0, d = 0] = words
    const step = 1 + (b % (this.#slots - 1))
    let slot = a % this.#slots
    while (this.#offsets[slot] !== 0) {
      const at = slot * wordsPerSlot
      if (
        this.#hashes[at] === a &&
        this.#hashes[at + 1] === b &&
        this.#hashes[at + 2] === c &&
        this.#hashes[at + 3] === d
      ) {
        return slot
      }
      slot += step
      if (slot >= this.#slots) slot -= this.#slots
    }
    return slot
  }
}

const digest = Buffer.alloc(32)
/** The first words of what {@link hashOf} computed last. */
const digestWords = new Uint32Array(digest.buffer, digest.byteOffset, wordsPerSlot)

function hashOf(key: Uint8Array): Uint32Array {
  // As a string, since each Buffer would cost more than its hash.
  digest.write(hash('sha256', key, 'binary'), 'latin1')
  return digestWords
}

function primeAtMost(bound: number): number {
  let candidate = bound
  while (!isPrime(candidate)) candidate--
  return candidate
}

function isPrime(value: number): boolean {
  if (value < 4) return value > 1
  for (let divisor = 2; divisor * divisor <= value; divisor++) {
    if (value % divisor === 0) return false
  }
  return true
}
