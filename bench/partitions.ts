/**
 * What many partitions cost a broker: `npm run bench:partitions -- --help`. Method: README.md.
 */
import { takePartitionTurn } from '../src/bench/partitions/partition-turn.ts'
import { parseOptions } from './harness/options.ts'
import { type PartitionRun, reportPartitions } from './partitions/partition-report.ts'

const options = parseOptions({
  without: ['seconds', 'case', 'cold'],
  numbers: {
    partitions: { fallback: 10_000, help: 'in all' },
    topics: { fallback: 10, help: 'over which they are spread' },
  },
})
const { targets, rounds, parent, numbers, settings } = options
const { partitions = 0, topics = 0 } = numbers

const runs: PartitionRun[] = []
for (let round = 1; round <= rounds; round++) {
  for (const target of targets) {
    const turn = await takePartitionTurn({ target, settings, parent, partitions, topics })
    runs.push({ target: target.name, turn })
    console.error(`${target.name} ${round}/${rounds}: done`)
  }
}
reportPartitions(options, runs)
