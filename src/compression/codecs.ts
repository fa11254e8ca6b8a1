/** The codecs by number, each loaded when it is first asked for and kept. */
import { type Codec, CompressionError } from './codec.ts'

/** Names of the codecs by their number in a batch's attributes; 0 is no compression. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

const loaded = new Map<number, Promise<Codec>>()

/**
 * The codec with this number, 1 to 4.
 *
 * @throws {CompressionError} no such codec, or its library is not installed.
 */
export function loadCodec(id: number): Promise<Codec> {
  let codec = loaded.get(id)
  if (codec === undefined) {
    codec = load(id)
    loaded.set(id, codec)
  }
  return codec
}

async function load(id: number): Promise<Codec> {
  switch (id) {
    case 1:
      return (await import('./gzip.ts')).gzip
    case 2:
      return (await import('./snappy.ts')).loadSnappy()
    case 3:
      return (await import('./lz4.ts')).loadLz4()
    case 4:
      return (await import('./zstd.ts')).loadZstd()
    default:
      throw new CompressionError('unavailable', `there is no compression codec ${id}`)
  }
}
