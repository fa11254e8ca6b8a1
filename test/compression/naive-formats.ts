/**
 * Readers of two formats, written from their descriptions and made to be compared with: slow, and
 * for whole and valid input only.
 */
import { strictEqual } from 'node:assert'

/** A raw snappy block (https://github.com/google/snappy/blob/main/format_description.txt). */
export function unpackSnappyBlock(block: Buffer): Buffer {
  let at = 0
  const byte = (): number => block.readUInt8(at++)
  const little = (bytes: number): number => {
    at += bytes
    return block.readUIntLE(at - bytes, bytes)
  }
  let size = 0
  for (let shift = 1, more = true; more; shift *= 128) {
    const part = byte()
    size += (part & 0x7f) * shift
    more = part >= 0x80
  }
  const output: number[] = []
  while (at < block.length) {
    const tag = byte()
    const upper = tag >>> 2
    if ((tag & 3) === 0) {
      const length = 1 + (upper < 60 ? upper : little(upper - 59))
      for (let i = 0; i < length; i++) output.push(byte())
    } else if ((tag & 3) === 1) copy(output, ((tag >>> 5) << 8) | byte(), 4 + (upper & 7))
    else copy(output, little((tag & 3) === 2 ? 2 : 4), 1 + upper)
  }
  strictEqual(output.length, size)
  return Buffer.from(output)
}

/** An lz4 frame (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), checksums unread. */
export function unpackLz4Frame(frame: Buffer): Buffer {
  strictEqual(frame.readUInt32LE(0), 0x184d2204)
  const flags = frame.readUInt8(4)
  strictEqual(flags >>> 6, 1)
  const output: number[] = []
  let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0)
  for (let word = frame.readUInt32LE(at); word !== 0; word = frame.readUInt32LE(at)) {
    const length = word % 2 ** 31
    const block = frame.subarray(at + 4, at + 4 + length)
    if (word >= 2 ** 31) output.push(...block)
    else unpackLz4Block(block, output)
    at += 4 + length + (flags & 0x10 ? 4 : 0)
  }
  strictEqual(frame.length, at + 4 + (flags & 0x04 ? 4 : 0))
  return Buffer.from(output)
}

function unpackLz4Block(block: Buffer, output: number[]): void {
  let at = 0
  const extended = (nibble: number): number => {
    let length = nibble
    for (let part = nibble === 15 ? 255 : 0; part === 255; length += part) {
      part = block.readUInt8(at++)
    }
    return length
  }
  for (;;) {
    const token = block.readUInt8(at++)
    const literals = extended(token >>> 4)
    for (let i = 0; i < literals; i++) output.push(block.readUInt8(at++))
    // The last sequence has no match.
    if (at === block.length) return
    const distance = block.readUInt16LE(at)
    at += 2
    copy(output, distance, 4 + extended(token & 15))
  }
}

/** Byte by byte, because a copy may reach into what it makes. */
function copy(output: number[], distance: number, length: number): void {
  strictEqual(distance > 0 && distance <= output.length, true)
  for (let i = 0; i < length; i++) output.push(output[output.length - distance] ?? 0)
}
