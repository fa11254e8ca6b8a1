/**
 * The codecs as the batch codec wants them: by number, synchronous, with one bound on their output.
 */
import { type Codec, CompressionError } from '../../compression/codec.ts'
import { loadCodec } from '../../compression/codecs.ts'
import type { BatchCompression } from '../../protocol/record-batch.ts'

/** No opened batch is larger, however well it was compressed. */
export const openedBytesMax: number = 128 * 1024 * 1024

/** A small batch may still grow to this. */
const openedBytesFloor = 16 * 1024 * 1024

/** Growth that is believed above the floor. */
const growthMax = 64

/** Loads the codecs with these numbers (0 is none) and bounds what they may yield. */
export async function codecSet(ids: Iterable<number>): Promise<BatchCompression> {
  const codecs = new Map<number, Codec>()
  for (const id of ids) if (id !== 0) codecs.set(id, await loadCodec(id))
  const codec = (id: number): Codec => {
    const found = codecs.get(id)
    if (found === undefined) throw new CompressionError('unavailable', `codec ${id} is not loaded`)
    return found
  }
  return {
    compress: (id, bytes) => codec(id).compress(bytes),
    decompress: (id, bytes) => codec(id).decompress(bytes, openedBound(bytes.length)),
  }
}

function openedBound(compressedBytes: number): number {
  return Math.min(openedBytesMax, Math.max(openedBytesFloor, compressedBytes * growthMax))
}
