import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname

/** What is known of the names of a suite. */
export interface NameLists {
  /** Those that pass here: it only grows. */
  readonly passed: ReadonlySet<string>
  /** Those that need what is not built, each with what it needs. */
  readonly excused: ReadonlyMap<string, string>
  /** Those that Apache Kafka 4.3.1 passes. */
  readonly kafka: ReadonlySet<string>
  /** Those that pass now and then, each with what decides: nothing is asked of them. */
  readonly unstable: ReadonlyMap<string, string>
}

/** Reads the lists of a suite; one that is not there is empty. */
export function readLists(suite: string): NameLists {
  return {
    passed: new Set(readLines(suite, 'passed')),
    excused: parseReasons(readLines(suite, 'excused')),
    kafka: new Set(readLines(suite, 'kafka')),
    unstable: parseReasons(readLines(suite, 'unstable')),
  }
}

/** Writes the names that pass, in order of their characters. */
export function writePassed(suite: string, names: Iterable<string>): void {
  const lines = [...names].sort().map((name) => `${name}\n`)
  writeFileSync(fileOf(suite, 'passed'), lines.join(''))
}

/**
 * Names with reasons: a line `# reason` stands over the names that it holds for. Throws for a name
 * without a reason, and for one that stands twice.
 */
export function parseReasons(lines: readonly string[]): Map<string, string> {
  const reasons = new Map<string, string>()
  let reason = ''
  for (const line of lines) {
    if (line.startsWith('# ')) reason = line.slice(2)
    else if (reason === '') throw new Error(`no reason stands over ${line}`)
    else if (reasons.has(line)) throw new Error(`${line} stands twice`)
    else reasons.set(line, reason)
  }
  return reasons
}

function fileOf(suite: string, list: string): string {
  return join(folder, `${suite}.${list}.txt`)
}

function readLines(suite: string, list: string): string[] {
  const file = fileOf(suite, list)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}
