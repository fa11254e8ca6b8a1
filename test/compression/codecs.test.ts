import { describe, expect, it, vi } from 'vitest'
import { CompressionError } from '../../src/compression/codec.ts'
import { codecNames, loadCodec } from '../../src/compression/codecs.ts'
import { goldenBatches } from './golden.ts'

const golden = goldenBatches()
const outputMax = 16 * 1024 * 1024
const text = Buffer.from('to be or not to be, that is the question; '.repeat(20_000))

/** The same records uncompressed: `gzip-shapes` has the twin `none-shapes`. */
function twinOf(name: string): Uint8Array | undefined {
  const twin = name.replace(/^(gzip|snappy|lz4|zstd)-/, 'none-')
  return twin === name ? undefined : golden.get(twin)?.payload
}

describe.each([1, 2, 3, 4])('codec %i', (id) => {
  const name = codecNames[id] ?? ''
  const batches = [...golden.values()].filter((batch) => batch.codec === id)
  const twins = batches.filter((batch) => twinOf(batch.name) !== undefined)

  it('has golden batches to read', () => {
    expect(twins.length).toBeGreaterThanOrEqual(5)
  })

  it.each(twins)(`reads what Apache Kafka wrote: $name`, async (batch) => {
    const output = (await loadCodec(id)).decompress(batch.payload, outputMax)
    expect(Buffer.compare(output, twinOf(batch.name) ?? Buffer.alloc(0))).toBe(0)
  })

  it('reads back what it writes, from nothing to many blocks', async () => {
    const codec = await loadCodec(id)
    expect(codec.name).toBe(name)
    for (const input of [Buffer.alloc(1), text.subarray(0, 70_000), text]) {
      const packed = codec.compress(input)
      const output = codec.decompress(packed, input.length + 4 * 1024 * 1024)
      expect(Buffer.compare(output, input)).toBe(0)
    }
  })

  it('refuses to yield more than the bound', async () => {
    const codec = await loadCodec(id)
    const packed = codec.compress(Buffer.alloc(8 * 1024 * 1024))
    expect(() => codec.decompress(packed, 64 * 1024)).toThrowError(
      expect.objectContaining({ problem: 'too-large' }),
    )
  })

  it('never throws anything but a CompressionError, whatever the bytes', async () => {
    const codec = await loadCodec(id)
    const packed = Buffer.from(codec.compress(text.subarray(0, 5_000)))
    for (let at = 0; at < packed.length; at++) {
      for (const mutated of [packed.subarray(0, at), flipped(packed, at)]) {
        try {
          codec.decompress(mutated, outputMax)
        } catch (error) {
          expect(error).toBeInstanceOf(CompressionError)
        }
      }
    }
  })
})

it('reads a raw snappy block, as librdkafka writes it', async () => {
  const { compressSync } = await import('snappy')
  const codec = await loadCodec(2)
  expect(Buffer.compare(codec.decompress(compressSync(text), outputMax), text)).toBe(0)
})

it('reads several zstd frames and passes over a skippable one', async () => {
  const codec = await loadCodec(4)
  const frame = codec.compress(Buffer.from('frame '))
  const skippable = Buffer.from('502a4d1803000000616263', 'hex')
  const output = codec.decompress(Buffer.concat([frame, skippable, frame]), outputMax)
  expect(Buffer.from(output).toString()).toBe('frame frame ')
})

it('takes a zstd block that would yield more than a block can for damaged', async () => {
  const codec = await loadCodec(4)
  const frame = Buffer.from(
    '28b52ffd60f301cd01003402f4020000000a6b65792030dc0276616c75652000f60200920c0231a4180432b624' +
      '063307002e4002b4130374413b31a00b34ad590a55c2',
    'hex',
  )
  const whole = frame.at(-1) ?? 0
  for (let last = 0; last < 256; last++) {
    frame[frame.length - 1] = last
    try {
      expect(codec.decompress(frame, outputMax).length, `byte ${last}`).toBe(755)
    } catch (error) {
      expect(error, `byte ${last}`).toMatchObject({ problem: 'corrupt' })
      expect(last).not.toBe(whole)
    }
  }
  expect(frame[frame.length - 1]).toBe(255)
})

it('says that there is no codec 7', async () => {
  await expect(loadCodec(7)).rejects.toThrowError('there is no compression codec 7')
})

it('says why a library cannot be loaded, and tries again', async () => {
  const { loadSnappy } = await import('../../src/compression/snappy.ts')
  let tries = 0
  vi.doMock('../../src/compression/snappy.ts', () => ({
    loadSnappy: () => {
      if (++tries === 1) throw new Error('EMFILE: too many open files\nRequire stack:')
      return loadSnappy()
    },
  }))
  vi.resetModules()
  const codecs = await import('../../src/compression/codecs.ts')
  await expect(codecs.loadCodec(2)).rejects.toMatchObject({
    problem: 'unavailable',
    message: 'snappy cannot be loaded: EMFILE: too many open files',
  })
  expect((await codecs.loadCodec(2)).name).toBe('snappy')
  expect(await codecs.loadCodec(2)).toBe(await codecs.loadCodec(2))
  expect(tries).toBe(2)
  vi.doUnmock('../../src/compression/snappy.ts')
})

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x55
  return copy
}
