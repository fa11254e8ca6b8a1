// What a prebuilt binary was made of: beside it lies a file with the digest of the native sources,
// so that a binary of other sources is never taken for one of these.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, root } from './native-sources.mjs'

/** The binary for the machines of that name. */
export function prebuildFile(name) {
  return join(root, 'prebuilds', name, 'odradek.node')
}

/** The file that says of which sources it is. */
export function stampFile(name) {
  return join(root, 'prebuilds', name, 'sources.sha256')
}

/** They say with which flags and which compiler. */
const recipe = ['scripts/prebuild.mjs', 'scripts/zig.mjs']

/** SHA-256 over paths and contents of all native sources and of what compiles them. */
export function sourcesDigest() {
  const hash = createHash('sha256')
  for (const file of [...filesBelow('native', ['.cc', '.h']), ...recipe]) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** Whether there is a binary of that name, made of the present sources. */
export function isCurrentPrebuild(name) {
  if (!existsSync(prebuildFile(name)) || !existsSync(stampFile(name))) return false
  return readFileSync(stampFile(name), 'utf8').trim() === sourcesDigest()
}
