import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const discarded: string[] = []

/** A folder of fewer files is removed at once. */
const filesMany = 1_000
/** What takes less may keep it: to cut tens of thousands of small files takes a minute. */
const roomBytesMin = 64 * 1024
const blockBytes = 512

/**
 * Removes a folder, if it is there; of one with many files, gives back their room, and removes it
 * when this process exits. For some minutes ext4 gives no number of a removed file to a new one,
 * and looks at each of them for every file that is made: removed at once, what one turn leaves
 * would slow down the next.
 */
export function discard(folder: string): void {
  if (!existsSync(folder)) return
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  if (files.length < filesMany) {
    remove(folder)
    return
  }
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    if (statSync(path).blocks * blockBytes >= roomBytesMin) truncateSync(path)
  }
  if (discarded.length === 0) process.once('exit', () => discarded.forEach(remove))
  discarded.push(folder)
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
