import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs'
import { freemem, homedir, totalmem } from 'node:os'
import { join } from 'node:path'

const freeBytesLeft = 256 * 1024 ** 2
const piecesBetweenLooks = 64

/**
 * Fills memory with page cache, as it is on a machine that has been up for a day, so that the run
 * takes its pages from there and does not pay for the machine's first touch of a free one
 * (bench/README.md, "Method"). Reads a file that has no blocks on disk: the kernel gives it zeroed
 * pages, which are as easily taken back as those of any file.
 */
export function fillPageCache(): void {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'odradek')
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, 'page-cache.bin'), 'a+')
  try {
    ftruncateSync(file, totalmem())
    const piece = Buffer.allocUnsafe(1024 * 1024)
    while (freeBytes() > freeBytesLeft) {
      for (let i = 0; i < piecesBetweenLooks; i++) {
        if (readSync(file, piece, 0, piece.length, null) === 0) return
      }
    }
  } finally {
    closeSync(file)
  }
}

/** Memory in no use at all; `os.freemem()` counts page cache in on Linux. */
function freeBytes(): number {
  if (process.platform !== 'linux') return freemem()
  const [, kib] = /^MemFree: *(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
  return Number(kib) * 1024
}
