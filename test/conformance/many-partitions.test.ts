import { expect, it } from 'vitest'
import { pageCache } from '../../src/bench/harness/flush-mode.ts'
import { takePartitionTurn } from '../../src/bench/partitions/partition-turn.ts'
import { targetFromEnvironment } from './broker-target.ts'

/** How many partitions; 20,000 for the whole run. */
const partitions = Number(process.env['CONFORMANCE_PARTITIONS'] ?? '2000')

/**
 * The turn of the bench: creates, lists, produces to all and to a few, stops, starts, kills. It
 * fails by itself if a partition or an acknowledged record is missing after any start.
 */
it(`a broker with ${partitions} partitions loses none of them`, async () => {
  const target = targetFromEnvironment()
  const plan = { target, settings: pageCache, parent: undefined, topics: 10, partitions }
  const turn = await takePartitionTurn(plan)
  expect(turn.createMs).toBeGreaterThan(0)
  if (target.name === 'kafka') return
  // Neither is one of each per partition.
  expect(turn.fresh.descriptors).toBeLessThan(200)
  expect(turn.loaded.descriptors).toBeLessThan(1500)
  expect(turn.restarted.descriptors).toBeLessThan(1500)
  expect(turn.loaded.mappings - turn.fresh.mappings).toBeLessThan(500)
})
