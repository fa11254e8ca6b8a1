/** MurmurHash2 as Kafka's default partitioner uses it: same keys, same partitions as in Java. */

const seed = 0x9747_b28c
const multiplier = 0x5bd1_e995

/** The hash as a signed 32-bit number (`org.apache.kafka.common.utils.Utils.murmur2`). */
export function murmur2(bytes: Uint8Array): number {
  return murmur2Of(bytes, bytes.length)
}

/** The hash of the first `length` bytes, so that a scratch buffer need not be cut to size. */
export function murmur2Of(bytes: Uint8Array, length: number): number {
  let hash = seed ^ length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    const word =
      at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24)
    const mixed = Math.imul(word, multiplier)
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier)
  }
  const rest = length - whole
  if (rest === 3) hash ^= at(bytes, whole + 2) << 16
  if (rest >= 2) hash ^= at(bytes, whole + 1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ at(bytes, whole), multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

/** A hash without its sign bit, as Kafka makes it positive: that is not the absolute value. */
export function toPositive(hash: number): number {
  return hash & 0x7fff_ffff
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
