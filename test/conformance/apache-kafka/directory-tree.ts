import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Every path below a folder with what stands there: its bytes, and when they were written. */
export function treeOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const path = join(folder, name)
      const { mtimeMs, size } = statSync(path)
      if (statSync(path).isDirectory()) return `${name}/ ${mtimeMs}`
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
      return `${name} ${size} ${mtimeMs} ${hash}`
    })
    .sort()
}
