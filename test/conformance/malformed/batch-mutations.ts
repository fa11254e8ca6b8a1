import { type Random, randomBelow } from '../../../src/base/random.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'

const lengthAt = 8
const crcAt = 17
const coveredAt = 21
const headerBytes = 61

/**
 * Damages a record batch and, most times, makes its length and checksum right again, so that the
 * broker's validation gets to see what lies behind them. One batch in eight stays whole.
 */
export function mutateBatch(batch: Uint8Array, random: Random): Uint8Array {
  const kind = randomBelow(random, 8)
  if (kind === 0) return batch
  let bytes = Buffer.from(batch)
  if (kind <= 3) flipBits(bytes, coveredAt, headerBytes, random)
  else if (kind <= 5) flipBits(bytes, headerBytes, bytes.length, random)
  else if (kind === 6)
    bytes = bytes.subarray(0, headerBytes + randomBelow(random, bytes.length - headerBytes))
  else return bytes.subarray(0, randomBelow(random, bytes.length))
  bytes.writeInt32BE(bytes.length - 12, lengthAt)
  if (randomBelow(random, 8) > 0) bytes.writeUInt32BE(crc32c(bytes.subarray(coveredAt)), crcAt)
  return bytes
}

function flipBits(bytes: Buffer, from: number, to: number, random: Random): void {
  for (let left = 1 + randomBelow(random, 4); left > 0; left--) {
    const at = from + randomBelow(random, to - from)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << randomBelow(random, 8))
  }
}
