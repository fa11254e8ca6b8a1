import { Bench } from 'tinybench'

/** Something whose cost is measured; it leaves behind what it found, or throws. */
export interface MicroCase {
  readonly name: string
  readonly call: () => unknown
}

/** Nanoseconds that one call took in each round, by case. */
export type RoundFigures = Readonly<Record<string, readonly number[]>>

/** A case's turn in one round, in ms. */
const turnMs = 4
/** So long at least is what is timed at once, so that reading the clock does not count. */
const timedMs = 0.1
/** Until the engine has compiled what a case runs, in ms. */
const warmUpMs = 60

/**
 * Runs each case once in each round: whatever changes the speed of the machine for a while changes
 * it for all of them alike. A round's figure is the median of its calls, so that what the scheduler
 * and the garbage collector take now and then is left out.
 */
export function measureInRounds(cases: readonly MicroCase[], rounds: number): RoundFigures {
  const bench = new Bench({ time: turnMs, iterations: 1, warmup: false, throws: true })
  const repeats = cases.map(({ name, call }) => {
    const times = timesAtOnce(call)
    const run = (): void => {
      for (let left = times; left > 0; left--) call()
    }
    bench.add(name, run, { async: false })
    return times
  })
  const figures: Record<string, number[]> = {}
  for (const { name } of cases) figures[name] = []
  for (let round = 0; round < rounds; round++) {
    bench.reset()
    for (const [at, { name, result }] of bench.runSync().entries()) {
      if (result.state !== 'completed') throw new Error(`${name} was not measured`)
      figures[name]?.push((result.latency.p50 * 1e6) / (repeats[at] ?? 1))
    }
  }
  return figures
}

/** Calls until the case is warm; how many calls are timed at once then. */
function timesAtOnce(call: () => unknown): number {
  const begin = performance.now()
  let times = 1
  for (let now = begin; ; ) {
    const before = now
    for (let left = times; left > 0; left--) call()
    now = performance.now()
    if (now - before < timedMs) times *= 2
    else if (now - begin > warmUpMs) return times
  }
}
