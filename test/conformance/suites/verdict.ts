import type { NameLists } from './name-lists.ts'
import type { Outcomes } from './suite.ts'

/** What a run says beside the lists. */
export interface Verdict {
  /** Names that passed before and did not pass, or did not run, now. */
  readonly broken: readonly string[]
  /** Names that passed and are not in the list yet. */
  readonly fresh: readonly string[]
  /** Names that Apache Kafka passes, that did not pass, and that nothing excuses. */
  readonly missing: readonly string[]
  /** Names that passed although they are excused: they leave that list. */
  readonly unneeded: readonly string[]
  /** How many of the names that Apache Kafka passes and that were judged are excused. */
  readonly excused: number
  /** How many of the names that Apache Kafka passes passed. */
  readonly met: number
  /** How many names Apache Kafka passes, among those that were judged. */
  readonly target: number
}

/**
 * Holds a run to the lists. In a whole one a name that did not run has not passed; of a part, only
 * names that ran are judged.
 */
export function judge(lists: NameLists, outcomes: Outcomes, isWhole: boolean): Verdict {
  const isJudged = (name: string): boolean => isWhole || outcomes.has(name)
  const hasPassed = (name: string): boolean => outcomes.get(name) === 'passed'
  const kafka = [...lists.kafka].filter(isJudged)
  const broken = [...lists.passed].filter((name) => isJudged(name) && !hasPassed(name))
  const open = kafka.filter((name) => !hasPassed(name))
  return {
    broken,
    fresh: [...outcomes.keys()].filter(
      (name) => hasPassed(name) && !lists.passed.has(name) && !lists.unstable.has(name),
    ),
    missing: open.filter((name) => !lists.excused.has(name) && !lists.passed.has(name)),
    unneeded: [...lists.excused.keys()].filter(hasPassed),
    excused: open.filter((name) => lists.excused.has(name)).length,
    met: kafka.length - open.length,
    target: kafka.length,
  }
}

/** The lists that a run of Apache Kafka is held to: what it passed before, and nothing excused. */
export function referenceLists({ kafka }: NameLists): NameLists {
  return { passed: kafka, excused: new Map(), kafka, unstable: new Map() }
}

/** True if nothing is worse than the lists say, and they excuse nothing that passes. */
export function isGood({ broken, unneeded }: Verdict): boolean {
  return broken.length === 0 && unneeded.length === 0
}

/** The verdict in lines for people; `outcomes` says how a broken name ended. */
export function describeVerdict(verdict: Verdict, outcomes: Outcomes): string {
  const ended = (name: string): string => outcomes.get(name) ?? 'did not run'
  const part = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title} (${names.length}):`, ...names.map((name) => `  ${name}`)]
  const { broken, missing, fresh, unneeded, met, target, excused } = verdict
  return [
    ...part('newly passed', fresh),
    ...part(
      'passed by Apache Kafka only',
      missing.map((name) => `${name}: ${ended(name)}`),
    ),
    ...part('excused, but passed', unneeded),
    ...part(
      'passed before',
      broken.map((name) => `${name}: ${ended(name)}`),
    ),
    `${met} of ${target} names that Apache Kafka passes, ${excused} more are excused`,
  ].join('\n')
}
