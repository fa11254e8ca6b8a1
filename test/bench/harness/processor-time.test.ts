import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  endedChildrenSeconds,
  machineSeconds,
  othersCores,
  processSeconds,
  spending,
  stolenSeconds,
  withStolenShare,
} from '../../../src/bench/harness/processor-time.ts'

/** Keeps one core at work. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe.skipIf(process.platform !== 'linux')('processor time', () => {
  it('of a process is what it worked, and the machine worked at least as much', () => {
    const [own, machine] = [processSeconds(process.pid), machineSeconds()]
    const begun = process.cpuUsage()
    work(300)
    const { user, system } = process.cpuUsage(begun)
    const worked = (user + system) / 1e6
    expect(Math.abs(processSeconds(process.pid) - own - worked)).toBeLessThan(0.1)
    expect(machineSeconds() - machine).toBeGreaterThan(worked - 0.1)
  })

  it('of ended children counts what a child did', () => {
    const before = endedChildrenSeconds()
    const script = 'const until = Date.now() + 300; while (Date.now() < until);'
    spawnSync(process.execPath, ['-e', script])
    expect(endedChildrenSeconds() - before).toBeGreaterThan(0.05)
  })

  it('of work is what its processes and the broker took', async () => {
    const script = 'const until = Date.now() + 300; while (Date.now() < until);'
    const spent = await spending(process.pid, async () => {
      work(100)
      return spawnSync(process.execPath, ['-e', script]).status
    })
    expect(spent.result).toBe(0)
    expect(spent.seconds).toBeGreaterThan(0.4)
    expect(spent.clientCpuSeconds).toBeGreaterThan(0.05)
    expect(spent.brokerCpuSeconds).toBeGreaterThan(0.02)
    expect(spent.brokerCpuSeconds).toBeLessThan(spent.seconds)
    expect((await spending(undefined, async () => {})).brokerCpuSeconds).toBe(undefined)
  })

  it('of which the host gave some to others', async () => {
    const stat = 'cpu  1 2 3 4 5 6 7 250 9 10\ncpu0 1 2 3 4 5 6 7 100 9 10\n'
    expect(stolenSeconds(stat)).toBe(2.5)
    const measured = await withStolenShare(async () => ({ records: 7 }))
    expect(measured).toMatchObject({ records: 7 })
    expect(measured.stolenShare).toBeGreaterThanOrEqual(0)
    expect(measured.stolenShare).toBeLessThan(1)
  })

  it('of others leaves out the one that is named', async () => {
    let worked = 0
    let machine = 0
    const busy = async () => {
      const begun = [processSeconds(process.pid), machineSeconds()] as const
      work(500)
      worked = processSeconds(process.pid) - begun[0]
      machine = machineSeconds() - begun[1]
    }
    expect(await othersCores(undefined, busy)).toBeCloseTo(machine / 0.5, 0)
    const others = await othersCores(process.pid, busy)
    expect(others).toBeCloseTo(Math.max(0, (machine - worked) / 0.5), 0)
  })
})
