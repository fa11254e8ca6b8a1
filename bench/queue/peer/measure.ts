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

/** Does something once and says how many ms of it count. */
type Step = () => Promise<number> | number

type MeasuredLatency = Required<Pick<Figures, 'perSecond' | 'latencyUs'>>

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
export async function latencies(seconds: number, once: Step): Promise<MeasuredLatency> {
  const figures = await latenciesInTurn(seconds, { once })
  return figures.once
}

/** The same of several, in turn: what the machine does to one of them it does to all. */
export async function latenciesInTurn<Name extends string>(
  seconds: number,
  steps: Readonly<Record<Name, Step>>,
): Promise<Record<Name, MeasuredLatency>> {
  const named = Object.entries<Step>(steps).map(([name, step]) => ({
    ...{ name, step, spentMs: 0 },
    latencies: [] as number[],
  }))
  for (const end = performance.now() + seconds * 333; performance.now() < end; ) {
    for (const { step } of named) await step()
  }
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    for (const one of named) {
      const begin = performance.now()
      one.latencies.push(await one.step())
      one.spentMs += performance.now() - begin
    }
  }
  const figures = named.map(({ name, latencies, spentMs }) => {
    latencies.sort((a, b) => a - b)
    const at = (share: number): number =>
      1000 * (latencies[Math.floor(latencies.length * share)] ?? Number.NaN)
    const perSecond = (latencies.length / spentMs) * 1000
    return [name, { perSecond, latencyUs: { p50: at(0.5), p99: at(0.99) } }] as const
  })
  return Object.fromEntries(figures) as Record<Name, MeasuredLatency>
}
