import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchRun } from './bench-run.ts'
import { median, short } from './statistics.ts'

/** A limit on one figure's median; see budget.json. */
interface Limit {
  /** A case of a bench, or null for a figure of the whole run. */
  readonly case: string | null
  readonly figure: string
  readonly atMost: number
}

const folder = join(import.meta.dirname, '..')

/** Says of each limit that these runs of our broker speak of whether it is held. */
export function judge(runs: readonly BenchRun[]): readonly string[] {
  const ours = runs.filter((run) => run.target === 'odradek')
  const limits = JSON.parse(readFileSync(join(folder, 'budget.json'), 'utf8')) as readonly Limit[]
  const sentences: string[] = []
  for (const limit of limits) {
    const values = ours.flatMap((run) => figureOf(run, limit) ?? [])
    if (values.length === 0) continue
    const value = median(values)
    const verdict = value <= limit.atMost ? 'held' : 'MISSED'
    const name = [limit.case, limit.figure].filter((part) => part !== null).join(' ')
    sentences.push(`${verdict}: ${name} is ${short(value)}, at most ${short(limit.atMost)}`)
  }
  return sentences
}

function figureOf(run: BenchRun, limit: Limit): number | undefined {
  const from: object | undefined = limit.case === null ? run : run.reports[limit.case]
  const value = from === undefined ? undefined : Reflect.get(from, limit.figure)
  return typeof value === 'number' ? value : undefined
}
