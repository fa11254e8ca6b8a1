import type { Timers } from '../../base/clock.ts'
import type { PartitionLog } from '../../storage/log-store.ts'

/** The longest that an answer waits for the disk, in ms; then it tells of what is committed. */
export const flushWaitMsMax = 1000

/**
 * Waits until all that was appended before the call can be read. With acks=1 and 0 a producer goes
 * on before the flush, and in Kafka finds its records at once. Resolves after
 * {@link flushWaitMsMax} all the same; rejects when the log goes offline meanwhile.
 */
export async function untilReadable(log: PartitionLog, timers: Timers): Promise<void> {
  const end = log.logEndOffset()
  if (log.highWatermark() >= end) return
  const flush = log.committed(end)
  let timer: unknown
  const late = new Promise<void>((resolve) => {
    timer = timers.setTimeout(resolve, flushWaitMsMax)
  })
  try {
    await Promise.race([flush, late])
  } finally {
    timers.clear(timer)
  }
}
