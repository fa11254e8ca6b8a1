import { chooseCases } from '../harness/choose-cases.ts'
import type { Load, Workload } from '../workloads/workload.ts'
import { withNeeded } from './case-needs.ts'

/** What of all workloads a run takes. */
export interface Choice {
  /** Names; none is all. */
  readonly workloads: readonly string[]
  /** Names of their cases; none is all. */
  readonly cases: readonly string[]
  /** Leaves out cases that are long. */
  readonly quick: boolean
}

/** A case that was asked for, and why it cannot be run. */
export interface LeftOut {
  /** The workload's name and the case's. */
  readonly what: string
  readonly why: string
}

/**
 * The workloads that were asked for, with those of their cases that were and what these need.
 * @throws {Error} which names there are, for one that is not among them
 */
export function wantedWorkloads(all: readonly Workload[], choice: Choice): readonly Workload[] {
  const whole = chooseCases(all, choice.workloads, 'workload')
  const cases = whole.flatMap((workload) => workload.cases)
  const taken = new Set(chooseCases(cases, choice.cases))
  return whole.flatMap((workload): Workload[] => {
    if (workload.cases.length === 0) return choice.cases.length === 0 ? [workload] : []
    const own = workload.cases.filter((one) => taken.has(one) && !(one.isLong && choice.quick))
    return own.length === 0 ? [] : [{ ...workload, cases: withNeeded(own, workload.cases) }]
  })
}

/** The same without the cases to which there is an obstacle, and these. */
export function runnableWorkloads(
  wanted: readonly Workload[],
  obstacleTo: (load: Load, workload: Workload) => string | undefined,
): { readonly workloads: readonly Workload[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = []
  const workloads = wanted.flatMap((workload): Workload[] => {
    const cases = workload.cases.filter(({ name, load }) => {
      const why = obstacleTo(load, workload)
      if (why !== undefined) leftOut.push({ what: `${workload.name} ${name}`, why })
      return why === undefined
    })
    return cases.length === 0 && workload.cases.length > 0 ? [] : [{ ...workload, cases }]
  })
  return { workloads, leftOut }
}
