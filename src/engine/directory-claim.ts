import { realpathSync } from 'node:fs'
import { StartError } from './start-error.ts'

/**
 * Directories that engines of this thread have open. The lock in the directory keeps other
 * processes out; inside one process the native engine shares an open directory, and two controllers
 * on one metadata log would destroy it.
 */
const claimed = new Set<string>()

/** Claims a directory, which need not exist. Returns what gives it back. Throws a sentence. */
export function claimDirectory(path: string): () => void {
  const real = realPath(path)
  if (claimed.has(real)) {
    throw new StartError(
      `${path} is open in another broker or store of this process, or named twice, by a link; ` +
        'close that first or name another data directory.',
    )
  }
  claimed.add(real)
  return () => void claimed.delete(real)
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
