import { describe, expect, it } from 'vitest'
import { runnableWorkloads, wantedWorkloads } from '../../../src/bench/compare/choose-workloads.ts'
import type { GeneratorLoad, Load, Workload } from '../../../src/bench/workloads/workload.ts'

const load: GeneratorLoad = { client: 'odradek-load', mode: 'produce', partitions: 1, load: {} }
const java: Load = {
  client: 'java-producers',
  ...{ partitions: 1, producers: 1, recordBytes: 100, acks: 1, lingerMs: 0 },
}

function workload(name: string, cases: Workload['cases']): Workload {
  return { name, standsFor: 'a test', durability: 'page-cache', cases, targets: [], chart: 'x' }
}

const all = [
  workload('fast', [{ name: 'one', load }]),
  workload('both', [
    { name: 'short', load },
    { name: 'long', load: java, isLong: true },
  ]),
  workload('start', []),
]
const everything = { workloads: [], cases: [], quick: false }
const named = (some: readonly Workload[]) =>
  some.map(({ name, cases }) => [name, ...cases.map((each) => each.name)])

describe('wantedWorkloads', () => {
  it('takes all, or those that are named', () => {
    const some = wantedWorkloads(all, { ...everything, workloads: ['start', 'fast'] })
    expect(wantedWorkloads(all, everything)).toEqual(all)
    expect(named(some)).toEqual([['fast', 'one'], ['start']])
  })

  it('takes the named cases alone, and none that are long where it is to be quick', () => {
    const cases = ['long', 'one']
    const some = wantedWorkloads(all, { ...everything, cases })
    expect(named(some)).toEqual([
      ['fast', 'one'],
      ['both', 'long'],
    ])
    const quick = wantedWorkloads(all, { ...everything, quick: true })
    expect(named(quick)).toEqual([['fast', 'one'], ['both', 'short'], ['start']])
    expect(named(wantedWorkloads(all, { ...everything, cases, quick: true }))).toEqual([
      ['fast', 'one'],
    ])
  })

  it('takes with a case the one whose rate it shares', () => {
    const rate = { of: 'peak', share: 0.1, whose: 'own' } as const
    const cases = [
      { name: 'peak', load },
      { name: 'other', load },
      { name: 'tenth', load: { ...load, rate } },
    ]
    const some = wantedWorkloads([workload('rates', cases)], { ...everything, cases: ['tenth'] })
    expect(named(some)).toEqual([['rates', 'peak', 'tenth']])
  })

  it('says which names there are', () => {
    const unknown = { ...everything, workloads: ['slow'] }
    const why = 'no workload is slow: they are fast, both, start'
    expect(() => wantedWorkloads(all, unknown)).toThrow(why)
    const within = { ...everything, workloads: ['both'], cases: ['one'] }
    expect(() => wantedWorkloads(all, within)).toThrow('no case is one: they are short, long')
  })
})

describe('runnableWorkloads', () => {
  it('leaves out cases to which there is an obstacle, and says why', () => {
    const { workloads, leftOut } = runnableWorkloads(all, ({ client }) =>
      client === 'java-producers' ? 'no Java' : undefined,
    )
    expect(named(workloads)).toEqual([['fast', 'one'], ['both', 'short'], ['start']])
    expect(leftOut).toEqual([{ what: 'both long', why: 'no Java' }])
  })

  it('leaves out a workload whose cases all are, but none that has no cases', () => {
    const { workloads, leftOut } = runnableWorkloads(all, () => 'nothing runs')
    expect(named(workloads)).toEqual([['start']])
    expect(leftOut).toHaveLength(3)
  })
})
