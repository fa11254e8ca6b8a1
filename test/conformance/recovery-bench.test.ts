import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildLoadGenerator } from '../../src/bench/harness/build-load-generator.ts'
import { flushEach, pageCache } from '../../src/bench/harness/flush-mode.ts'
import { batchBytes, batchesOf, planLoad } from '../../src/bench/recovery/load-plan.ts'
import { takeTurn } from '../../src/bench/recovery/recovery-turn.ts'
import { targetFromEnvironment } from './broker-target.ts'

const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')

/** A turn of the bench, small: it fails by itself if a start lacks a record. */
describe.skipIf(!hasCompiler)('bench/recovery', () => {
  const target = targetFromEnvironment()
  const plan = planLoad(15_000_000, 10)

  beforeAll(buildLoadGenerator)

  for (const [mode, settings] of Object.entries({ pageCache, flushEach })) {
    it(`loads, kills and starts by plan: ${mode}`, async () => {
      const turn = await takeTurn({ target, settings, parent: undefined, plan })
      expect(turn.loadedBytes).toBe(batchesOf(plan) * batchBytes)
      expect(turn.segments).toBe(12)
      for (const start of [turn, turn.clean]) {
        expect(start.answerMs).toBeGreaterThan(0)
        expect(start.produceMs).toBeGreaterThan(start.answerMs)
        expect(start.fetchMs).toBeGreaterThan(start.produceMs)
      }
      if (target.name === 'kafka') return
      // One more: the metadata log.
      expect(turn.recovery?.partitions).toBe(11)
      expect(turn.recovery?.recoveryMs).toBeLessThan(turn.produceMs)
    })
  }
})
