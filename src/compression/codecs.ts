/** The codecs by number; the library of each is loaded when it is first asked for, and kept. */
import { type Codec, CompressionError } from './codec.ts'
import { gzip } from './gzip.ts'
import { loadLz4 } from './lz4.ts'
import { loadSnappy } from './snappy.ts'
import { loadZstd } from './zstd.ts'

/** Names of the codecs by their number in a batch's attributes; 0 is no compression. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

const loaders = new Map<number, () => Codec | Promise<Codec>>([
  [1, () => gzip],
  [2, loadSnappy],
  [3, loadLz4],
  [4, loadZstd],
])

const loaded = new Map<number, Promise<Codec>>()

/**
 * The codec with this number, 1 to 4.
 *
 * @throws {CompressionError} no such codec, or its library cannot be loaded; the next call tries
 * again.
 */
export function loadCodec(id: number): Promise<Codec> {
  let codec = loaded.get(id)
  if (codec === undefined) {
    codec = load(id)
    loaded.set(id, codec)
    codec.catch(() => loaded.delete(id))
  }
  return codec
}

async function load(id: number): Promise<Codec> {
  const loader = loaders.get(id)
  if (loader === undefined) {
    throw new CompressionError('unavailable', `there is no compression codec ${id}`)
  }
  try {
    return await loader()
  } catch (error) {
    // Node adds lines that say who wanted the module.
    const [why = ''] = (error as Error).message.split('\n')
    throw new CompressionError('unavailable', `${codecNames[id]} cannot be loaded: ${why}`, error)
  }
}
