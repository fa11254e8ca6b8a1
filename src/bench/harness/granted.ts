import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfEnded } from './children.ts'

const pauseMs = 2

/** Repeats a request every two milliseconds until it is answered without an error. */
export async function granted<T>(request: () => Promise<T>, patienceMs: number): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await request()
    } catch (error) {
      throwIfEnded()
      if (performance.now() > deadline) throw error
      await sleep(pauseMs)
    }
  }
}
