import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CompressionName, Compressor } from '../../../src/client/producer/compressor.ts'
import { loadCodec } from '../../../src/compression/index.ts'

/** Compiled, as Node 20 runs no TypeScript in a thread. */
const compiled = new URL('../../../dist/client/producer/compression-worker.js', import.meta.url)
const large = Buffer.from('0123456789'.repeat(20_000))

async function opened(name: CompressionName, batch: Buffer): Promise<string> {
  const codec = await loadCodec(['none', 'gzip', 'snappy', 'lz4', 'zstd'].indexOf(name))
  return Buffer.from(codec.decompress(batch.subarray(61), 1 << 20)).toString()
}

describe('Compressor', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('compresses by %s at once', async (name) => {
    const compressor = new Compressor(name)
    const batch = await compressor.compress(Buffer.from('records '.repeat(100)))
    expect(await opened(name, batch)).toBe('records '.repeat(100))
    // The library is loaded now.
    expect(compressor.compress(Buffer.from('x'))).toBeInstanceOf(Buffer)
    await compressor.close()
  })

  it('takes a level', async () => {
    const noise = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * i * 31) % 251))
    const sizes = [1, 9].map(async (level) => {
      return (await new Compressor('gzip', level).compress(noise)).length
    })
    const [fast = 0, small = 0] = await Promise.all(sizes)
    expect(small).toBeLessThan(fast)
  })

  // Without a build there is no file for the thread: `npm run compile:ts`.
  it.skipIf(!existsSync(compiled))('compresses large batches on a thread', async () => {
    const compressor = new Compressor('zstd', 3, compiled)
    const before = Buffer.from(large)
    const batches = await Promise.all([compressor.compress(large), compressor.compress(large)])
    for (const batch of batches) expect(await opened('zstd', batch)).toBe(large.toString())
    expect(large.equals(before)).toBe(true)
    await compressor.close()
  })

  it('rejects where the thread fails, and starts another for the next', async () => {
    const compressor = new Compressor('zstd', 3, new URL('./not-there.js', import.meta.url))
    await expect(compressor.compress(large)).rejects.toThrow(/not-there/)
    await expect(compressor.compress(large)).rejects.toThrow(/not-there/)
    await compressor.close()
  })

  it('is nothing for what is not compressed', () => {
    expect(new Compressor('none').codecId).toBe(0)
    expect(() => new Compressor('none').compress(large)).toThrow(/something to compress with/)
    expect(() => new Compressor('lzma' as CompressionName)).toThrow(/codec that exists/)
  })
})
