/**
 * The codecs as the batch codec wants them: by number, synchronous, with one bound on their output.
 */
import { assert } from '../../base/assert.ts'
import { type Codec, CompressionError } from '../../compression/codec.ts'
import { loadCodec } from '../../compression/codecs.ts'
import type { BatchCompression } from '../../protocol/record-batch.ts'

/** How batches are opened, and stored anew. */
export interface CodecRules {
  /** `odradek.max.uncompressed.batch.bytes`: no opened batch is larger. */
  readonly openedBytesMax: number
  /** Codec and level that batches are stored with; any other codec has its own default level. */
  readonly target?: { readonly codec: number; readonly level: number }
}

/** A small batch may still grow to this. */
const openedBytesFloor = 16 * 1024 * 1024

/** Growth that is believed above the floor. */
const growthMax = 64

/** Loads the codecs with these numbers (0 is none) and bounds what they may yield. */
export async function codecSet(
  ids: Iterable<number>,
  { openedBytesMax, target }: CodecRules,
): Promise<BatchCompression> {
  assert(openedBytesMax > 0, 'a batch has bytes')
  const codecs = new Map<number, Codec>()
  for (const id of ids) if (id !== 0) codecs.set(id, await loadCodec(id))
  const codec = (id: number): Codec => {
    const found = codecs.get(id)
    if (found === undefined) throw new CompressionError('unavailable', `codec ${id} is not loaded`)
    return found
  }
  return {
    compress: (id, bytes) =>
      id === target?.codec ? codec(id).compress(bytes, target.level) : codec(id).compress(bytes),
    decompress: (id, bytes) => {
      const grown = Math.max(openedBytesFloor, bytes.length * growthMax)
      return codec(id).decompress(bytes, Math.min(openedBytesMax, grown))
    },
  }
}
