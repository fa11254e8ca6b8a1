/** What a broker says it did after a stop that was not clean. */
export interface RecoveryLine {
  readonly journalEntries: number
  readonly journalBytes: number
  readonly partitions: number
  readonly readBytes: number
  readonly readSegments: number
  readonly cutBytes: number
  readonly rebuiltIndexes: number
  readonly recoveryMs: number
}

const lines = new RegExp(
  [
    String.raw`The last stop of .+ was not clean: replayed (?<journalEntries>\d+) entries`,
    String.raw`\((?<journalBytes>\d+) bytes\) of the journal,`,
    String.raw`recovered (?<partitions>\d+) partitions,`,
    String.raw`read (?<readBytes>\d+) bytes of (?<readSegments>\d+) segments,`,
    String.raw`cut (?<cutBytes>\d+) bytes, rebuilt (?<rebuiltIndexes>\d+) indexes,`,
    String.raw`in (?<recoveryMs>\d+) ms\.`,
  ].join(' '),
  'g',
)

/** The last such line of a broker's log, for its one log directory; undefined if there is none. */
export function lastRecovery(log: string): RecoveryLine | undefined {
  const last = [...log.matchAll(lines)].at(-1)?.groups
  if (last === undefined) return undefined
  const figures = Object.entries(last).map(([name, text]) => [name, Number(text)])
  return Object.fromEntries(figures) as RecoveryLine
}
