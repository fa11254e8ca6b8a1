/** The thread that compresses large batches: one job after the other. */
import { loadCodec } from '../../compression/index.ts'
import { serveJobs } from '../job-thread.ts'

/** Records to compress; `bytes` moves to the thread. */
export interface CompressionJob {
  readonly codecId: number
  readonly level: number | undefined
  readonly bytes: Uint8Array
}

/** The compressed records. */
export interface CompressionResult {
  readonly bytes: Uint8Array
}

serveJobs<CompressionJob, CompressionResult>(async ({ codecId, level, bytes }) => {
  const codec = await loadCodec(codecId)
  const compressed = new Uint8Array(codec.compress(bytes, level))
  return { result: { bytes: compressed }, moved: [compressed.buffer] }
})
