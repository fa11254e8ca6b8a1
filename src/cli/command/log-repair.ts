import { type DirectoryRepair, type DirectoryReport, repairDirectory } from '../../storage/index.ts'
import { bytesInWords, counted, findingInWords } from '../check-words.ts'
import { exitCode } from '../exit-codes.ts'
import { failureLine, type Terminal } from '../terminal.ts'
import { lookAt } from './log-verify.ts'

/** Options of `log repair`. */
export interface LogRepairOptions {
  readonly yes?: boolean
  readonly discard?: boolean
}

/** Says what a repair of a directory would cut, and with `yes` does it. */
export async function logRepair(
  directory: string,
  options: LogRepairOptions,
  terminal: Terminal,
): Promise<number> {
  const report = await lookAt(directory, terminal)
  if (report === undefined) return exitCode.unusable
  if (report.faults === 0) {
    terminal.out(`Nothing in ${directory} is damaged: there is nothing to repair.`)
    return exitCode.success
  }
  printPlan(report, terminal)
  if (options.yes !== true) {
    terminal.out('Nothing was changed. Add --yes to do it.')
    return exitCode.failure
  }
  let done: DirectoryRepair
  try {
    done = await repairDirectory(report, options.discard !== true)
  } catch (error) {
    terminal.err(failureLine(`Cannot repair: ${(error as Error).message}`, terminal))
    return exitCode.failure
  }
  printDone(done, terminal)
  return again(directory, terminal)
}

function printPlan(report: DirectoryReport, terminal: Terminal): void {
  for (const { folder, faults, findings, cut, logEnd } of report.partitions) {
    if (faults === 0) continue
    for (const finding of findings) terminal.out(findingInWords(finding))
    if (cut === undefined) {
      terminal.out(`${folder}: nothing is cut; what follows from its batches is made anew.`)
      continue
    }
    const lost = logEnd > cut.offset ? `offsets up to ${logEnd - 1}` : 'what cannot be read'
    terminal.out(
      `${folder}: cut from offset ${cut.offset} on: ${lost} are lost, ` +
        `${counted(cut.batches, 'whole batch', 'whole batches')} among them, ` +
        `${counted(cut.bytes, 'byte')} in all.`,
    )
  }
  for (const finding of report.findings) terminal.out(findingInWords(finding))
}

function printDone(done: DirectoryRepair, terminal: Terminal): void {
  if (done.journalEntries > 0) {
    const entries = counted(done.journalEntries, 'journal entry', 'journal entries')
    terminal.out(`Replayed ${entries} first.`)
  }
  for (const { folder, logEnd, bytesCut, rebuilt } of done.partitions) {
    const anew = rebuilt.length > 0 ? `, ${counted(rebuilt.length, 'file')} made anew` : ''
    terminal.out(`${folder}: ends at offset ${logEnd}, ${bytesInWords(bytesCut)} cut${anew}.`)
  }
  for (const file of done.checkpoints) terminal.out(`${file}: written anew.`)
  const kept = [...done.kept, ...done.partitions.flatMap((partition) => partition.kept)]
  for (const file of kept) terminal.out(`${file}: kept.`)
}

/** Checks what was repaired: some things cannot be known any more. */
async function again(directory: string, terminal: Terminal): Promise<number> {
  const report = await lookAt(directory, terminal)
  if (report === undefined) return exitCode.unusable
  const rest = [...report.findings, ...report.partitions.flatMap(({ findings }) => findings)]
  const faults = rest.filter(({ kind }) => kind !== 'unclean')
  for (const finding of faults) terminal.out(terminal.styles.bad(findingInWords(finding)))
  if (report.faults > 0) {
    const left = counted(report.faults, 'fault')
    const advice = 'restore what it names from a copy, or move the folder away'
    terminal.err(failureLine(`${left} cannot be repaired; ${advice}`, terminal))
    return exitCode.failure
  }
  const next = report.clean ? '' : ' It is still unclean: "odradek log recover" is next.'
  terminal.out(`${directory} is whole.${next}`)
  return exitCode.success
}
