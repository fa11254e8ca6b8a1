/**
 * What is sent to the worker thread and what comes back. Plain data: it crosses by structured
 * clone.
 */
import type { OpenBatchVerdict } from '../../storage/data-plane.ts'
import { codecSet } from './codec-set.ts'
import { findTimestamp, type TimestampSearch } from './find-timestamp.ts'
import { codecsFor, judgeBatch, type OpenRules } from './judge-batch.ts'

/** One batch to open, to at most so many bytes. */
export type OpenJob = { readonly openedBytesMax: number } & (
  | {
      readonly kind: 'judge'
      readonly bytes: Uint8Array
      readonly rules: OpenRules
      readonly now: number
    }
  | {
      readonly kind: 'find'
      readonly bytes: Uint8Array
      readonly atLeast: number | 'largest'
      readonly from: number
    }
)

/** The answer to a job of the same kind. */
export type OpenAnswer =
  | { readonly kind: 'judge'; readonly verdict: OpenBatchVerdict }
  | { readonly kind: 'find'; readonly search: TimestampSearch }

/** Does the job on the calling thread. */
export async function runJob(job: OpenJob): Promise<OpenAnswer> {
  if (job.kind === 'judge') {
    const { targetCodec, targetLevel } = job.rules
    const target = { codec: targetCodec, level: targetLevel }
    const compression = await codecSet(codecsFor(job.bytes, job.rules), { ...job, target })
    return { kind: 'judge', verdict: judgeBatch(job.bytes, job.rules, job.now, compression) }
  }
  const compression = await codecSet(codecsFor(job.bytes, { targetCodec: 0 }), job)
  return { kind: 'find', search: findTimestamp(job.bytes, job.atLeast, job.from, compression) }
}
