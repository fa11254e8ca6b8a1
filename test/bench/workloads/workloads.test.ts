import { describe, expect, it } from 'vitest'
import { figureNamed } from '../../../src/bench/compare/figures.ts'
import { workloads } from '../../../src/bench/workloads/index.ts'

describe('the workloads', () => {
  it('have names of their own, which can name files', () => {
    const names = workloads.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/)
  })

  it.each(workloads.map((workload) => [workload.name, workload] as const))(
    '%s aims at figures of its own cases',
    (_, { cases, targets, chart }) => {
      const names = cases.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      // On a command line commas stand between names.
      for (const name of names) expect(name).not.toContain(',')
      expect(figureNamed(chart).compared).toBe(true)
      for (const target of targets) {
        if (target.case !== null) expect(names).toContain(target.case)
        figureNamed(target.figure)
        const { atMost, atLeast, timesAtMost, timesAtLeast } = target
        const bounds = [atMost, atLeast, timesAtMost, timesAtLeast]
        expect(bounds.filter((bound) => bound !== undefined)).toHaveLength(1)
      }
    },
  )

  it.each(workloads.map((workload) => [workload.name, workload.cases] as const))(
    '%s needs of a case only what a case before it gives',
    (_, cases) => {
      for (const [i, { load }] of cases.entries()) {
        if (load.client !== 'odradek-load') continue
        const before = cases.slice(0, i)
        for (const needed of [load.rate?.of, load.continues]) {
          if (needed !== undefined) expect(before.map(({ name }) => name)).toContain(needed)
        }
        if (load.rate === undefined) continue
        // A share of a fixed rate would be a share of nothing that was measured.
        const source = before.find(({ name }) => name === load.rate?.of)
        expect(source).not.toHaveProperty('load.rate')
        expect(source).not.toHaveProperty('load.load.rate')
        expect(load.load).not.toHaveProperty('rate')
      }
    },
  )

  it('ask for a flush before the answer only with acks=all', () => {
    const flushed = workloads.filter(({ durability }) => durability === 'flush-each')
    expect(flushed.length).toBeGreaterThan(0)
    for (const { load } of flushed.flatMap(({ cases }) => cases)) {
      expect(load).toMatchObject({ load: { acks: -1 } })
    }
  })
})
