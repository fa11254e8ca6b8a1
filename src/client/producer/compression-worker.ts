/** The thread that compresses large batches: one job after the other. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { loadCodec } from '../../compression/index.ts'

/** Records to compress; `bytes` moves to the thread. */
export interface CompressionJob {
  readonly id: number
  readonly codecId: number
  readonly level: number | undefined
  readonly bytes: Uint8Array
}

/** The job's result, or why there is none. */
export interface CompressionAnswer {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly failure?: string
}

assert(parentPort !== null, 'compression-worker.ts runs in a worker thread')
const port = parentPort

async function run({ id, codecId, level, bytes }: CompressionJob): Promise<void> {
  try {
    const codec = await loadCodec(codecId)
    const compressed = new Uint8Array(codec.compress(bytes, level))
    port.postMessage({ id, bytes: compressed }, [compressed.buffer])
  } catch (error) {
    port.postMessage({ id, failure: error instanceof Error ? error.message : String(error) })
  }
}

port.on('message', (job: CompressionJob) => void run(job))
