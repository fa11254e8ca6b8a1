import { describe, expect, it } from 'vitest'
import { withDiskShares } from '../../../bench/harness/disk-share.ts'
import { sampleReport, sampleRun } from './sample-report.ts'

describe('withDiskShares', () => {
  it("compares each case with the disk of the case's own turn", () => {
    const run = sampleRun('odradek', { disk: sampleReport(8_000), '1x6': sampleReport(6_000) })
    const { reports } = withDiskShares(run)
    expect(reports['1x6']?.shareOfDisk).toBe(0.75)
    expect(reports['disk']?.shareOfDisk).toBe(1)
    expect(reports['1x6']?.requestsPerSecond).toBe(6_000)
  })

  it('refuses a run that has not measured the disk', () => {
    const run = sampleRun('odradek', { '1x6': sampleReport(6_000) })
    expect(() => withDiskShares(run)).toThrow('no case disk')
  })
})
