import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  measureEnqueueing,
  measureIdle,
  measureSending,
} from '../../../../bench/client/peer/sending.ts'
import { cpuSecondsOf } from '../../../../bench/client/peer/span.ts'
import type { Task } from '../../../../bench/client/task.ts'

const task: Task = {
  case: 'sends',
  bootstrap: '',
  topic: '',
  brokerPid: process.pid,
  seconds: 0.3,
  records: 0,
}

describe('measureSending', () => {
  it('keeps so many calls going, and counts the records of those that ended', async () => {
    let open = 0
    let openMost = 0
    const call = async (): Promise<void> => {
      openMost = Math.max(openMost, ++open)
      await sleep(10)
      open--
    }
    const { recordsPerSecond } = await measureSending(task, 4, 1_000, call)
    expect(openMost).toBe(4)
    expect(open).toBe(0)
    // 4 calls each 10 ms or later, as timers are.
    expect(recordsPerSecond).toBeLessThan(410_000)
    expect(recordsPerSecond).toBeGreaterThan(40_000)
  })

  it('rejects with the first failure', async () => {
    let calls = 0
    const call = async (): Promise<void> => {
      await sleep(1)
      if (++calls === 5) throw new Error('refused')
    }
    await expect(measureSending(task, 1, 1, call)).rejects.toThrow('refused')
  })
})

describe('measureEnqueueing', () => {
  it('counts what had an outcome in the time that it took, without the warm-up', async () => {
    const ends: number[] = []
    const figures = await measureEnqueueing(task, async (endMs) => {
      ends.push(endMs - performance.now())
      await sleep(100)
      return 1_000
    })
    expect(ends).toHaveLength(2)
    expect(ends[0]).toBeLessThan(ends[1] ?? 0)
    expect(figures.recordsPerSecond).toBeLessThan(10_100)
    expect(figures.recordsPerSecond).toBeGreaterThan(1_000)
  })
})

describe('measureIdle', () => {
  it('times each send', async () => {
    const { latencyMs, recordsPerSecond } = await measureIdle(task, () => sleep(5))
    expect(latencyMs?.p50).toBeGreaterThan(3.9)
    expect(latencyMs?.p99).toBeGreaterThanOrEqual(latencyMs?.p50 ?? Number.NaN)
    expect(recordsPerSecond).toBeLessThan(260)
  })
})

describe('cpuSecondsOf', () => {
  it.skipIf(process.platform !== 'linux')('counts what a process used', () => {
    const before = cpuSecondsOf(process.pid)
    for (const end = performance.now() + 150; performance.now() < end; ) Math.random()
    const { user, system } = process.cpuUsage()
    const after = cpuSecondsOf(process.pid)
    expect(after).toBeGreaterThan(before)
    expect(Math.abs(after - (user + system) / 1e6)).toBeLessThan(0.1)
  })

  it('is NaN of a process that is not there', () => {
    expect(cpuSecondsOf(2 ** 31)).toBeNaN()
  })
})
