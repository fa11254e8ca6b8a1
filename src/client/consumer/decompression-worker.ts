/** The thread that opens compressed batches: all of a fetched piece as one job. */
import { assert } from '../../base/assert.ts'
import { loadCodec } from '../../compression/index.ts'
import { type Made, serveJobs } from '../job-thread.ts'

/** The compressed records of batches, one behind the other in `bytes`. */
export interface DecompressionJob {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly batches: readonly { readonly codecId: number; readonly end: number }[]
  /** No more than so many bytes are made of all of them. */
  readonly openedBytesMax: number
}

/** What was made, one behind the other. */
export interface DecompressionResult {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each batch ends; -1 for one that is broken or too large, and is left out. */
  readonly ends: readonly number[]
}

async function open(job: DecompressionJob): Promise<Made<DecompressionResult>> {
  const parts: Uint8Array[] = []
  const ends: number[] = []
  let [from, made] = [0, 0]
  for (const { codecId, end } of job.batches) {
    const opened = await openOne(codecId, job.bytes.subarray(from, end), job.openedBytesMax - made)
    from = end
    if (opened !== null) {
      made += opened.length
      parts.push(opened)
    }
    ends.push(opened === null ? -1 : made)
  }
  assert(made <= job.openedBytesMax, 'the bound holds for all together')
  const bytes = new Uint8Array(made)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { result: { bytes, ends }, moved: [bytes.buffer] }
}

/** Null: who reads the batch opens it himself, and learns what is wrong with it. */
async function openOne(
  codecId: number,
  bytes: Uint8Array,
  max: number,
): Promise<Uint8Array | null> {
  try {
    return (await loadCodec(codecId)).decompress(bytes, max)
  } catch {
    return null
  }
}

serveJobs(open)
