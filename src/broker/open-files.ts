/** How many files a broker must be allowed to have open. */
import { readFileSync } from 'node:fs'
import { StartError } from './start-error.ts'

/** What a broker has open besides its partitions: Node, sockets, the journals, a few clients. */
const openFilesBeside = 64

/** The process's limit, or undefined where the system does not tell it in `/proc`. */
export function openFilesMax(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

/**
 * Refuses a start that could not open all its partitions: each has the file open that it appends
 * to. Half of them offline, and no room for clients, would help nobody.
 */
export function requireOpenFiles(partitions: number, filesMax: number | undefined): void {
  const needed = partitions + openFilesBeside
  if (filesMax === undefined || needed <= filesMax) return
  throw new StartError(
    `This broker may have ${filesMax} files open, and with ${partitions} partitions it needs at ` +
      `least ${needed}; raise the limit ("ulimit -n", "LimitNOFILE" of a systemd unit).`,
  )
}
