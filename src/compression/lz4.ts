/**
 * lz4 (codec 3): the LZ4 frame format 1.5.1 with independent blocks.
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md)
 */
import { createRequire } from 'node:module'
import { asBuffer } from '../base/as-buffer.ts'
import { assert } from '../base/assert.ts'
import { type Codec, corrupt, tooLarge } from './codec.ts'
import { xxh32OfFew } from './xxh32.ts'

type Lz4 = typeof import('lz4-napi')

const magic = 0x184d2204
const storedBit = 0x80000000
/** A token and its length bytes cannot yield more than this for each compressed byte. */
const growthMax = 255

/** Bits of the flags of a frame. */
const flag = {
  independent: 0x20,
  blockChecksum: 0x10,
  size: 0x08,
  checksum: 0x04,
  dictionary: 0x01,
}
/** Frames with these are left to the library; Kafka's Java client and ours write none of them. */
const rare = flag.blockChecksum | flag.size | flag.checksum | flag.dictionary
/**
 * What may yield more than one block of the smallest size is opened block by block, in a fraction
 * of the time; below, the library's call for a whole frame is the faster one.
 */
const blockwiseFrom = 1 << 16
/** Magic, flags, block size, header checksum. */
const plainHeaderBytes = 7

/** Codec 3; the library has one level, so `level` is ignored. Loads its library when called. */
export function loadLz4(): Codec {
  const library = createRequire(import.meta.url)('lz4-napi') as Lz4
  return {
    id: 3,
    name: 'lz4',
    compress: (bytes) => library.compressFrameSync(asBuffer(bytes)),
    decompress(bytes, outputBytesMax) {
      const bound = outputBound(bytes)
      if (bound > outputBytesMax) throw tooLarge('lz4', outputBytesMax)
      try {
        return bound > blockwiseFrom && isPlain(bytes)
          ? decompressBlocks(library, asBuffer(bytes))
          : library.decompressFrameSync(asBuffer(bytes))
      } catch (error) {
        throw corrupt('lz4', (error as Error).message, error)
      }
    },
  }
}

function isPlain(bytes: Uint8Array): boolean {
  const flags = bytes[4] ?? 0
  return (flags & flag.independent) !== 0 && (flags & rare) === 0
}

/**
 * The content of a frame whose blocks {@link outputBound} has walked. The library's own way takes
 * several times as long: it makes large buffers for each frame.
 */
function decompressBlocks(library: Lz4, frame: Buffer): Buffer {
  const blockBytesMax = blockBytesMaxOf(frame)
  if (((xxh32OfFew(frame.subarray(4, 6)) >>> 8) & 0xff) !== frame[6]) {
    throw new Error('header checksum differs')
  }
  const blocks: Buffer[] = []
  for (let at = plainHeaderBytes; ; ) {
    const word = frame.readUInt32LE(at)
    if (word === 0) return blocks.length === 1 ? (blocks[0] as Buffer) : Buffer.concat(blocks)
    const length = word >= storedBit ? word - storedBit : word
    const stored = frame.subarray(at + 4, at + 4 + length)
    assert(stored.length === length, 'blocks were walked before')
    if (word >= storedBit) blocks.push(stored)
    else blocks.push(library.uncompressSync(withBound(stored, blockBytesMax)))
    at += 4 + length
  }
}

/** A block as the library takes it: behind the most bytes that it may yield. */
function withBound(block: Buffer, blockBytesMax: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + block.length)
  bytes.writeUInt32LE(Math.min(blockBytesMax, block.length * growthMax))
  block.copy(bytes, 4)
  return bytes
}

function blockBytesMaxOf(frame: Uint8Array): number {
  return 2 ** (8 + 2 * (((frame[5] ?? 0) >>> 4) & 7))
}

/**
 * The most bytes that the frame's blocks can yield, from the block headers alone, so that the
 * library, which knows no bound, is only called where its output is known to be small enough. It
 * may exceed the true size by less than one block.
 */
export function outputBound(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < plainHeaderBytes || view.getUint32(0, true) !== magic) {
    throw corrupt('lz4', 'no frame')
  }
  const flags = view.getUint8(4)
  if (flags >>> 6 !== 1) throw corrupt('lz4', 'unknown frame version')
  const blockBytesMax = blockBytesMaxOf(bytes)
  if (blockBytesMax < 2 ** 16) throw corrupt('lz4', 'unknown block size')
  const blockChecksum = (flags & flag.blockChecksum) !== 0 ? 4 : 0
  const optional = ((flags & flag.size) !== 0 ? 8 : 0) + ((flags & flag.dictionary) !== 0 ? 4 : 0)
  let at = plainHeaderBytes + optional
  let bound = 0
  for (;;) {
    if (at + 4 > bytes.length) throw corrupt('lz4', 'frame cut short')
    const word = view.getUint32(at, true)
    if (word === 0) return bound
    const length = word >= storedBit ? word - storedBit : word
    if (length > blockBytesMax || length > bytes.length - at - 4) {
      throw corrupt('lz4', 'block longer than its frame')
    }
    bound += word >= storedBit ? length : Math.min(blockBytesMax, length * growthMax)
    at += 4 + length + blockChecksum
  }
}
