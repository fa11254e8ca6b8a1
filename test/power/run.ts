import { mkdirSync } from 'node:fs'
import { type CutReport, cutPower, fileSystems, forgotten, obstacle, print } from './power-cuts.ts'

/** Cuts of one process, so that figures come from time to time. */
const cutsAtOnce = 250

const [cuts = 5000] = process.argv.slice(2).map(Number)
const keep = '/tmp/odradek-power-evidence'

const reason = obstacle()
if (reason !== undefined) {
  console.log(`skipped: power cuts because ${reason}`)
} else {
  mkdirSync(keep, { recursive: true })
  await control()
  const reports = await Promise.all(fileSystems.map(cutLog))
  if (reports.flat().some((report) => report.lost > 0 || report.faults.length > 0)) {
    console.log(`what was found damaged is kept in ${keep}`)
    process.exitCode = 1
  }
}

/** Half of the cuts, on one file system. */
async function cutLog(fileSystem: (typeof fileSystems)[number]): Promise<CutReport[]> {
  const reports: CutReport[] = []
  for (let left = Math.ceil(cuts / fileSystems.length); left > 0; left -= cutsAtOnce) {
    const seed = Date.now() % 1_000_000_000
    const report = await cutPower({ fileSystem, cuts: Math.min(left, cutsAtOnce), seed, keep })
    print(`native log on ${fileSystem}, seed ${seed}`, report)
    reports.push(report)
  }
  return reports
}

async function control(): Promise<void> {
  for (const forget of forgotten) {
    const report = await cutPower({ fileSystem: 'ext4', cuts: 20, seed: 1, forget })
    print(`control on ext4, ${forget} forgotten`, { ...report, faults: [] })
    if (report.lost > 0) continue
    console.log('the control lost nothing: these cuts prove nothing')
    process.exitCode = 1
  }
}
