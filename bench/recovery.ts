/**
 * How soon a broker answers after SIGKILL: `npm run bench:recovery -- --help`. Method: README.md.
 */

import { buildLoadGenerator } from '../src/bench/harness/build-load-generator.ts'
import { chooseCases } from '../src/bench/harness/choose-cases.ts'
import { flushEach, pageCache } from '../src/bench/harness/flush-mode.ts'
import { planLoad } from '../src/bench/recovery/load-plan.ts'
import { takeTurn } from '../src/bench/recovery/recovery-turn.ts'
import { parseOptions } from './harness/options.ts'
import { type RecoveryRun, reportRecovery } from './recovery/recovery-report.ts'

const modes = [
  { name: 'page-cache', flush: pageCache },
  { name: 'flush-each', flush: flushEach },
]

const options = parseOptions({
  without: ['seconds', 'cold', 'durable'],
  numbers: {
    gib: { fallback: 10, help: 'GiB of batches to load before each SIGKILL' },
    partitions: { fallback: 1000, help: 'over which they are spread' },
  },
})
const { targets, rounds, parent, numbers } = options
const plan = planLoad((numbers['gib'] ?? 0) * 1024 ** 3, numbers['partitions'] ?? 0)
const chosen = chooseCases(modes, options.cases)

await buildLoadGenerator()
const runs: RecoveryRun[] = []
for (let round = 1; round <= rounds; round++) {
  for (const target of targets) {
    for (const { name, flush } of chosen) {
      const settings = { ...flush, ...options.settings }
      runs.push({
        target: target.name,
        name,
        turn: await takeTurn({ target, settings, parent, plan }),
      })
      console.error(`${target.name} ${round}/${rounds} ${name}: done`)
    }
  }
}
reportRecovery(options, runs)
