import { setTimeout as sleep } from 'node:timers/promises'
import { ClientError } from '../client/index.ts'

/** What a broker answers while something of it is about to be ready. */
const passing: ReadonlySet<string> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'LEADER_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
])

const pauseMs = 100

/**
 * Calls `work` again while a broker says that it is not ready yet, for at most `forMs`; what else
 * goes wrong, a broker that isn't there among it, is told at once. `work` has to bear being
 * repeated.
 */
export async function patiently<T>(work: () => Promise<T>, forMs = 25_000): Promise<T> {
  const untilMs = performance.now() + forMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const mayPass = error instanceof ClientError && passing.has(error.code)
      if (!mayPass || performance.now() + pauseMs > untilMs) throw error
      await sleep(pauseMs)
    }
  }
}
