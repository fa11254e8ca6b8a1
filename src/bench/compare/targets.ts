import { judge } from '../harness/limits.ts'
import { short } from '../harness/statistics.ts'
import type { Target } from '../workloads/workload.ts'
import { ratioOf, type Sides } from './pairs.ts'
import type { WorkloadResults } from './results.ts'

/** Says of each target whether it is held, missed, or cannot be judged and why. */
export function judgeTargets(results: WorkloadResults, sides: Sides): readonly string[] {
  return results.targets.flatMap((target) =>
    isRatio(target) ? judgeRatio(results, sides, target) : judgeBound(results, sides, target),
  )
}

function isRatio({ timesAtLeast, timesAtMost }: Target): boolean {
  return timesAtLeast !== undefined || timesAtMost !== undefined
}

function judgeBound(results: WorkloadResults, [ours]: Sides, target: Target): readonly string[] {
  const own = results.turns.filter(({ side }) => side === ours)
  return judge(
    own.map((turn) => ({ '': turn.broker ?? {}, ...turn.cases })),
    [target],
  )
}

function judgeRatio(results: WorkloadResults, sides: Sides, target: Target): readonly string[] {
  const { case: name, figure, timesAtLeast, timesAtMost } = target
  const wasMeasured = results.turns.some((turn) => name === null || name in turn.cases)
  if (!wasMeasured) return []
  const what = [name, figure].filter((part) => part !== null).join(' ')
  const bound =
    timesAtMost === undefined
      ? `at least ${short(timesAtLeast ?? 0)}`
      : `at most ${short(timesAtMost)}`
  const ratio = ratioOf(results, sides, name, figure)
  if ('refused' in ratio) return [`not judged: ${what}, ${bound} times: ${ratio.refused}`]
  const held =
    ratio.median >= (timesAtLeast ?? Number.NEGATIVE_INFINITY) &&
    ratio.median <= (timesAtMost ?? Number.POSITIVE_INFINITY)
  return [
    `${held ? 'held' : 'MISSED'}: ${what} is ${short(ratio.median)} times ${sides[1]}'s, ${bound}`,
  ]
}
