import { fileRows } from '../dump/file-rows.ts'
import { rowAsJson, rowInWords } from '../dump/words.ts'
import { exitCode } from '../exit-codes.ts'
import { fileErrorReason } from '../file-error.ts'
import { failureLine, type Terminal } from '../terminal.ts'

/** Options of `log dump`. */
export interface LogDumpOptions {
  readonly records?: boolean
  readonly json?: boolean
}

/** Prints what files of a log directory hold. Exit code 1 when one is not as its format says. */
export async function logDump(
  files: readonly string[],
  options: LogDumpOptions,
  terminal: Terminal,
): Promise<number> {
  let faults = 0
  for (const file of files) {
    try {
      for await (const row of fileRows(file, options.records === true)) {
        if (row.kind === 'fault') faults++
        if (options.json === true) terminal.out(rowAsJson(row))
        else terminal.out(styled(rowInWords(row), row.kind, terminal))
      }
    } catch (error) {
      faults++
      terminal.err(failureLine(`Cannot read ${file}: ${fileErrorReason(error)}`, terminal))
    }
  }
  return faults === 0 ? exitCode.success : exitCode.failure
}

function styled(line: string, kind: string, { styles }: Terminal): string {
  if (kind === 'file') return styles.heading(line)
  return kind === 'fault' ? styles.bad(line) : line
}
