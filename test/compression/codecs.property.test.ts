/**
 * The codecs against other implementations of their formats and against streams that end early.
 * Inputs are made up at random: what compresses well, what does not, and mixtures.
 */
import { gunzipSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CompressionError } from '../../src/compression/codec.ts'
import { loadCodec } from '../../src/compression/codecs.ts'
import { unpackLz4Frame, unpackSnappyBlock } from './naive-formats.ts'

const ids = [1, 2, 3, 4]
const roomy = 4 * 1024 * 1024

/** Random pieces, some of them repeated: copies at many distances, and runs of literals. */
const input: fc.Arbitrary<Buffer> = fc
  .array(
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 300 })),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) =>
    Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))),
  )

/** What comes out, or the problem that is told. */
async function outcome(id: number, bytes: Uint8Array, outputBytesMax = roomy) {
  const codec = await loadCodec(id)
  try {
    return Buffer.from(codec.decompress(bytes, outputBytesMax))
  } catch (error) {
    if (error instanceof CompressionError) return error.problem
    throw error
  }
}

describe.each(ids)('codec %i', (id) => {
  it('gives back what it was given, wherever that lies in memory', async () => {
    const codec = await loadCodec(id)
    fc.assert(
      fc.property(input, fc.nat({ max: 9 }), (bytes, shift) => {
        const within = Buffer.concat([Buffer.alloc(shift, 0xee), bytes, Buffer.alloc(3, 0xee)])
        const packed = codec.compress(within.subarray(shift, shift + bytes.length))
        const around = Buffer.concat([Buffer.alloc(shift, 0xdd), packed, Buffer.alloc(3, 0xdd)])
        const view = around.subarray(shift, shift + packed.length)
        expect(Buffer.compare(codec.decompress(view, roomy), bytes)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('yields as much as is allowed and not a byte more', async () => {
    const codec = await loadCodec(id)
    await fc.assert(
      fc.asyncProperty(input, async (bytes) => {
        const packed = codec.compress(bytes)
        // lz4 judges by block headers, which tell the size of the whole only roughly.
        if (id !== 3) expect(await outcome(id, packed, bytes.length)).toEqual(bytes)
        expect(await outcome(id, packed, bytes.length - 1)).toBe('too-large')
      }),
      { numRuns: 30 },
    )
  })

  it('refuses a stream that ends early, at every byte, or gives its whole chunks', async () => {
    const codec = await loadCodec(id)
    const example = fc.sample(input, { numRuns: 4, seed: id })
    for (const bytes of example) {
      const packed = codec.compress(bytes)
      for (let length = 0; length < packed.length; length++) {
        const result = await outcome(id, packed.subarray(0, length))
        if (typeof result === 'string') continue
        // The stream of snappy has no end mark: cut between chunks it is a shorter stream.
        expect([id, Buffer.compare(result, bytes.subarray(0, result.length))]).toEqual([2, 0])
        expect(result.length % (32 * 1024)).toBe(0)
      }
    }
  })

  it('calls random bytes corrupt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        // A raw block of snappy has no mark to know it by, so chance can make one.
        if (id === 2) return void (await outcome(id, bytes))
        expect(await outcome(id, bytes)).toBe('corrupt')
      }),
    )
  })
})

it('gzip is what any reader of RFC 1952 takes: header, deflate, checksum, size', async () => {
  const codec = await loadCodec(1)
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 9 }), (bytes, level) => {
      const packed = Buffer.from(codec.compress(bytes, level))
      expect(packed.subarray(0, 3)).toEqual(Buffer.of(0x1f, 0x8b, 8))
      expect(packed.readUInt32LE(packed.length - 4)).toBe(bytes.length)
      expect(Buffer.compare(inflateRawSync(packed.subarray(10, -8)), bytes)).toBe(0)
      expect(Buffer.compare(gunzipSync(packed), bytes)).toBe(0)
    }),
    { numRuns: 30 },
  )
})

it('snappy is the Java stream, its chunks by the description of the format', async () => {
  const codec = await loadCodec(2)
  fc.assert(
    fc.property(input, (bytes) => {
      const packed = Buffer.from(codec.compress(bytes))
      expect(packed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001')
      const parts: Buffer[] = []
      for (let at = 16; at < packed.length; ) {
        const length = packed.readInt32BE(at)
        parts.push(unpackSnappyBlock(packed.subarray(at + 4, at + 4 + length)))
        at += 4 + length
      }
      for (const part of parts.slice(0, -1)) expect(part.length).toBe(32 * 1024)
      expect(Buffer.compare(Buffer.concat(parts), bytes)).toBe(0)
    }),
    { numRuns: 30 },
  )
})

it('lz4 is a frame by the description of the format', async () => {
  const codec = await loadCodec(3)
  fc.assert(
    fc.property(input, (bytes) => {
      const packed = Buffer.from(codec.compress(bytes))
      expect(Buffer.compare(unpackLz4Frame(packed), bytes)).toBe(0)
    }),
    { numRuns: 30 },
  )
})

it('zstd is read by the WebAssembly build, and reads what that writes', async () => {
  const other = await import('@bokuweb/zstd-wasm')
  await other.init()
  const codec = await loadCodec(4)
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 9 }), (bytes, level) => {
      const ours = codec.compress(bytes, level)
      const read = other.decompress(Buffer.from(ours), { defaultHeapSize: roomy })
      expect(Buffer.compare(read, bytes)).toBe(0)
      expect(Buffer.compare(codec.decompress(other.compress(bytes, level), roomy), bytes)).toBe(0)
    }),
    { numRuns: 30 },
  )
})

it('no codec takes what another one wrote', async () => {
  const bytes = Buffer.from('one batch, four codecs '.repeat(50))
  for (const writer of ids) {
    const packed = (await loadCodec(writer)).compress(bytes)
    for (const reader of ids) {
      const result = await outcome(reader, packed)
      if (reader === writer) expect(result).toEqual(bytes)
      else expect([writer, reader, typeof result]).toEqual([writer, reader, 'string'])
    }
  }
})
