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
    batches: partitions.reduce((sum, { batches }) => sum + batches, 0),
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
  const { partitions } = report
  for (const finding of [...report.findings, ...partitions.flatMap((one) => one.findings)]) {
    const line = findingInWords(finding)
    terminal.out(finding.kind === 'unclean' ? line : styles.bad(line))
  }
  const damaged = partitions.filter(({ faults }) => faults > 0)
  for (const partition of damaged) printDamaged(partition, terminal)
  const whole = partitions.length - damaged.length
  const speed = bytesInWords(report.bytes / report.seconds)
  const work = `${bytesInWords(report.bytes)} in ${secondsInWords(report.seconds)}, ${speed}/s`
  const state =
    report.faults === 0
      ? styles.good('whole')
      : styles.bad(`damaged (${counted(report.faults, 'fault')})`)
  terminal.out(
    `${report.path} is ${state}: ${whole} of ${counted(partitions.length, 'partition')} without ` +
      `a fault, ${counted(
        partitions.reduce((sum, { batches }) => sum + batches, 0),
        'whole batch',
        'whole batches',
      )} (${work}).`,
  )
  if (!report.clean) printUnclean(report, terminal)
}

/** What is left of a damaged partition. */
function printDamaged(partition: PartitionReport, terminal: Terminal): void {
  const { folder, batches, logStart, logEnd, cut, faults, findings } = partition
  const unlisted = faults + partition.unclean - findings.length
  if (unlisted > 0) terminal.out(`${folder}: ${counted(unlisted, 'more finding')} not listed.`)
  const held = logEnd > logStart ? offsetsInWords(logStart, logEnd) : 'no offsets'
  const way =
    cut === undefined
      ? ''
      : ` "odradek log repair --truncate" would end it at offset ${cut.offset}.`
  terminal.out(
    `${folder}: ${counted(batches, 'batch', 'batches')} of ${held} are whole but for the above.${way}`,
  )
}

function printUnclean({ journal }: DirectoryReport, terminal: Terminal): void {
  const replay =
    journal === undefined
      ? ''
      : ` The journal holds ${counted(journal.entries, 'entry', 'entries')}.`
  terminal.out(
    `The last stop was not clean.${replay} A start of the broker or "odradek log recover" sees to it.`,
  )
}
