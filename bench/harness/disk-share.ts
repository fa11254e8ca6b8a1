import type { BenchRun } from './bench-run.ts'

/** Name of the case that writes and syncs without a broker. */
export const diskCase = 'disk'

/** The same run with each case's share of what the disk alone did in that turn. */
export function withDiskShares(run: BenchRun): BenchRun {
  const disk = run.reports[diskCase]
  if (disk === undefined) throw new Error(`a run has no case ${diskCase}`)
  const shares = Object.entries(run.reports).map(([name, report]) => {
    const shareOfDisk = report.requestsPerSecond / disk.requestsPerSecond
    return [name, { ...report, shareOfDisk }] as const
  })
  return { ...run, reports: Object.fromEntries(shares) }
}
