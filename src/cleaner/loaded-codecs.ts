/** The codecs that a log's batches have, each loaded when the first such batch is met. */
import { assert } from '../base/assert.ts'
import { type Codec, CompressionError } from '../compression/codec.ts'
import { loadCodec } from '../compression/codecs.ts'
import { codecOf } from '../protocol/record-batch.ts'
import type { StoredBatch } from './batch-stream.ts'

/** See the head of this file. */
export class LoadedCodecs {
  readonly #codecs = new Map<number, Codec>()

  /** Loads what `batches` need; why it cannot be loaded, or null. */
  async load(batches: readonly StoredBatch[]): Promise<string | null> {
    for (const { header } of batches) {
      const id = codecOf(header)
      if (id === 0 || this.#codecs.has(id)) continue
      try {
        this.#codecs.set(id, await loadCodec(id))
      } catch (error) {
        if (error instanceof CompressionError) return error.message
        throw error
      }
    }
    return null
  }

  /** A codec that was loaded. */
  codec(id: number): Codec {
    const codec = this.#codecs.get(id)
    assert(codec !== undefined, 'a codec is loaded before it is used')
    return codec
  }
}
