/**
 * What many partitions cost a broker: `npm run bench:partitions -- --help`. Method: README.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const folder = mkdtempSync(join(parent ?? tmpdir(), 'odradek-partitions-'))
try {
  for (let round = 1; round <= rounds; round++) {
    for (const target of targets) {
      const turn = await takePartitionTurn({ target, settings, parent: folder, partitions, topics })
      runs.push({ target: target.name, turn })
      console.error(`${target.name} ${round}/${rounds}: done`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
reportPartitions(options, runs)
