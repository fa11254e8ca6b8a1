import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Pace } from './pace.ts'

/** What to send. */
export interface SendPlan {
  readonly records: number
  /** A second; below or at 0 as many as can be. */
  readonly throughput: number
  /** Records without an outcome at a time, at most. */
  readonly inFlight: number
  /** Ends the sending; what was sent is waited for. */
  readonly stop: AbortSignal
}

/**
 * Calls `send` for each record, as fast as the plan allows, and resolves when each has its outcome.
 * The first failure ends the sending and rejects when the others have theirs.
 *
 * @param took is told of each success how long it took, in ms.
 */
export async function sendPaced(
  plan: SendPlan,
  send: () => Promise<unknown>,
  took: (ms: number) => void = () => {},
): Promise<void> {
  const { records, inFlight, stop } = plan
  const pace = new Pace(plan.throughput)
  const beginMs = performance.now()
  let sent = 0
  let settled = 0
  let failure: { readonly error: unknown } | undefined
  let wake: (() => void) | undefined
  const settle = (): void => {
    settled++
    wake?.()
    wake = undefined
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    settle()
  }
  // As few promises as can be: a million records a second pass here.
  const sendOne = (): void => {
    const sentMs = performance.now()
    send().then(() => {
      took(performance.now() - sentMs)
      settle()
    }, fail)
  }
  const oneMore = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  while (sent < records && failure === undefined && !stop.aborted) {
    const due = Math.min(records, pace.due(performance.now() - beginMs), settled + inFlight)
    for (; sent < due; sent++) sendOne()
    if (sent === records) break
    if (sent - settled < inFlight) {
      const waitMs = pace.dueAtMs(sent) - (performance.now() - beginMs)
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: stop }).catch(() => {})
    } else {
      await oneMore()
      // Outcomes come by the batch: the others of it are on their way.
      await turn()
    }
  }
  while (settled < sent) await oneMore()
  if (failure !== undefined) throw failure.error
}
