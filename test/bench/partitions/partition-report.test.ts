import { describe, expect, it } from 'vitest'
import { partitionRows } from '../../../bench/partitions/partition-report.ts'
import type { PartitionTurn } from '../../../src/bench/partitions/partition-turn.ts'

const figures = { residentBytes: 100 * 1024 ** 2, descriptors: 40, mappings: 200 }

function turnOf(createMs: number): PartitionTurn {
  return {
    createMs,
    fresh: figures,
    listMs: 2,
    produceEachMs: 3,
    loaded: figures,
    stopMs: 4,
    cleanStartMs: 5,
    restarted: figures,
    allStopMs: 6,
    fewStopMs: 7,
    fewStartMs: 8,
    killedStartMs: 9,
  }
}

describe('partitionRows', () => {
  it('gives a line of medians for each broker', () => {
    const ours = [10, 30, 20].map((ms) => ({ target: 'odradek', turn: turnOf(ms) }))
    const rows = partitionRows([...ours, { target: 'kafka', turn: turnOf(1) }])
    expect(rows.map(([first, second]) => [first, second])).toEqual([
      ['broker', 'create ms'],
      ['odradek', '20'],
      ['kafka', '1'],
    ])
    expect(rows[1]?.slice(2)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('shows memory in MiB', () => {
    const column = [['MiB', (turn: PartitionTurn) => turn.fresh.residentBytes / 1024 ** 2]] as const
    const rows = partitionRows([{ target: 'odradek', turn: turnOf(1) }], column)
    expect(rows[1]).toEqual(['odradek', '100'])
  })
})
