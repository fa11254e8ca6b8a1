import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 2

/** Repeats a request every two milliseconds until it is answered without an error. */
export async function granted<T>(request: () => Promise<T>, patienceMs: number): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await request()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(pauseMs)
    }
  }
}
