import { describe, expect, it } from 'vitest'
import { consumerFigures } from '../../../src/bench/compare/consumer-case.ts'
import { withShares } from '../../../src/bench/compare/generator-case.ts'
import { javaFigures } from '../../../src/bench/compare/java-case.ts'
import { sampleReport } from '../harness/sample-report.ts'

describe('withShares', () => {
  it('has the client by thread, by core and beside the broker', () => {
    // Half a second of CPU in one second, the broker a whole one for a thousand records.
    expect(withShares({ ...sampleReport(1_000), threads: 2 })).toMatchObject({
      clientCores: 0.5,
      clientBusy: 0.25,
      clientShare: 1 / 3,
      brokerCpuSecondsPerMillionRecords: 1_000,
    })
  })

  it('has nothing of a broker whose process is elsewhere', () => {
    const { brokerCpuSeconds: _, ...report } = sampleReport(1_000)
    const figures = withShares(report as ReturnType<typeof sampleReport>)
    expect(figures.clientBusy).toBe(0.5)
    expect(figures).not.toHaveProperty('clientShare')
    expect(figures).not.toHaveProperty('brokerCpuSecondsPerMillionRecords')
  })
})

describe('javaFigures', () => {
  const latencyUs = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 }
  const report = { seconds: 2, records: 4e6, clientCpuSeconds: 3, brokerCpuSeconds: 1, latencyUs }

  it('counts values alone', () => {
    expect(javaFigures(report, 100, true)).toMatchObject({
      recordsPerSecond: 2e6,
      mbPerSecond: 200,
      latencyUs,
      clientCores: 1.5,
      clientShare: 0.75,
      brokerCpuSecondsPerGb: 2.5,
      brokerCpuSecondsPerMillionRecords: 0.25,
    })
  })

  it('has nothing of a broker whose process is elsewhere', () => {
    expect(Object.keys(javaFigures(report, 100, false)).join()).not.toMatch(/broker|Share/)
  })
})

describe('consumerFigures', () => {
  const run = { recordsPerSecond: 1e6, records: 2e6, recordBytes: 1_000, seconds: 4 }

  it('has the rate behind the first third, and CPU times of the whole', () => {
    const figures = consumerFigures({ ...run, clientCpuSeconds: 6, brokerCpuSeconds: 2 })
    expect(figures).toEqual({
      recordsPerSecond: 1e6,
      mbPerSecond: 1_000,
      clientCores: 1.5,
      clientShare: 0.75,
      brokerCpuSecondsPerGb: 1,
      brokerCpuSecondsPerMillionRecords: 1,
    })
  })

  it('has nothing of a broker whose process is elsewhere', () => {
    const figures = consumerFigures({ ...run, clientCpuSeconds: 6, brokerCpuSeconds: undefined })
    expect(Object.keys(figures).join()).not.toMatch(/broker|Share/)
  })
})
