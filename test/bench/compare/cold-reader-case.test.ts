import { describe, expect, it } from 'vitest'
import { coldReaderFigures } from '../../../src/bench/compare/cold-reader-case.ts'
import { caseFigures } from '../../../src/bench/compare/figures.ts'
import { figureAt } from '../../../src/bench/harness/limits.ts'
import { sampleReport } from '../harness/sample-report.ts'

describe('coldReaderFigures', () => {
  const slower = { ...sampleReport(100).latencyUs, p99: 150 }
  const beside = { ...sampleReport(100), latencyUs: slower, behind: 7 }
  const besideScan = { ...sampleReport(100), latencyUs: { ...slower, p99: 120 } }
  const reader = sampleReport(1_000)
  const scan = sampleReport(2_000)
  const figures = coldReaderFigures(
    sampleReport(100),
    { producers: beside, reader },
    { producers: besideScan, reader: scan },
  )

  it('compares producers beside a reader with the same alone', () => {
    expect(sampleReport(100).latencyUs.p99).toBe(100)
    expect(figureAt(figures, 'timesAlone.p99')).toBe(1.5)
    expect(figureAt(figures, 'alone.latencyUs.p99')).toBe(100)
    expect(figures).toMatchObject({ latencyUs: slower, behind: 7, requestsPerSecond: 100 })
  })

  it('compares them with the same beside a scan', () => {
    expect(figureAt(figures, 'timesScan.p99')).toBe(1.25)
    expect(figureAt(figures, 'scan.latencyUs.p99')).toBe(120)
    expect(figureAt(figures, 'scan.mbPerSecond')).toBe(scan.mbPerSecond)
  })

  it('has the reader apart, and no CPU time, which both share', () => {
    expect(figureAt(figures, 'reader.mbPerSecond')).toBe(reader.mbPerSecond)
    expect(Object.keys(figures).join()).not.toMatch(/cpu/i)
    const shown = caseFigures.filter(({ name }) => figureAt(figures, name) !== undefined)
    for (const name of ['timesAlone.p99', 'reader.mbPerSecond', 'timesScan.p99']) {
      expect(shown.map((figure) => figure.name)).toContain(name)
    }
  })
})
