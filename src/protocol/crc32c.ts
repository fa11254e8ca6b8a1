/**
 * CRC-32C (Castagnoli), the checksum of record batches and producer snapshots. Portable, eight
 * bytes a step; where speed counts the native core computes it with the processor's instruction.
 */

/** Reflected form of the polynomial 0x1edc6f41. */
const polynomial = 0x82f6_3b78

/** Eight tables of 256: table k advances a byte that has k more bytes behind it. */
const tables = makeTables()

/** Checksum of `bytes` as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % 8)
  let crc = -1
  for (let i = 0; i < whole; i += 8) {
    const low =
      crc ^ at(bytes, i, 0) ^ at(bytes, i + 1, 8) ^ at(bytes, i + 2, 16) ^ at(bytes, i + 3, 24)
    crc =
      step(7, low) ^
      step(6, low >>> 8) ^
      step(5, low >>> 16) ^
      step(4, low >>> 24) ^
      step(3, at(bytes, i + 4, 0)) ^
      step(2, at(bytes, i + 5, 0)) ^
      step(1, at(bytes, i + 6, 0)) ^
      step(0, at(bytes, i + 7, 0))
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ step(0, crc ^ at(bytes, i, 0))
  return ~crc >>> 0
}

function at(bytes: Uint8Array, index: number, shift: number): number {
  return (bytes[index] ?? 0) << shift
}

function step(table: number, value: number): number {
  return tables[(table << 8) | (value & 0xff)] ?? 0
}

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let i = 256; i < made.length; i++) {
    const shorter = made[i - 256] ?? 0
    made[i] = (shorter >>> 8) ^ (made[shorter & 0xff] ?? 0)
  }
  return made
}
