import { describe, expect, it } from 'vitest'
import { describeMachine, thisMachine } from '../../../src/bench/harness/machine.ts'

describe('thisMachine', () => {
  it('is described in one line', () => {
    const machine = thisMachine()
    expect(machine.cores).toBeGreaterThan(0)
    expect(machine.memoryGib).toBeGreaterThan(0)
    expect(machine.load).toBeGreaterThanOrEqual(0)
    const line = describeMachine({ ...machine, cpu: 'Some CPU', cores: 2, memoryGib: 24, load: 5 })
    expect(line).toMatch(/^Some CPU, 2 cores, 24 GiB, Linux \S+, Node v[\d.]+, load 5\.0 before$/)
  })
})
