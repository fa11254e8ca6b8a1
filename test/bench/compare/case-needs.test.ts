import { describe, expect, it } from 'vitest'
import {
  continuedBy,
  slowerRates,
  withNeeded,
  withRate,
} from '../../../src/bench/compare/case-needs.ts'
import type {
  GeneratorLoad,
  RateShare,
  Workload,
  WorkloadCase,
} from '../../../src/bench/workloads/workload.ts'
import { sampleTurn } from './sample-results.ts'

const load: GeneratorLoad = {
  client: 'odradek-load',
  mode: 'end-to-end',
  partitions: 1,
  load: { acks: 1, rate: 7 },
}
const plain = (name: string): WorkloadCase => ({ name, load })
const shared = (name: string, rate: RateShare): WorkloadCase => ({ name, load: { ...load, rate } })

const half = { of: 'peak', share: 0.5 }
const own = shared('own', { ...half, whose: 'own' })
const slower = shared('slower', { ...half, whose: 'slower' })
const cases = [plain('peak'), own, plain('other'), slower]
const workload: Workload = {
  name: 'w',
  standsFor: 'a test',
  durability: 'page-cache',
  cases,
  targets: [],
  chart: 'requestsPerSecond',
}

describe('withNeeded', () => {
  it('keeps what was chosen, in its order, with what it takes rate or topic from', () => {
    const names = (chosen: readonly WorkloadCase[], all = cases) =>
      withNeeded(chosen, all).map(({ name }) => name)
    expect(names([own])).toEqual(['peak', 'own'])
    expect(names(cases.slice(2, 3))).toEqual(['other'])
    const next = { name: 'next', load: { ...load, continues: 'other' } }
    expect(names([next], [...cases, next])).toEqual(['other', 'next'])
    expect(continuedBy(next)).toBe('other')
  })
})

describe('withRate', () => {
  const done = { peak: { requestsPerSecond: 1_001 } }
  const rateIn = ({ load }: WorkloadCase) => (load as GeneratorLoad).load['rate']

  it("is a share of this broker's own figure, or of the slower one's", () => {
    expect(rateIn(withRate(own, done, new Map()))).toBe(501)
    expect(rateIn(withRate(slower, done, new Map([['peak', 300]])))).toBe(150)
    expect(rateIn(withRate(slower, done, new Map([['peak', 0.1]])))).toBe(1)
    expect(withRate(plain('peak'), done, new Map())).toEqual(plain('peak'))
  })

  it('refuses what was not measured', () => {
    const words = 'own is a share of peak, which was not measured'
    expect(() => withRate(own, {}, new Map([['peak', 300]]))).toThrow(words)
    expect(() => withRate(slower, done, new Map())).toThrow('slower is a share of peak')
  })
})

describe('slowerRates', () => {
  it('asks both sides for the cases that others share, and takes the lesser figure', async () => {
    const asked: string[] = []
    const rates = await slowerRates(workload, async (wanted) => {
      asked.push(...wanted.map(({ name }) => name))
      return [
        { ...sampleTurn('odradek', 0, 1), cases: { peak: { requestsPerSecond: 900 } } },
        { ...sampleTurn('kafka', 0, 1), cases: { peak: { requestsPerSecond: 400 } } },
      ]
    })
    expect(asked).toEqual(['peak'])
    expect(rates).toEqual(new Map([['peak', 400]]))
  })

  it('takes no turn where nothing is shared', async () => {
    const alone = { ...workload, cases: [plain('peak'), own] }
    const rates = await slowerRates(alone, async () => {
      throw new Error('a turn was taken')
    })
    expect(rates.size).toBe(0)
  })
})
