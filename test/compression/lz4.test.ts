import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { loadLz4 } from '../../src/compression/lz4.ts'
import { xxh32OfFew } from '../../src/compression/xxh32.ts'
import { unpackLz4Frame } from './naive-formats.ts'

const library = createRequire(import.meta.url)('lz4-napi') as typeof import('lz4-napi')
const codec = loadLz4()
const roomy = 1 << 26

/** A frame of blocks, as clients write it: `sizeClass` 4 is 64 KiB, 7 is 4 MiB. */
function frameOf(parts: readonly Buffer[], sizeClass: number, stored: (at: number) => boolean) {
  const flags = Buffer.of(0x60, sizeClass << 4)
  const head = [Buffer.from('04224d18', 'hex'), flags, Buffer.of(xxh32OfFew(flags) >>> 8)]
  const blocks = parts.flatMap((part, at) => {
    const packed = library.compressSync(part).subarray(4)
    const bytes = stored(at) ? part : packed
    const length = Buffer.alloc(4)
    length.writeUInt32LE((bytes.length | (stored(at) ? 0x80000000 : 0)) >>> 0)
    return [length, bytes]
  })
  return Buffer.concat([...head, ...blocks, Buffer.alloc(4)])
}

const text = Buffer.from('a value like many others, '.repeat(20_000))
const parts = Array.from({ length: 7 }, (_, at) => text.subarray(at * 65_000, at * 65_000 + 65_536))

describe('a large lz4 frame', () => {
  it.each([4, 5, 6, 7])('of blocks of class %i is what the format says', (sizeClass) => {
    const frame = frameOf(parts, sizeClass, (at) => at % 3 === 1)
    const opened = codec.decompress(frame, roomy)
    expect(Buffer.compare(opened, Buffer.concat(parts))).toBe(0)
    expect(Buffer.compare(opened, unpackLz4Frame(frame))).toBe(0)
    expect(Buffer.compare(opened, library.decompressFrameSync(frame))).toBe(0)
  })

  it('of what cannot be made smaller is read, too', () => {
    const bytes = randomBytes(300_000)
    expect(Buffer.compare(codec.decompress(codec.compress(bytes), roomy), bytes)).toBe(0)
  })

  it('of one block that is stored as it is yields memory of its own', () => {
    const bytes = randomBytes(100_000)
    const frame = frameOf([bytes], 7, () => true)
    const opened = codec.decompress(frame, roomy)
    frame.fill(0)
    expect(Buffer.compare(opened, bytes)).toBe(0)
  })

  it('whose flags are damaged is refused', () => {
    const frame = frameOf(parts, 4, () => false)
    frame[6] = (frame[6] ?? 0) ^ 1
    expect(() => codec.decompress(frame, roomy)).toThrow('header checksum differs')
  })

  it('whose block is damaged is refused, or yields no more than it may', () => {
    const frame = frameOf(parts, 4, () => false)
    let refused = 0
    for (let at = 11; at < frame.length; at += 7) {
      const damaged = Buffer.from(frame)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      try {
        expect(codec.decompress(damaged, roomy).length).toBeLessThanOrEqual(7 * 65_536)
      } catch (error) {
        expect((error as Error).name).toBe('CompressionError')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
  })

  it('whose blocks need those before them is left to the library', () => {
    const frame = frameOf(parts, 4, () => false)
    frame[4] = 0x40
    frame[6] = (xxh32OfFew(frame.subarray(4, 6)) >>> 8) & 0xff
    expect(Buffer.compare(codec.decompress(frame, roomy), Buffer.concat(parts))).toBe(0)
  })
})
