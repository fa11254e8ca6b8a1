import { median, short } from './statistics.ts'

/** A limit on one figure's median. */
export interface Limit {
  /** A case of a bench, or null for a figure of the whole run. */
  readonly case: string | null
  /** A figure's name in the case's report, with a dot where it lies deeper. */
  readonly figure: string
  readonly atMost?: number
  readonly atLeast?: number
}

/** What one run of our broker measured: its own figures under '', and those of each case. */
export type Measured = Readonly<Record<string, object>>

/** Says of each limit that these runs speak of whether it is held. */
export function judge(runs: readonly Measured[], limits: readonly Limit[]): readonly string[] {
  const sentences: string[] = []
  for (const limit of limits) {
    const values = runs.flatMap((run) => figureAt(run[limit.case ?? ''], limit.figure) ?? [])
    if (values.length === 0) continue
    const value = median(values)
    const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = limit
    const verdict = value <= atMost && value >= atLeast ? 'held' : 'MISSED'
    const name = [limit.case, limit.figure].filter((part) => part !== null).join(' ')
    const bound =
      limit.atMost === undefined ? `at least ${short(atLeast)}` : `at most ${short(atMost)}`
    sentences.push(`${verdict}: ${name} is ${short(value)}, ${bound}`)
  }
  return sentences
}

/** The number of that name, with a dot where it lies deeper; undefined if there is none. */
export function figureAt(measured: object | undefined, figure: string): number | undefined {
  let value: unknown = measured
  for (const name of figure.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }
  return typeof value === 'number' ? value : undefined
}
