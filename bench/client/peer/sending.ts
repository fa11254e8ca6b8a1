import { setTimeout as sleep } from 'node:timers/promises'
import type { Figures, Task } from '../task.ts'
import { Span } from './span.ts'

/** Before the measured time, so much of it. */
const warmUpShare = 1 / 3

/**
 * Keeps `inFlight` calls going, each of `records` records, and counts those that ended well within
 * the measured time. Rejects with the first failure.
 */
export async function measureSending(
  task: Task,
  inFlight: number,
  records: number,
  call: () => Promise<unknown>,
): Promise<Figures> {
  let done = 0
  let isOver = false
  const loop = async (): Promise<void> => {
    while (!isOver) {
      await call()
      done += records
    }
  }
  const loops = Promise.all(Array.from({ length: inFlight }, loop))
  try {
    await Promise.race([loops, sleep(task.seconds * warmUpShare * 1_000)])
    const from = done
    const span = new Span(task.brokerPid)
    await Promise.race([loops, sleep(task.seconds * 1_000)])
    return span.end(done - from)
  } finally {
    isOver = true
    await loops
  }
}

/**
 * Measures what takes records without a promise for each. `enqueueUntil` hands records over until
 * `performance.now()` is there, waits for all outcomes and tells how many there were.
 */
export async function measureEnqueueing(
  task: Task,
  enqueueUntil: (endMs: number) => Promise<number>,
): Promise<Figures> {
  await enqueueUntil(performance.now() + task.seconds * warmUpShare * 1_000)
  const span = new Span(task.brokerPid)
  return span.end(await enqueueUntil(performance.now() + task.seconds * 1_000))
}

/** Times single sends, one after the other. */
export async function measureIdle(task: Task, send: () => Promise<unknown>): Promise<Figures> {
  for (let end = performance.now() + task.seconds * warmUpShare * 1_000; ; ) {
    await send()
    if (performance.now() > end) break
  }
  const times: number[] = []
  const span = new Span(task.brokerPid)
  for (const end = performance.now() + task.seconds * 1_000; ; ) {
    const start = performance.now()
    await send()
    const now = performance.now()
    times.push(now - start)
    if (now > end) break
  }
  const figures = span.end(times.length)
  times.sort((a, b) => a - b)
  const at = (part: number): number => times[Math.floor(times.length * part)] ?? Number.NaN
  return { ...figures, latencyMs: { p50: at(0.5), p99: at(0.99) } }
}
