import { closeSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const gib = 1024 ** 3

/**
 * Fills memory with page cache by reading a file of that size, so that the run does not pay for the
 * machine's first touch of a page (bench/README.md, "Warm memory"). The file has no blocks on disk:
 * the kernel gives it zeroed pages, which are as easily taken back as those of any file. What is
 * still cached costs little to read again.
 */
export function fillPageCache(sizeGib: number): void {
  if (sizeGib === 0) return
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'odradek')
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, 'page-cache.bin'), 'a+')
  try {
    ftruncateSync(file, sizeGib * gib)
    const piece = Buffer.allocUnsafe(1024 * 1024)
    while (readSync(file, piece, 0, piece.length, null) > 0);
  } finally {
    closeSync(file)
  }
}
