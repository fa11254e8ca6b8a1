/**
 * Compresses the records of batches: small ones at once, large ones on a thread, so that a program
 * is not held up by them.
 */
import { assert } from '../../base/assert.ts'
import { type Codec, codecNames, loadCodec } from '../../compression/index.ts'
import { batchHeaderBytes } from '../../record/batch-header.ts'
import { fileBeside, JobThread } from '../job-thread.ts'
import type { CompressionJob, CompressionResult } from './compression-worker.ts'

/** Records of so many bytes and more are worth the way to a thread; see `npm run bench:codecs`. */
const threadBytesMin = 64 * 1024

/** Name of a codec, `none` among them. */
export type CompressionName = (typeof codecNames)[number]

/** One codec in one level. The thread starts with the first large batch. */
export class Compressor {
  /** Number of the codec in a batch's attributes; 0 is none. */
  readonly codecId: number
  readonly #level: number | undefined
  readonly #thread: JobThread<CompressionJob, CompressionResult>
  #codec: Codec | undefined

  /** @param threadFile is what the thread runs, for tests of sources that Node cannot run. */
  constructor(name: CompressionName, level?: number, threadFile?: URL) {
    this.codecId = codecNames.indexOf(name)
    assert(this.codecId >= 0, 'a codec that exists')
    this.#level = level
    const file = threadFile ?? fileBeside(import.meta.url, 'compression-worker')
    this.#thread = new JobThread(file, 'odradek-compression')
  }

  /**
   * The records compressed, behind room for a batch's header. Rejects where the codec's library
   * cannot be loaded, or fails.
   */
  compress(records: Buffer): Buffer | Promise<Buffer> {
    assert(this.codecId > 0, 'there is something to compress with')
    assert(records.length > 0, 'no batch is empty')
    if (records.length >= threadBytesMin) return this.#onThread(records)
    if (this.#codec !== undefined) return withRoom(this.#codec.compress(records, this.#level))
    return loadCodec(this.codecId).then((codec) => {
      this.#codec = codec
      return withRoom(codec.compress(records, this.#level))
    })
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#thread.close()
  }

  async #onThread(records: Buffer): Promise<Buffer> {
    // The thread gets a copy of its own, which then moves there: the batch may go on living here.
    const bytes = new Uint8Array(records)
    const job = { codecId: this.codecId, level: this.#level, bytes }
    const compressed = await this.#thread.run(job, [bytes.buffer])
    return withRoom(compressed.bytes)
  }
}

function withRoom(compressed: Uint8Array): Buffer {
  const batch = Buffer.allocUnsafeSlow(batchHeaderBytes + compressed.length)
  batch.set(compressed, batchHeaderBytes)
  return batch
}
