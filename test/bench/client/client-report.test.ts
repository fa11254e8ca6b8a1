import { describe, expect, it } from 'vitest'
import { idleRows, rows } from '../../../bench/client/client-report.ts'
import { rotated } from '../../../bench/client/client-turn.ts'
import type { Figures } from '../../../bench/client/task.ts'

const sends = { name: 'sends', title: 'sends of 1,000', consumes: false } as const

function figures(recordsPerSecond: number, p50 = 0): Figures {
  const cpus = { clientCpus: 0.5, brokerCpus: 0.25 }
  return { recordsPerSecond, ...cpus, latencyMs: { p50, p99: 2 * p50 } }
}

describe('rows', () => {
  it('ours comes first, and ratios are those of one round', () => {
    // The machine is half as fast in the second round: the ratios are the same.
    const turns = [
      { kafkajs: figures(100), odradek: figures(1_000) },
      { kafkajs: figures(50), odradek: figures(500) },
      { kafkajs: figures(200), odradek: figures(400) },
    ]
    const [head = [], ...lines] = rows(sends, turns)
    expect(head.slice(0, 3)).toEqual(['sends of 1,000', 'ours / it', 'records/s'])
    expect(lines).toEqual([
      ['odradek', '1', '500', '400 to 1,000', '0.500', '1,000', '0.250'],
      ['kafkajs', '10', '100', '50 to 200', '0.500', '5,000', '0.250'],
    ])
  })

  it('shows a dash for what is not known', () => {
    const java: Figures = {
      recordsPerSecond: 10,
      clientCpus: Number.NaN,
      brokerCpus: Number.NaN,
    }
    const [, line] = rows(sends, [JSON.parse(JSON.stringify({ java }))])
    expect(line).toEqual(['java', '-', '10', '10 to 10', '-', '-', '-'])
  })
})

describe('idleRows', () => {
  it('tells what each adds to the bare socket of its round', () => {
    const turns = [
      { odradek: figures(1, 3), 'bare-socket': figures(1, 1), kafkajs: figures(1, 9) },
      { odradek: figures(1, 6), 'bare-socket': figures(1, 3), kafkajs: figures(1, 12) },
      { odradek: figures(1, 4), 'bare-socket': figures(1, 2), kafkajs: figures(1, 8) },
    ]
    const [, ...lines] = idleRows(turns)
    expect(lines).toEqual([
      ['odradek', '1', '2', '4', '3 to 6', '8'],
      ['bare-socket', '0.500', '0', '2', '1 to 3', '4'],
      ['kafkajs', '2', '8', '9', '8 to 12', '18'],
    ])
  })
})

describe('rotated', () => {
  it('begins further on and leaves nobody out', () => {
    expect(rotated(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c'])
    expect(rotated(['a', 'b', 'c'], 2)).toEqual(['c', 'a', 'b'])
    expect(rotated(['a', 'b', 'c'], 4)).toEqual(['b', 'c', 'a'])
    expect(rotated([], 3)).toEqual([])
  })
})
