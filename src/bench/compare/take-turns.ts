import { throwIfEnded } from '../harness/children.ts'
import type { Workload } from '../workloads/workload.ts'
import { slowerRates } from './case-needs.ts'
import type { Turn, WorkloadResults } from './results.ts'
import type { Side } from './side.ts'
import { type TurnOptions, takeTurn } from './turn.ts'

/** How often the sides of a comparison take turns, and how. */
export interface TakingTurns extends Pick<TurnOptions, 'secondsMax' | 'jars'> {
  readonly rounds: number
  /** Told of each turn that begins. */
  readonly report: (line: string) => void
}

/** Runs a workload on the sides in turn; before, where they share a rate, what it is a part of. */
export async function takeTurns(
  workload: Workload,
  sides: readonly Side[],
  { rounds, report, ...how }: TakingTurns,
): Promise<WorkloadResults> {
  const { name, standsFor, targets, chart } = workload
  const takeRound = async (options: Pick<TurnOptions, 'workload' | 'round' | 'slower'>) => {
    const turns: Turn[] = []
    for (const side of sides) {
      throwIfEnded()
      const what = options.round === 0 ? 'shared rate' : `round ${options.round} of ${rounds}`
      report(`${name}, ${what}: ${side.name}`)
      turns.push(await takeTurn(side, { ...how, ...options }))
    }
    return turns
  }
  const slower = await slowerRates(workload, (cases) =>
    takeRound({ workload: { ...workload, cases }, round: 0, slower: new Map() }),
  )
  const turns: Turn[] = []
  for (let round = 1; round <= rounds; round++) {
    turns.push(...(await takeRound({ workload, round, slower })))
  }
  return { name, standsFor, targets, chart, turns }
}
