import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const discarded: string[] = []

/** What takes less may keep it: to cut tens of thousands of small files takes a minute. */
const roomBytesMin = 64 * 1024
const blockBytes = 512

/**
 * Gives back the room of a folder's files at once, and removes the folder when this process exits.
 * For some minutes ext4 gives no number of a removed file to a new one, and looks at each of them
 * for every file that is made: removed at once, what one turn leaves would slow down the next.
 */
export function discard(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if (statSync(path).blocks * blockBytes >= roomBytesMin) truncateSync(path)
  }
  if (discarded.length === 0) process.once('exit', removeDiscarded)
  discarded.push(folder)
}

function removeDiscarded(): void {
  for (const folder of discarded) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
