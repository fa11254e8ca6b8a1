// Formats both languages in place: node scripts/format.mjs [folder or file…]
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { filesBelow, root } from './native-sources.mjs'

const wanted = process.argv.slice(2)
const isWanted = (file) =>
  wanted.length === 0 || wanted.some((path) => file.startsWith(path.replace(/^\.\//, '')))
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
const paths = wanted.length === 0 ? ['.'] : wanted
const native = ['native', 'test', 'load', 'bench']
  .flatMap((folder) => filesBelow(folder, ['.cc', '.h']))
  .filter(isWanted)

const runs = [[process.execPath, [biome, 'check', '--write', '--no-errors-on-unmatched', ...paths]]]
if (native.length > 0) runs.push(['clang-format', ['-i', ...native]])
for (const [command, args] of runs) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  if (status !== 0) process.exitCode = 1
}
