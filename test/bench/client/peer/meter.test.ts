import { describe, expect, it } from 'vitest'
import { Meter } from '../../../../bench/client/peer/meter.ts'
import { type Task, valueBytes } from '../../../../bench/client/task.ts'

function task(seconds: number, records: number): Task {
  const address = { bootstrap: '', topic: '', brokerPid: process.pid }
  return { case: 'one-by-one', ...address, seconds, records }
}

/** Hands records over one by one; how many the meter wanted. */
function takeOneByOne(meter: Meter, records: number): number {
  for (let count = 1; count <= records; count++) if (meter.take(1, valueBytes)) return count
  return Number.POSITIVE_INFINITY
}

describe('Meter', () => {
  it('measures from a third of the records to the last, where time is left', async () => {
    const meter = new Meter(task(60, 9_000))
    const startMs = performance.now()
    expect(takeOneByOne(meter, 9_000)).toBe(9_000)
    const seconds = (performance.now() - startMs) / 1_000
    const { recordsPerSecond, brokerCpus } = await meter.figures
    // The warm-up ends with the first look behind 3,000.
    expect(recordsPerSecond).toBeGreaterThan((9_000 - 3_000 - 1_024) / seconds)
    expect(brokerCpus).toBeGreaterThanOrEqual(0)
  })

  it('wants no more when its time is over', async () => {
    const meter = new Meter(task(0.05, 1_000_000_000))
    const startMs = performance.now()
    expect(takeOneByOne(meter, 1_000_000_000)).toBeLessThan(1_000_000_000)
    expect(performance.now() - startMs).toBeGreaterThan(60)
    expect((await meter.figures).recordsPerSecond).toBeGreaterThan(0)
  })

  it('takes batches of any size', async () => {
    const meter = new Meter(task(60, 10_000))
    const wanted = [4_000, 1_000, 5_000].map((count) => meter.take(count, count * valueBytes))
    expect(wanted).toEqual([false, false, true])
    expect((await meter.figures).recordsPerSecond).toBeGreaterThan(0)
  })

  it('refuses records that are not those that were put in', () => {
    expect(() => new Meter(task(1, 10)).take(1, valueBytes - 1)).toThrow('99 bytes in 1 records')
    expect(() => new Meter(task(1, 10)).take(11, 11 * valueBytes)).toThrow('there are 10')
  })
})
