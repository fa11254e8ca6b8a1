import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Fills what is left of a disk with somebody else's file; returns what takes it away again. */
export function fillUp(path: string): () => void {
  const name = join(path, 'somebody-else')
  for (let bytes = 64 * 1024, blocks = 0; bytes >= 4 * 1024; blocks++) {
    try {
      writeFileSync(name, Buffer.alloc(bytes), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      bytes /= 4
    }
    if (blocks > 4096) throw new Error('the disk does not fill')
  }
  return () => rmSync(name)
}
