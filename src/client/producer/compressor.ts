/**
 * Compresses the records of batches: small ones at once, large ones on a thread, so that a program
 * is not held up by them.
 */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { type Codec, codecNames, loadCodec } from '../../compression/index.ts'
import { batchHeaderBytes } from '../../record/batch-header.ts'
import type { CompressionAnswer, CompressionJob } from './compression-worker.ts'

/** Records of so many bytes and more are worth the way to a thread. */
const threadBytesMin = 64 * 1024

/** Name of a codec, `none` among them. */
export type CompressionName = (typeof codecNames)[number]

interface Pending {
  readonly resolve: (compressed: Buffer) => void
  readonly reject: (error: Error) => void
}

/** One codec in one level. The thread starts with the first large batch. */
export class Compressor {
  /** Number of the codec in a batch's attributes; 0 is none. */
  readonly codecId: number
  readonly #level: number | undefined
  readonly #threadFile: URL
  #codec: Codec | undefined
  #worker: Worker | undefined
  readonly #pending = new Map<number, Pending>()
  #lastJob = 0

  /** @param threadFile is what the thread runs, for tests of sources that Node cannot run. */
  constructor(name: CompressionName, level?: number, threadFile: URL = besideThis()) {
    this.codecId = codecNames.indexOf(name)
    assert(this.codecId >= 0, 'a codec that exists')
    this.#level = level
    this.#threadFile = threadFile
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
    await this.#worker?.terminate()
  }

  #onThread(records: Buffer): Promise<Buffer> {
    const worker = this.#worker ?? this.#start()
    const id = ++this.#lastJob
    // The thread gets a copy of its own, which then moves there: the batch may go on living here.
    const bytes = new Uint8Array(records)
    const job: CompressionJob = { id, codecId: this.codecId, level: this.#level, bytes }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.ref()
      worker.postMessage(job, [bytes.buffer])
    })
  }

  #start(): Worker {
    const worker = new Worker(this.#threadFile, { name: 'odradek-compression' })
    worker.on('message', (answer: CompressionAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#abandon(worker, error))
    worker.on('exit', (code) => this.#abandon(worker, new Error(`thread ended with code ${code}`)))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #settle({ id, bytes, failure }: CompressionAnswer): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#worker?.unref()
    if (bytes !== undefined) pending?.resolve(withRoom(bytes))
    else pending?.reject(new Error(failure ?? 'the thread gave no answer'))
  }

  #abandon(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }
}

/** The same extension as this file: .js in dist, .ts where types are stripped. */
function besideThis(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./compression-worker.${extension}`, import.meta.url)
}

function withRoom(compressed: Uint8Array): Buffer {
  const batch = Buffer.allocUnsafeSlow(batchHeaderBytes + compressed.length)
  batch.set(compressed, batchHeaderBytes)
  return batch
}
