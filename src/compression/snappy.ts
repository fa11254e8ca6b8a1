/**
 * snappy (codec 2). Java clients write the xerial stream: a 16-byte header (magic, version, oldest
 * compatible version), then chunks of a big-endian length and a raw snappy block. librdkafka and
 * franz-go write one raw block. Both are read; the stream is written, since every reader takes it.
 */
import { createRequire } from 'node:module'
import { asBuffer } from '../base/as-buffer.ts'
import { type Codec, corrupt, tooLarge } from './codec.ts'

type Snappy = typeof import('snappy')

const headerBytes = 16
const magic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00)
/** Input of one chunk, as the Java writer cuts it. */
const chunkBytes = 32 * 1024

/** Codec 2, without levels. Loads its library when called. */
export function loadSnappy(): Codec {
  const library = createRequire(import.meta.url)('snappy') as Snappy
  return {
    id: 2,
    name: 'snappy',
    compress: (bytes) => writeStream(library, bytes),
    decompress: (bytes, outputBytesMax) =>
      isStream(bytes)
        ? readStream(library, bytes, outputBytesMax)
        : readBlock(library, bytes, outputBytesMax),
  }
}

function isStream(bytes: Uint8Array): boolean {
  return bytes.length >= headerBytes && magic.every((byte, at) => bytes[at] === byte)
}

function writeStream(library: Snappy, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  header.set(magic)
  header.writeInt32BE(1, 8)
  header.writeInt32BE(1, 12)
  const parts: Uint8Array[] = [header]
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const block = library.compressSync(asBuffer(bytes.subarray(at, at + chunkBytes)))
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

function readStream(library: Snappy, bytes: Uint8Array, outputBytesMax: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let total = 0
  let at = headerBytes
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? view.getInt32(at) : -1
    if (length < 0 || length > bytes.length - at - 4) throw corrupt('snappy', 'chunk cut short')
    const block = bytes.subarray(at + 4, at + 4 + length)
    const output = readBlock(library, block, outputBytesMax - total)
    total += output.length
    parts.push(output)
    at += 4 + length
  }
  return Buffer.concat(parts, total)
}

function readBlock(library: Snappy, block: Uint8Array, outputBytesMax: number): Uint8Array {
  const length = uncompressedLength(block)
  if (length === undefined) throw corrupt('snappy', 'no length in front of a block')
  if (length > outputBytesMax) throw tooLarge('snappy', outputBytesMax)
  // A block cannot grow more than 64-fold (a 2-byte copy yields at most 64 bytes): a larger claim
  // is a lie that would only allocate.
  if (length > block.length * 64) throw corrupt('snappy', 'length larger than its data can be')
  try {
    return library.uncompressSync(asBuffer(block), { asBuffer: true }) as Buffer
  } catch (error) {
    throw corrupt('snappy', (error as Error).message, error)
  }
}

/** The unsigned varint in front of a raw block; undefined where it is cut or above 32 bits. */
function uncompressedLength(block: Uint8Array): number | undefined {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value <= 0xffffffff ? value : undefined
  }
  return undefined
}
