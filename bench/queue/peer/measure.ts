/** What the peers' programs share: the task that came, and how it is measured. */
import { text } from 'node:stream/consumers'
import type { Figures, Task } from '../task.ts'

/** The task on the standard input. */
export async function taskOf(): Promise<Task> {
  return JSON.parse(await text(process.stdin)) as Task
}

/** The folder of the package behind the program's name. */
export function packageFolder(): string {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) throw new Error('the folder of the package is missing')
  return folder
}

/** Tells the bench. */
export function answer(figures: Figures): void {
  console.log(JSON.stringify(figures))
}

/** How many a second `step` does, which says how many it did; after a third as warm-up. */
export async function rate(
  seconds: number,
  step: () => Promise<number> | number,
): Promise<Figures> {
  await repeat(seconds / 3, step)
  return { perSecond: await repeat(seconds, step) }
}

async function repeat(seconds: number, step: () => Promise<number> | number): Promise<number> {
  const begin = performance.now()
  let done = 0
  let spentMs = 0
  for (; spentMs < seconds * 1000; spentMs = performance.now() - begin) done += await step()
  return (done / spentMs) * 1000
}

/** The same for callers that each go on by themselves, as soon as their last call is done. */
export async function rateOfCallers(
  seconds: number,
  callers: number,
  call: () => Promise<unknown>,
): Promise<Figures> {
  const once = async (length: number): Promise<number> => {
    const begin = performance.now()
    const end = begin + length * 1000
    let done = 0
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        await call()
        done++
      }
    }
    await Promise.all(Array.from({ length: callers }, caller))
    return (done / (performance.now() - begin)) * 1000
  }
  await once(seconds / 3)
  return { perSecond: await once(seconds) }
}

/** The same for turns of which `fill` is not measured, and `work` does the number that it says. */
export async function rateOfTurns(
  seconds: number,
  fill: () => Promise<unknown> | unknown,
  work: () => Promise<number> | number,
): Promise<Figures> {
  const turns = async (length: number): Promise<number> => {
    let done = 0
    let spentMs = 0
    while (spentMs < length * 1000) {
      await fill()
      const begin = performance.now()
      done += await work()
      spentMs += performance.now() - begin
    }
    return (done / spentMs) * 1000
  }
  await turns(seconds / 3)
  return { perSecond: await turns(seconds) }
}

/** Latencies of `once`, one after the other, which says how many ms it took. */
export async function latencies(
  seconds: number,
  once: () => Promise<number> | number,
): Promise<Figures> {
  for (const end = performance.now() + seconds * 333; performance.now() < end; ) await once()
  const begin = performance.now()
  const found: number[] = []
  while (performance.now() - begin < seconds * 1000) found.push(await once())
  const perSecond = (found.length / (performance.now() - begin)) * 1000
  found.sort((a, b) => a - b)
  const at = (share: number): number =>
    1000 * (found[Math.floor(found.length * share)] ?? Number.NaN)
  return { perSecond, latencyUs: { p50: at(0.5), p99: at(0.99) } }
}
