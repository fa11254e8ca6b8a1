import { checkDirectory, type DirectoryReport, type PartitionReport } from '../../storage/index.ts'
import {
  bytesInWords,
  counted,
  findingInWords,
  offsetsInWords,
  secondsInWords,
} from '../check-words.ts'
import { exitCode } from '../exit-codes.ts'
import { progressBar } from '../progress.ts'
import { failureLine, type Terminal } from '../terminal.ts'

/** Options of `log verify`. */
export interface LogVerifyOptions {
  readonly json?: boolean
}

/** Checks a log directory and says what is damaged and what is whole. Changes nothing. */
export async function logVerify(
  directory: string,
  options: LogVerifyOptions,
  terminal: Terminal,
): Promise<number> {
  const report = await lookAt(directory, terminal)
  if (report === undefined) return exitCode.unusable
  if (options.json === true) terminal.out(JSON.stringify(asJson(report)))
  else print(report, terminal)
  return report.faults === 0 ? exitCode.success : exitCode.failure
}

/** The report, or undefined after a sentence on stderr. Draws a bar while it checks. */
export async function lookAt(
  directory: string,
  terminal: Terminal,
): Promise<DirectoryReport | undefined> {
  const bar = await progressBar('Checking', terminal)
  try {
    return await checkDirectory(directory, (done, total) => bar.update(done, total))
  } catch (error) {
    bar.end()
    terminal.err(failureLine(`Cannot check: ${(error as Error).message}`, terminal))
    return undefined
  } finally {
    bar.end()
  }
}

function asJson(report: DirectoryReport): object {
  const { path, clean, journal, faults, bytes, seconds, findings, partitions } = report
  return {
    directory: path,
    whole: faults === 0,
    clean,
    journal,
    faults,
    partitions: partitions.length,
    batches: batchesIn(report),
    bytes,
    seconds,
    gigabytesPerSecond: bytes / 1e9 / seconds,
    findings: [...findings, ...partitions.flatMap((partition) => partition.findings)],
    damagedPartitions: partitions
      .filter((partition) => partition.faults > 0)
      .map(({ findings: _, unclean: __, ...rest }) => rest),
  }
}

function print(report: DirectoryReport, terminal: Terminal): void {
  const { styles } = terminal
  const { path, partitions, faults, bytes, seconds } = report
  for (const finding of [...report.findings, ...partitions.flatMap((one) => one.findings)]) {
    const line = findingInWords(finding)
    terminal.out(finding.kind === 'unclean' ? line : styles.bad(line))
  }
  const damaged = partitions.filter((partition) => partition.faults > 0)
  for (const partition of damaged) printDamaged(partition, terminal)
  const state =
    faults === 0 ? styles.good('whole') : styles.bad(`damaged (${counted(faults, 'fault')})`)
  const wholes = partitions.length - damaged.length
  const whole = `${wholes} of ${counted(partitions.length, 'partition')}`
  const batches = counted(batchesIn(report), 'whole batch', 'whole batches')
  const speed = `${bytesInWords(bytes / seconds)}/s`
  const work = `${bytesInWords(bytes)} in ${secondsInWords(seconds)}, ${speed}`
  terminal.out(`${path} is ${state}: ${whole} without a fault, ${batches} (${work}).`)
  if (!report.clean) printUnclean(report, terminal)
}

function batchesIn(report: DirectoryReport): number {
  return report.partitions.reduce((sum, { batches }) => sum + batches, 0)
}

/** What is left of a damaged partition. */
function printDamaged(partition: PartitionReport, terminal: Terminal): void {
  const { folder, batches, logStart, logEnd, cut, faults, findings } = partition
  const unlisted = faults + partition.unclean - findings.length
  if (unlisted > 0) terminal.out(`${folder}: ${counted(unlisted, 'more finding')} not listed.`)
  const held = logEnd > logStart ? offsetsInWords(logStart, logEnd) : 'no offsets'
  const repair = '"odradek log repair --truncate"'
  const way = cut === undefined ? '' : ` ${repair} would end it at offset ${cut.offset}.`
  const whole = `${counted(batches, 'batch', 'batches')} of ${held}`
  terminal.out(`${folder}: ${whole} are whole but for the above.${way}`)
}

function printUnclean({ journal }: DirectoryReport, terminal: Terminal): void {
  const entries = counted(journal?.entries ?? 0, 'entry', 'entries')
  const replay = journal === undefined ? '' : ` The journal holds ${entries}.`
  const advice = 'A start of the broker or "odradek log recover" sees to it.'
  terminal.out(`The last stop was not clean.${replay} ${advice}`)
}
