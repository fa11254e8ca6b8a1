import { describe, expect, it } from 'vitest'
import { type RecoveryRun, recoveryRows } from '../../../bench/recovery/recovery-report.ts'
import type { RecoveryTurn } from '../../../src/bench/recovery/recovery-turn.ts'

function turn(produceMs: number): RecoveryTurn {
  const first = { answerMs: 1, produceMs, fetchMs: produceMs + 1 }
  const load = { loadedBytes: 2e9, loadSeconds: 3, segments: 120 }
  return { ...first, ...load, recovery: undefined, stopMs: 5, clean: first }
}

describe('recoveryRows', () => {
  const runs: readonly RecoveryRun[] = [
    { target: 'odradek', name: 'page-cache', turn: turn(100) },
    { target: 'odradek', name: 'flush-each', turn: turn(10) },
    { target: 'kafka', name: 'page-cache', turn: turn(900) },
    { target: 'odradek', name: 'page-cache', turn: turn(300) },
    { target: 'odradek', name: 'page-cache', turn: turn(101) },
  ]

  it('has the medians of each mode of each broker', () => {
    expect(recoveryRows(runs, [['produce ms', (t) => t.produceMs]])).toEqual([
      ['mode', 'broker', 'produce ms'],
      ['page-cache', 'odradek', '101'],
      ['flush-each', 'odradek', '10'],
      ['page-cache', 'kafka', '900'],
    ])
  })

  it('has dashes for a broker that says nothing of its recovery', () => {
    const [titles = [], first = []] = recoveryRows(runs)
    expect(first[titles.indexOf('GB')]).toBe('2')
    expect(first[titles.indexOf('read MB')]).toBe('-')
  })
})
