/**
 * lz4 (codec 3): the LZ4 frame format 1.5.1 with independent blocks.
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md)
 */
import { createRequire } from 'node:module'
import { asBuffer } from '../base/as-buffer.ts'
import { type Codec, corrupt, tooLarge } from './codec.ts'

type Lz4 = typeof import('lz4-napi')

const magic = 0x184d2204
const storedBit = 0x80000000
/** A token and its length bytes cannot yield more than this for each compressed byte. */
const growthMax = 255

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
        return library.decompressFrameSync(asBuffer(bytes))
      } catch (error) {
        throw corrupt('lz4', (error as Error).message, error)
      }
    },
  }
}

/**
 * The most bytes that the frame's blocks can yield, from the block headers alone, so that the
 * library, which knows no bound, is only called where its output is known to be small enough. It
 * may exceed the true size by less than one block.
 */
export function outputBound(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw corrupt('lz4', 'no frame')
  const flags = view.getUint8(4)
  const sizeClass = (view.getUint8(5) >>> 4) & 7
  if (flags >>> 6 !== 1) throw corrupt('lz4', 'unknown frame version')
  if (sizeClass < 4) throw corrupt('lz4', 'unknown block size')
  const blockBytesMax = 2 ** (8 + 2 * sizeClass)
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
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
