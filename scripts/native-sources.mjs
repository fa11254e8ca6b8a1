// Lists the C++ sources of one build target, for binding.gyp, the test Makefile and the build:
// `core` is every .cc below native/ except native/addon, `addon` is native/addon alone.
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Files below `folder` (relative to the root) that end in one of `endings`, sorted. */
export function filesBelow(folder, endings) {
  let entries
  try {
    entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

/** The .cc files of a target, `core` or `addon`. */
export function nativeSources(target) {
  const isAddon = (file) => file.startsWith(join('native', 'addon'))
  return filesBelow('native', ['.cc']).filter((file) => isAddon(file) === (target === 'addon'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of nativeSources(process.argv[2])) console.log(file)
}
