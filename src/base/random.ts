/**
 * Randomness as it is passed in: the system's for a real start, a seeded one for tests and the
 * simulator, so that a failing run can be run again.
 */
import { randomFillSync } from 'node:crypto'
import { assert } from './assert.ts'

/** Where random numbers and ids come from. */
export interface Random {
  /** Uniform in 0 to 2^32 - 1. */
  uint32(): number
  /**
   * A new 128-bit id in Kafka's printed form: 22 characters of base64url. It is a version 4 UUID
   * and never starts with `-`, so that it can be an argument of a command.
   */
  uuid(): string
}

const uint32Bound = 2 ** 32

/** The operating system's randomness, fetched 1 KiB at a time. */
export const systemRandom: Random = randomOf(poolOf(new Uint32Array(256)))

/** Deterministic: the same seed gives the same sequence. Not for anything that must stay secret. */
export function seededRandom(seed: number): Random {
  return randomOf(sfc32(seed))
}

/** A number in 0 to `bound` - 1, each with the same probability. `bound` is 1 to 2^32. */
export function randomBelow(random: Random, bound: number): number {
  assert(bound >= 1 && bound <= uint32Bound, 'randomBelow needs a bound of 1 to 2^32')
  const limit = uint32Bound - (uint32Bound % bound)
  for (;;) {
    const value = random.uint32()
    if (value < limit) return value % bound
  }
}

function randomOf(uint32: () => number): Random {
  return { uint32, uuid: () => uuidOf(uint32) }
}

function uuidOf(uint32: () => number): string {
  const bytes = Buffer.alloc(16)
  for (;;) {
    for (let at = 0; at < 16; at += 4) bytes.writeUInt32BE(uint32(), at)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const text = bytes.toString('base64url')
    if (!text.startsWith('-')) return text
  }
}

function poolOf(pool: Uint32Array): () => number {
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    return pool[used++] ?? 0
  }
}

/**
 * Chris Doty-Humphrey's "small fast counting" generator with 32-bit words; period at least 2^32.
 */
function sfc32(seed: number): () => number {
  let a = 0x9e3779b9
  let b = seed >>> 0
  let c = Math.floor(seed / uint32Bound) >>> 0
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // The first words still show the seed; the generator's author discards a dozen.
  for (let i = 0; i < 12; i++) next()
  return next
}
