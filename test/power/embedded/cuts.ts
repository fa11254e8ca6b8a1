// Cuts the power under logs and queues of a process; started by cutEmbeddedPower() in a mount
// namespace of its own:
//   unshare --mount node scripts/run-ts.mjs test/power/embedded/cuts.ts '{"fileSystem":"ext4",…}'
// The last line of its output is the report.
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MountedDisk } from '../../fixtures/mounted-disk.ts'
import {
  type CutReport,
  type EmbeddedCutOptions,
  forgetfulSync,
  noCuts,
  program,
} from '../power-cuts.ts'
import { Ledger } from './ledger.ts'
import { type Errand, Life } from './life.ts'
import type { End } from './log-ledger.ts'

/** Then everything is worked at to the end, and a new disk comes: a check reads all of one. */
const livesPerDisk = 12
/** The least that XFS takes. */
const diskMebibytes = 320
const loadMsMax = 200
/** An opening takes about as long. */
const earlyMsMax = 60
const faultsKept = 20

const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedCutOptions
const environment = {
  ...process.env,
  ...(options.forget === undefined
    ? {}
    : { LD_PRELOAD: forgetfulSync, ODRADEK_FORGET_SYNC: options.forget }),
}
const total = noCuts()

const folder = process.cwd()
execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0700', 'power', folder])
/** Started while the one before it works. */
let nextLife = new Life(folder, environment)
try {
  while (total.cuts < options.cuts) await useOneDisk()
} finally {
  await nextLife.kill()
  execFileSync('umount', ['-l', folder])
}
const report: CutReport = total
console.log(JSON.stringify(report))

/** Some lives on a new disk, until a fault. */
async function useOneDisk(): Promise<void> {
  const disk = MountedDisk.make(options.fileSystem, diskMebibytes, folder)
  if (disk === undefined) throw new Error(`no disk with ${options.fileSystem} could be made`)
  let how = ''
  let faults = 0
  const ledger = new Ledger((sentence, lost = 0) => {
    faults++
    total.lost += lost
    const before = how.slice(-120)
    if (total.faults.length < faultsKept) total.faults.push(`after …${before}: ${sentence}`)
  })
  let before: End = 'close'
  try {
    for (let lives = 0; lives < livesPerDisk && faults === 0; lives++) {
      const mode = lives === livesPerDisk - 1 ? 'drain' : randomInt(6) === 0 ? 'look' : 'load'
      const { end, was, isOpen } = await live(disk, ledger, mode, before)
      how += `${was}, `
      // What a cut took is not found before a process has told all that stands there.
      before = isOpen || end === 'cut' ? end : before
    }
    if (faults === 0) ledger.judgeDrained()
  } catch (error) {
    // What cannot be opened has nothing that can be had.
    total.lost += ledger.acknowledged
    total.faults.push(`after …${how.slice(-120)}: ${error}`)
    total.cuts++ // so that it comes to an end
  } finally {
    total.acknowledged += ledger.acknowledged
    disk.dispose()
  }
}

/** One process from its opening to its end, and the disk as that leaves it. */
async function live(
  disk: MountedDisk,
  ledger: Ledger,
  mode: Errand['mode'],
  before: End,
): Promise<{ readonly end: End; readonly was: string; readonly isOpen: boolean }> {
  const life = nextLife
  life.begin({ directory: join(disk.path, 'data'), mode, ...ledger.errand() })
  nextLife = new Life(folder, environment)
  let isOpen = false
  if (mode === 'drain') {
    if (!(await life.untilEnded())) life.hangs = 'while it works at what is left'
  } else if (randomInt(4) === 0) {
    await sleep(randomInt(earlyMsMax))
    isOpen = life.isOpen
  } else {
    if (!(await life.untilOpen())) life.hangs = 'while it opens'
    isOpen = true
    if (mode === 'load') await sleep(randomInt(10, loadMsMax))
  }
  await life.kill()
  const said = life.takeSaid()
  const isClean = mode === 'drain'
  const end = isClean ? 'close' : randomInt(8) === 0 ? 'kill' : 'cut'
  const doing = isOpen || isClean ? mode : 'opening'
  ledger.take(said, before, end)
  if (life.failure !== undefined) throw new Error(life.failure)
  if (isClean) total.cleanStops++
  if (end === 'kill') total.kills++
  if (end !== 'cut') return { end, was: `${doing} ${end}`, isOpen }
  const isWrittenBack = randomInt(2) === 0
  if (isWrittenBack) execFileSync(program, ['--write-back', disk.path])
  execFileSync(program, ['--shutdown', disk.path])
  await disk.remount()
  total.cuts++
  if (!isOpen) total.whileRecovering++
  return { end, was: `${doing} cut${isWrittenBack ? ' + write-back' : ''}`, isOpen }
}
