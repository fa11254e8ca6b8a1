import { type DirectoryRecovery, recoverDirectory } from '../../storage/index.ts'
import { bytesInWords, counted, secondsInWords } from '../check-words.ts'
import { exitCode } from '../exit-codes.ts'
import { failureLine, type Terminal } from '../terminal.ts'

/** Options of `log recover`. */
export interface LogRecoverOptions {
  readonly json?: boolean
}

/** Makes an unclean directory a clean one, and says in one line what it did. */
export async function logRecover(
  directory: string,
  options: LogRecoverOptions,
  terminal: Terminal,
): Promise<number> {
  let done: DirectoryRecovery | undefined
  try {
    done = await recoverDirectory(directory)
  } catch (error) {
    const advice = '"odradek log verify" says whether anything is damaged'
    terminal.err(failureLine(`Cannot recover: ${(error as Error).message}; ${advice}`, terminal))
    return exitCode.unusable
  }
  if (options.json === true) {
    terminal.out(JSON.stringify({ directory, recovered: done !== undefined, ...done }))
  } else {
    terminal.out(
      done === undefined ? `${directory} is clean: nothing to do.` : words(done, directory),
    )
  }
  return exitCode.success
}

function words(done: DirectoryRecovery, directory: string): string {
  const entries = counted(done.journalEntries, 'journal entry', 'journal entries')
  return (
    `Recovered ${directory} in ${secondsInWords(done.seconds)}: ` +
    `replayed ${entries} (${bytesInWords(done.journalBytes)}), ` +
    `scanned ${counted(done.segmentsScanned, 'segment')} (${bytesInWords(done.bytesScanned)}) of ` +
    `${counted(done.partitions, 'partition')}, cut ${bytesInWords(done.bytesCut)}, ` +
    `rebuilt ${counted(done.indexesRebuilt, 'index', 'indexes')}.`
  )
}
