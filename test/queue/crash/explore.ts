/** All states that power cuts of a workload can leave, and those of the openings after them. */
import { judge } from './judge.ts'
import { type CrashPoint, statesOf } from './recorder.ts'
import { run, type Told, type Workload } from './workload.ts'

/** What an exploration has seen. */
export interface Explored {
  /** Distinct ones: what is on the disks, and what had been told. */
  readonly states: number
  /** Of these: those of cuts while a queue was opened after one. */
  readonly whileOpening: number
}

/** Rejects at the first state in which a promise is broken. */
export async function explore(workload: Workload): Promise<Explored> {
  const { points, faults } = await run(workload)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const seen = new Set<string>()
  let whileOpening = 0
  const later: { readonly point: CrashPoint<Told>; readonly how: string }[] = []
  const judgeAll = async (point: CrashPoint<Told>, how: string): Promise<void> => {
    for (const { disk, name } of statesOf(point)) {
      const key = `${how} ${name} ${point.nowMs} ${nameOf(point.told)}`
      if (seen.has(key)) continue
      seen.add(key)
      const where = `${how}cut before ${point.call}: ${name}`
      const life = how === '' ? 1 : 2
      const found = await judge(workload, disk, life, point)
      if (found.faults.length > 0) throw new Error([where, ...found.faults].join('\n  '))
      if (how !== '') whileOpening++
      else for (const next of found.points) later.push({ point: next, how: `${where}, then ` })
    }
  }
  for (const point of points) await judgeAll(point, '')
  for (const { point, how } of later) await judgeAll(point, how)
  return { states: seen.size, whileOpening }
}

/** All that was told, in a line. */
function nameOf({ puts, delayed, acking, acked, made }: Told): string {
  const sets = [...acking.values(), ...acked.values(), delayed, made].map((set) => [...set])
  return JSON.stringify([[...puts], sets])
}
