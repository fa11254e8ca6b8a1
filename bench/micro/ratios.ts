import type { Limit, Measured } from '../../src/bench/harness/limits.ts'
import type { RoundFigures } from './rounds.ts'

/**
 * A limit on how many times as long as another case a case takes: its figure is `over.` and the
 * other case's name.
 */
export interface RatioLimit extends Limit {
  readonly case: string
  /** What the processor must have an instruction for, or the limit means nothing there. */
  readonly needs?: 'crc32c'
}

const over = 'over.'

/** Those of the limits that are ratios of two cases. */
export function ratioLimits(limits: readonly Limit[]): readonly RatioLimit[] {
  return limits.filter(
    (limit): limit is RatioLimit => limit.case !== null && limit.figure.startsWith(over),
  )
}

/** The two cases that a limit compares. */
export function comparedCases(limit: RatioLimit): readonly [string, string] {
  return [limit.case, limit.figure.slice(over.length)]
}

/**
 * What the budget judges: for each limit and round, how many times as long as the other case the
 * limit's case took in that round.
 *
 * @throws {Error} a limit names a case that was not measured
 */
export function ratiosByRound(
  figures: RoundFigures,
  limits: readonly RatioLimit[],
): readonly Measured[] {
  return limits.flatMap((limit) => {
    const [name, other] = comparedCases(limit)
    const floor = figuresOf(figures, other)
    return figuresOf(figures, name).map((ns, round) => {
      const ratio = ns / (floor[round] ?? Number.NaN)
      return { [name]: { over: { [other]: ratio } } }
    })
  })
}

function figuresOf(figures: RoundFigures, name: string): readonly number[] {
  const found = figures[name]
  if (found === undefined) throw new Error(`budget.json names ${name}, which is no case`)
  return found
}
