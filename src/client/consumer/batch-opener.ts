/**
 * Opens the compressed batches of a fetched piece ahead, on a thread, where they are worth the way
 * there; a program goes on meanwhile.
 */
import { assert } from '../../base/assert.ts'
import { fileBeside, JobThread } from '../job-thread.ts'
import type { DecompressionJob, DecompressionResult } from './decompression-worker.ts'

/** Where in a fetched piece the records of a compressed batch lie. */
export interface CompressedRecords {
  /** Where the batch begins. */
  readonly batchAt: number
  readonly from: number
  readonly to: number
  readonly codecId: number
}

/** Opened records by the place of their batch. */
export type OpenedRecords = ReadonlyMap<number, Buffer>

/**
 * The way to the thread and back keeps this one busy, too. To open a KiB takes several times as
 * long with these codecs as with the others: so much more do they weigh. `npm run bench:codecs`
 * prints what each takes here and there.
 */
const slowCodecs: ReadonlySet<number> = new Set([1, 4])
const slowWeight = 8
/** Compressed bytes, weighed, that are worth the way: 16 KiB of gzip, 128 KiB of lz4. */
const weighedBytesMin = 128 * 1024

/** Most bytes that a piece opens to ahead; batches beyond it are opened one by one when read. */
const openedBytesMax = 16 * 1024 * 1024

const nothing: OpenedRecords = new Map()

/** One thread, which the first piece that is worth it starts. */
export class BatchOpener {
  readonly #threadFile: URL
  #thread: JobThread<DecompressionJob, DecompressionResult> | null = null
  #isBroken = false

  /** @param threadFile is what the thread runs, for tests of sources that Node cannot run. */
  constructor(threadFile: URL = fileBeside(import.meta.url, 'decompression-worker')) {
    this.#threadFile = threadFile
  }

  /** Whether {@link open} is worth it for these. */
  isWorth(records: readonly CompressedRecords[]): boolean {
    if (this.#isBroken) return false
    let weighed = 0
    for (const { from, to, codecId } of records) {
      assert(from <= to, 'records end behind their begin')
      weighed += (to - from) * (slowCodecs.has(codecId) ? slowWeight : 1)
    }
    return weighed >= weighedBytesMin
  }

  /**
   * What could be opened. A batch that is broken, or too large, is not in it, nor is anything where
   * there is no thread: who reads it opens it himself.
   */
  async open(piece: Buffer, records: readonly CompressedRecords[]): Promise<OpenedRecords> {
    assert(records.length > 0, 'there is something to open')
    this.#thread ??= new JobThread(this.#threadFile, 'odradek-decompression')
    try {
      const job = jobOf(piece, records)
      const { bytes, ends } = await this.#thread.run(job, [job.bytes.buffer])
      return resultOf(records, Buffer.from(bytes.buffer), ends)
    } catch {
      // The thread is of help only: without it batches are opened where they are read.
      this.#isBroken = true
      return nothing
    }
  }

  /** Ends the thread. */
  close(): void {
    this.#isBroken = true
    void this.#thread?.close()
  }
}

function jobOf(
  piece: Buffer,
  records: readonly CompressedRecords[],
): DecompressionJob & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const bytes = new Uint8Array(records.reduce((sum, { from, to }) => sum + to - from, 0))
  let end = 0
  const batches = records.map(({ from, to, codecId }) => {
    bytes.set(piece.subarray(from, to), end)
    end += to - from
    return { codecId, end }
  })
  assert(end === bytes.length, 'all of it was copied')
  return { bytes, batches, openedBytesMax }
}

function resultOf(
  records: readonly CompressedRecords[],
  bytes: Buffer,
  ends: readonly number[],
): OpenedRecords {
  assert(ends.length === records.length, 'each batch has an answer')
  const opened = new Map<number, Buffer>()
  let from = 0
  records.forEach(({ batchAt }, at) => {
    const end = ends[at] ?? -1
    if (end < 0) return
    opened.set(batchAt, bytes.subarray(from, end))
    from = end
  })
  return opened
}
