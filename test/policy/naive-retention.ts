/** The rules of retention in the slowest way: the first segment is judged until one may stay. */
import type { RetainedLog, RetainedSegment, RetentionSettings } from '../../src/policy/retention.ts'

/** The segments that stay. */
export function naiveRetention(
  log: RetainedLog,
  { deleted, retentionMs, retentionBytes }: RetentionSettings,
  nowMs: number,
): readonly RetainedSegment[] {
  let left = [...log.segments]
  const rules: ((first: RetainedSegment) => boolean)[] = [
    (first) => !first.active && first.nextOffset <= log.logStartOffset,
  ]
  if (deleted) {
    rules.push((first) => {
      let without = 0
      for (const { sizeBytes } of left) without += sizeBytes
      return without - first.sizeBytes >= retentionBytes
    })
    rules.push((first) => first.largestTimestamp + retentionMs < nowMs)
  }
  for (const isDue of rules) {
    for (;;) {
      const first = left[0]
      if (first === undefined || first.nextOffset > log.highWatermark) break
      if ((first.active && first.sizeBytes === 0) || !isDue(first)) break
      left = left.slice(1)
    }
  }
  return left
}
