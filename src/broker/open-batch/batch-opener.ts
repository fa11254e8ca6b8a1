/**
 * Opens compressed batches on a worker thread, so that a large one never delays the thread that
 * decides. The worker starts with the first batch and does not keep the process alive.
 */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { OpenBatchRequest, OpenBatchVerdict } from '../../storage/data-plane.ts'
import { StorageError } from '../../storage/log-store.ts'
import type { FoundRecord } from './find-timestamp.ts'
import type { OpenAnswer, OpenJob } from './job.ts'

interface Reply {
  readonly id: number
  readonly answer?: OpenAnswer
  readonly failure?: string
}

interface Pending {
  resolve(answer: OpenAnswer): void
  reject(error: Error): void
}

/** Used on the Node thread. {@link BatchOpener.close} ends the worker. */
export class BatchOpener {
  #worker: Worker | undefined
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #openedBytesMax: (() => number) | undefined

  /** What no opened batch may exceed, of the moment; said before the first batch comes. */
  bound(openedBytesMax: () => number): void {
    this.#openedBytesMax = openedBytesMax
  }

  /**
   * Judges a produced batch; what fails on our side becomes UNKNOWN_SERVER_ERROR, or
   * KAFKA_STORAGE_ERROR where trying again is worth while, never a rejection.
   */
  async judge(request: OpenBatchRequest, now: number): Promise<OpenBatchVerdict> {
    const { token: _, bytes, ...rules } = request
    try {
      const answer = await this.#run({ kind: 'judge', bytes, rules, now, ...this.#bound })
      if (answer.kind === 'judge') return answer.verdict
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const code = error instanceof StorageError ? error.code : ErrorCode.UNKNOWN_SERVER_ERROR
      return { code, message, faults: [], replacement: undefined }
    }
    throw new Error('the worker answered another job')
  }

  /**
   * The first record of a compressed batch, from offset `from` on, that is not older than
   * `atLeast`, or has the largest timestamp; undefined without one.
   * Rejects when the worker fails, and with a {@link StorageError} when the batch cannot be opened:
   * "no record is that young" would send its reader past it.
   */
  async find(
    bytes: Uint8Array,
    atLeast: number | 'largest',
    from: number,
  ): Promise<FoundRecord | undefined> {
    const answer = await this.#run({ kind: 'find', bytes, atLeast, from, ...this.#bound })
    if (answer.kind !== 'find') throw new Error('the worker answered another job')
    const { found, error } = answer.search
    if (error === null) return found
    throw new StorageError(ErrorCode.CORRUPT_MESSAGE, `a batch cannot be opened: ${error}`)
  }

  /** Ends the worker; jobs under way are rejected. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  get #bound(): { readonly openedBytesMax: number } {
    assert(this.#openedBytesMax !== undefined, 'a bound is said before a batch comes')
    return { openedBytesMax: this.#openedBytesMax() }
  }

  #run(job: OpenJob): Promise<OpenAnswer> {
    const worker = this.#worker ?? this.#start()
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.ref()
      worker.postMessage({ id, job })
    })
  }

  #start(): Worker {
    // The same extension as this file: .js in dist, .ts where types are stripped.
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    const worker = new Worker(new URL(file, import.meta.url), { name: 'odradek-open-batch' })
    worker.on('message', (reply: Reply) => this.#settle(reply))
    worker.on('error', (error) => this.#abandon(worker, error))
    worker.on('exit', (code) => this.#abandon(worker, new Error(`worker ended with code ${code}`)))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#worker?.unref()
    if (reply.answer !== undefined) pending?.resolve(reply.answer)
    else pending?.reject(failureOf(reply.failure ?? 'the worker gave no answer'))
  }

  #abandon(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const abandoned = [...this.#pending.values()]
    this.#pending.clear()
    for (const pending of abandoned) pending.reject(failureOf(error.message))
  }
}

/** A full table of file descriptors is for producers what it is where the log's own files fail. */
function failureOf(message: string): Error {
  if (!/\bE[MN]FILE\b/.test(message)) return new Error(message)
  const what = `a compressed batch cannot be opened: ${message}`
  return new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, what)
}
