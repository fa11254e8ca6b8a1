/** The thread that opens batches: one job after the other, each answered under its number. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { type OpenJob, runJob } from './job.ts'

assert(parentPort !== null, 'worker.ts runs in a worker thread')
const port = parentPort

port.on('message', ({ id, job }: { readonly id: number; readonly job: OpenJob }) => {
  runJob(job).then(
    (answer) => port.postMessage({ id, answer }),
    (error: unknown) => port.postMessage({ id, failure: String(error) }),
  )
})
