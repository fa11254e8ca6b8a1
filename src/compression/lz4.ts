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
 * What may yield more than one block of the smallest size is opened block by block: for a whole
 * frame the library makes large buffers anew each time. `npm run bench:codecs` prints both.
 */
const blockwiseFrom = 1 << 16
/** Magic, flags, block size, header checksum. */
const plainHeaderBytes = 7

/** What the headers of a frame and of its blocks say. */
interface Frame {
  /** Whether blocks are opened one by one as well as by the library. */
  readonly isPlain: boolean
  readonly blockBytesMax: number
  readonly blocks: readonly Block[]
  /** The most bytes that the blocks can yield; less than a block above the true size. */
  readonly bound: number
}

interface Block {
  /** Where its bytes begin in the frame. */
  readonly at: number
  readonly length: number
  /** As it was, since it could not be made smaller. */
  readonly isStored: boolean
}

/** Codec 3; the library has one level, so `level` is ignored. Loads its library when called. */
export function loadLz4(): Codec {
  const library = createRequire(import.meta.url)('lz4-napi') as Lz4
  return {
    id: 3,
    name: 'lz4',
    compress: (bytes) => library.compressFrameSync(asBuffer(bytes)),
    decompress(bytes, outputBytesMax) {
      const buffer = asBuffer(bytes)
      const frame = readFrame(buffer)
      if (frame.bound > outputBytesMax) throw tooLarge('lz4', outputBytesMax)
      try {
        return frame.bound > blockwiseFrom && frame.isPlain
          ? decompressBlocks(library, buffer, frame)
          : library.decompressFrameSync(buffer)
      } catch (error) {
        throw corrupt('lz4', (error as Error).message, error)
      }
    },
  }
}

/**
 * Walks the headers alone, so that the library, which knows no bound, is only called where its
 * output is known to be small enough.
 */
function readFrame(bytes: Buffer): Frame {
  if (bytes.length < plainHeaderBytes || bytes.readUInt32LE(0) !== magic) {
    throw corrupt('lz4', 'no frame')
  }
  const flags = bytes.readUInt8(4)
  if (flags >>> 6 !== 1) throw corrupt('lz4', 'unknown frame version')
  const blockBytesMax = 2 ** (8 + 2 * ((bytes.readUInt8(5) >>> 4) & 7))
  if (blockBytesMax < 2 ** 16) throw corrupt('lz4', 'unknown block size')
  const isPlain = (flags & flag.independent) !== 0 && (flags & rare) === 0
  const blockChecksum = (flags & flag.blockChecksum) !== 0 ? 4 : 0
  const optional = ((flags & flag.size) !== 0 ? 8 : 0) + ((flags & flag.dictionary) !== 0 ? 4 : 0)
  const blocks: Block[] = []
  let bound = 0
  for (let at = plainHeaderBytes + optional; ; ) {
    if (at + 4 > bytes.length) throw corrupt('lz4', 'frame cut short')
    const word = bytes.readUInt32LE(at)
    if (word === 0) return { isPlain, blockBytesMax, blocks, bound }
    const isStored = word >= storedBit
    const length = isStored ? word - storedBit : word
    at += 4
    if (length > blockBytesMax || length > bytes.length - at) {
      throw corrupt('lz4', 'block longer than its frame')
    }
    bound += isStored ? length : Math.min(blockBytesMax, length * growthMax)
    blocks.push({ at, length, isStored })
    at += length + blockChecksum
  }
}

/** What the library's call for a whole frame yields. */
function decompressBlocks(library: Lz4, bytes: Buffer, frame: Frame): Buffer {
  assert(frame.isPlain && frame.blocks.length > 0, 'blocks that stand for themselves')
  if (((xxh32OfFew(bytes.subarray(4, 6)) >>> 8) & 0xff) !== bytes[6]) {
    throw new Error('header checksum differs')
  }
  const parts = frame.blocks.map(({ at, length, isStored }) => {
    const block = bytes.subarray(at, at + length)
    return isStored ? block : library.uncompressSync(withBound(block, frame.blockBytesMax))
  })
  const [only] = parts
  // Except where it is of our own making: a stored block is a view of memory that is not ours.
  const isOwn = parts.length === 1 && frame.blocks[0]?.isStored === false
  return isOwn && only !== undefined ? only : Buffer.concat(parts)
}

/** A block as the library takes it: behind the most bytes that it may yield. */
function withBound(block: Buffer, blockBytesMax: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + block.length)
  bytes.writeUInt32LE(Math.min(blockBytesMax, block.length * growthMax))
  block.copy(bytes, 4)
  return bytes
}
