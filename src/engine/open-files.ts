/** How many files a broker must be allowed to have open. */
import { readFileSync } from 'node:fs'
import { StartError } from './start-error.ts'

/** What a broker has open besides segments: Node, sockets, the journals, a few clients. */
const openFilesBeside = 64

/** More would save few of the openings, and fewer would hold up a load on some partitions. */
const openFilesOfEachMax = 1024
const openFilesOfEachMin = 16

/** A load on very many partitions may have so many open until they are synced. */
const openFilesBurstMax = 16_384

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
 * How many files of segments that are written each of so many log directories may keep open, and as
 * many of older ones that are read. At least half of the descriptors stay for clients.
 * @throws {StartError} where the process may have so few that nothing would go on
 */
export function openFilesOfEach(directories: number, filesMax: number | undefined): number {
  if (filesMax === undefined) return openFilesOfEachMax
  const share = Math.floor((filesMax - openFilesBeside) / 4 / directories)
  if (share >= openFilesOfEachMin) return Math.min(share, openFilesOfEachMax)
  const needed = openFilesBeside + openFilesOfEachMin * 4 * directories
  throw new StartError(
    `This broker may have ${filesMax} files open and needs at least ${needed}; ` +
      'raise the limit ("ulimit -n", "LimitNOFILE" of a systemd unit).',
  )
}

/**
 * How many files of segments that are written each directory may have open while they wait for a
 * sync: with more, producers wait. Half of the descriptors, so that some stay for clients.
 */
export function openFilesBurstOfEach(directories: number, filesMax: number | undefined): number {
  const least = 2 * openFilesOfEach(directories, filesMax)
  if (filesMax === undefined) return least
  const half = Math.floor((filesMax - openFilesBeside) / 2 / directories)
  return Math.max(least, Math.min(half, openFilesBurstMax))
}
