import { figureAt } from '../harness/limits.ts'
import type { Workload, WorkloadCase } from '../workloads/workload.ts'
import type { Turn } from './results.ts'

const figure = 'requestsPerSecond'

/** The cases with those before them that they need: whose rate they share, whose topic they use. */
export function withNeeded(
  chosen: readonly WorkloadCase[],
  all: readonly WorkloadCase[],
): readonly WorkloadCase[] {
  const needed = new Set(chosen.flatMap((one) => [rateOf(one)?.of, continuedBy(one)]))
  return all.filter((one) => chosen.includes(one) || needed.has(one.name))
}

/**
 * What the slower side does of each case that others take a rate from for both: by a turn of each
 * side with only these cases. Both are then asked for the same, and it is a part of what both can.
 */
export async function slowerRates(
  workload: Workload,
  take: (cases: readonly WorkloadCase[]) => Promise<readonly Turn[]>,
): Promise<ReadonlyMap<string, number>> {
  const names = workload.cases.flatMap((one) => {
    const rate = rateOf(one)
    return rate?.whose === 'slower' ? rate.of : []
  })
  if (names.length === 0) return new Map()
  const turns = await take(workload.cases.filter(({ name }) => names.includes(name)))
  return new Map(
    names.map((name) => [name, Math.min(...turns.map((turn) => measured(turn.cases, name)))]),
  )
}

/**
 * The case with its rate as a number.
 * @throws {Error} if the case that it is a share of was not measured
 */
export function withRate(
  one: WorkloadCase,
  done: Turn['cases'],
  slower: ReadonlyMap<string, number>,
): WorkloadCase {
  const { load } = one
  if (load.client !== 'odradek-load' || load.rate === undefined) return one
  const { of: name, share, whose } = load.rate
  const full = whose === 'own' ? measured(done, name) : (slower.get(name) ?? Number.NaN)
  if (!(full > 0)) throw new Error(`${one.name} is a share of ${name}, which was not measured`)
  const rate = Math.max(1, Math.round(full * share))
  return { ...one, load: { ...load, load: { ...load.load, rate } } }
}

/** The case whose topic this one uses. */
export function continuedBy({ load }: WorkloadCase): string | undefined {
  return load.client === 'odradek-load' ? load.continues : undefined
}

function rateOf({ load }: WorkloadCase) {
  return load.client === 'odradek-load' ? load.rate : undefined
}

function measured(cases: Turn['cases'], name: string): number {
  return figureAt(cases[name], figure) ?? Number.NaN
}
