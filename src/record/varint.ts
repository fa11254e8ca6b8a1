/** Zig-zag varints of the record format: sizes, and the forms that are too rare to be inlined. */

/** Bytes of an int32 as a zig-zag varint. */
export function varintBytes(value: number): number {
  return unsignedBytes((value << 1) ^ (value >> 31))
}

/** Bytes of a whole number of at most 2^53 as a zig-zag varlong. */
export function varlongBytes(value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return varintBytes(value)
  let bytes = 1
  for (let rest = zigZag(value) >> 7n; rest > 0n; rest >>= 7n) bytes++
  return bytes
}

/** Writes an int32 as a zig-zag varint; returns the index behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let index = at
  while (rest > 0x7f) {
    bytes[index++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[index++] = rest
  return index
}

/** Writes a whole number of at most 2^53 as a zig-zag varlong; returns the index behind it. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return writeVarint(bytes, at, value)
  let rest = zigZag(value)
  let index = at
  while (rest > 0x7fn) {
    bytes[index++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  bytes[index++] = Number(rest)
  return index
}

function zigZag(value: number): bigint {
  const exact = BigInt(value)
  return exact < 0n ? -2n * exact - 1n : 2n * exact
}

function unsignedBytes(value: number): number {
  const bits = 32 - Math.clz32(value)
  return bits <= 7 ? 1 : bits <= 14 ? 2 : bits <= 21 ? 3 : bits <= 28 ? 4 : 5
}
