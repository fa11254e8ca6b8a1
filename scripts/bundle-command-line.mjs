// Bundles the command line, which tsc compiled to dist/cli and what that imports, into dist/bin:
// Node reads and links a few large files in a fraction of the time that hundreds of small ones
// take (docs/decisions/start.md). Called by build-typescript.mjs, behind tsc.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './native-sources.mjs'

const dist = join(root, 'dist')
const folder = join(dist, 'bin')
const entry = join(dist, 'cli', 'main.js')

/** What `odradek start` needs up to a client's first acknowledged record. */
const startPath = [
  join(dist, 'cli', 'command', 'start.js'),
  ...['03-metadata', '18-api-versions', '19-create-topics', '22-init-producer-id'].map((handler) =>
    join(dist, 'broker', 'handler', `${handler}.js`),
  ),
]

/** The one package that is bundled: every command needs it. */
const bundledPackage = 'commander'

/**
 * A module keeps its own address: from it workers, the native module and package.json are found,
 * and those lie where they lie without a bundle.
 */
const ownAddress = {
  name: 'own-address',
  transform: {
    filter: { code: 'import.meta.' },
    handler(code, id) {
      const url = `new URL(${JSON.stringify(relative(folder, id))}, import.meta.url).href`
      // No line is added, so that the source map stays right.
      const moved = code.replace(/\bimport\.meta\.(\w+)/g, (_, name) => {
        if (name === 'url') return url
        throw new Error(`${id} uses import.meta.${name}; only import.meta.url can be bundled`)
      })
      return { code: moved, map: null }
    },
  },
}

/**
 * The file that a module goes into: `main` what every command needs, `broker` what the start alone
 * needs, `shared` what it and other commands need; undefined leaves the choice to rolldown. The
 * entry stays alone: it waits at its top, so that what imported it would wait for ever.
 */
function fileOf() {
  let groups
  return (id, graph) => {
    groups ??= groupsIn(graph)
    if (id === entry) return undefined
    if (groups.main.has(id)) return 'main'
    if (groups.start.has(id)) return groups.others.has(id) ? 'shared' : 'broker'
    return undefined
  }
}

function groupsIn(graph) {
  const reachedFrom = (ids) => {
    const reached = new Set(ids)
    for (const id of reached) {
      for (const next of graph.getModuleInfo(id)?.importedIds ?? []) reached.add(next)
    }
    return reached
  }
  const main = reachedFrom([entry])
  const commands = [...main].flatMap((id) => graph.getModuleInfo(id)?.dynamicallyImportedIds ?? [])
  const others = commands.filter((id) => !startPath.includes(id))
  return { main, start: reachedFrom(startPath), others: reachedFrom(others) }
}

/** Who copies the package passes its licence on. */
function licence() {
  const text = readFileSync(join(root, 'node_modules', bundledPackage, 'LICENSE'), 'utf8')
  return `/*\n${bundledPackage}, which is part of this file:\n\n${text.trim()}\n*/`
}

const bundle = await rolldown({
  input: { odradek: entry },
  platform: 'node',
  preserveEntrySignatures: false,
  external: (id) => /^[^./]/.test(id) && id !== bundledPackage && !isBuiltin(id),
  plugins: [ownAddress],
})
await bundle.write({
  dir: folder,
  chunkFileNames: '[name].js',
  comments: false,
  footer: ({ name }) => (name === 'main' ? licence() : ''),
  sourcemap: true,
  sourcemapExcludeSources: true,
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: fileOf(), debugName: 'fileOf' }],
  },
})
