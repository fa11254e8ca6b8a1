import { figureAt } from '../harness/limits.ts'
import { median } from '../harness/statistics.ts'
import type { Results, Turn, WorkloadResults } from './results.ts'

/** A ratio of fewer interleaved pairs says more of the minute than of the brokers. */
export const pairsMin = 3

/** How many times the other's figure ours is, over the pairs of turns of the same round. */
export interface Ratio {
  readonly pairs: number
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Why there is no ratio, in words that follow a colon. */
export interface Refusal {
  readonly refused: string
}

/** The sides of a comparison, ours first. */
export type Sides = Results['sides']

/** The figures of one turn: of a case, or null of the broker itself. */
export function figuresOf(turn: Turn, name: string | null): object | undefined {
  return name === null ? turn.broker : turn.cases[name]
}

/** A figure of all turns of one side, in the order of their rounds. */
export function valuesOf(
  { turns }: WorkloadResults,
  side: string,
  name: string | null,
  figure: string,
): readonly number[] {
  return turns
    .filter((turn) => turn.side === side)
    .flatMap((turn) => figureAt(figuresOf(turn, name), figure) ?? [])
}

/** The ratio of a figure of a case, or null of the broker itself; or why there is none. */
export function ratioOf(
  results: WorkloadResults,
  [ours, theirs]: Sides,
  name: string | null,
  figure: string,
): Ratio | Refusal {
  const difference = durabilityDifference(results)
  if (difference !== undefined) return { refused: difference }
  const ratios = results.turns.flatMap((own) => {
    if (own.side !== ours) return []
    const other = results.turns.find(({ side, round }) => side === theirs && round === own.round)
    const [x, y] = [own, other].map((turn) => turn && figureAt(figuresOf(turn, name), figure))
    return x === undefined || y === undefined || y === 0 ? [] : [x / y]
  })
  const pairs = ratios.length
  if (pairs < pairsMin) {
    const there = pairs === 1 ? '1 interleaved pair' : `${pairs} interleaved pairs`
    return { refused: `${there}, a ratio needs ${pairsMin}` }
  }
  return { pairs, median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

/** In what the brokers' own words about durability differ; undefined where they agree. */
export function durabilityDifference({ turns }: WorkloadResults): string | undefined {
  const all = new Set(turns.map(({ durability }) => describeDurability(durability)))
  return all.size <= 1 ? undefined : `durability differs: ${[...all].join(' and ')}`
}

/** Settings in one line, sorted by name. */
export function describeDurability(durability: Turn['durability']): string {
  const names = Object.keys(durability).sort()
  return names.map((name) => `${name}=${durability[name]}`).join(', ')
}
