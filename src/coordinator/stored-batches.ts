/**
 * Batches of a coordinator's log. We write ours uncompressed, but Apache Kafka compresses them
 * where `offsets.topic.compression.codec` says so.
 */
import { type Codec, loadCodec } from '../compression/index.ts'
import type { Decoded } from '../protocol/codec.ts'
import { codecOf, decodeBatches, decodeBatchHeader } from '../protocol/record-batch.ts'

/** A batch of a coordinator holds what it decided at once, which is little. */
const openedBytesMax = 128 * 1024 * 1024

/** All whole batches of a range, or why they cannot be read; compressed ones are opened. */
export async function readStoredBatches(
  bytes: Uint8Array,
): Promise<ReturnType<typeof decodeBatches>> {
  const codecs = new Map<number, Codec>()
  for (let at = 0; at < bytes.length; ) {
    const header = decodeBatchHeader(bytes, at).value
    // Cut off at the end, or broken: the decoder says which.
    if (header === null) break
    const id = codecOf(header)
    if (id !== 0 && !codecs.has(id)) {
      try {
        codecs.set(id, await loadCodec(id))
      } catch (error) {
        return unreadable(at, error)
      }
    }
    at += header.bytes
  }
  return decodeBatches(bytes, {
    compress: () => {
      throw new Error('nothing is written here')
    },
    decompress: (id, stored) => {
      const codec = codecs.get(id)
      if (codec === undefined) throw new Error('it was not loaded')
      return codec.decompress(stored, openedBytesMax)
    },
  })
}

function unreadable(at: number, cause: unknown): Decoded<never> {
  const why = cause instanceof Error ? cause.message : String(cause)
  return { value: null, error: `at byte ${at}: ${why}` }
}
