// Compiles src/ to dist/, only what changed, removes from dist/ what has no source any more, and
// bundles the command line anew.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BuildFailure } from './build-failure.mjs'
import { filesBelow, root } from './native-sources.mjs'

const stampFile = join(root, 'dist', '.stamp')
const bundler = join(root, 'scripts', 'bundle-command-line.mjs')

/** One hash of every input: the compiler, its settings, and each source by size and time. */
function inputsKey(sources, compilerVersion) {
  const hash = createHash('sha256')
  hash.update(compilerVersion)
  // package.json says which version of each package is bundled, and by which bundler.
  for (const file of ['tsconfig.json', 'package.json']) hash.update(readFileSync(join(root, file)))
  hash.update(readFileSync(bundler))
  for (const file of sources) {
    const { size, mtimeMs } = statSync(join(root, file))
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
    const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    return { version, script: join(dirname(manifest), bin.tsc) }
  } catch {
    return undefined
  }
}

/** Runs a script, which tells of its errors itself. */
function run(line, failure) {
  const { status } = spawnSync(process.execPath, line, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new BuildFailure(failure)
}

/** Removes what an earlier compile wrote for a source that is gone, and the bundle. */
function removeStale(sources) {
  const stems = new Set(sources.map((file) => file.slice('src/'.length, -'.ts'.length)))
  for (const file of filesBelow('dist', ['.js', '.js.map', '.d.ts'])) {
    const stem = file.slice('dist/'.length).replace(/\.(js|js\.map|d\.ts)$/, '')
    if (!stems.has(stem)) rmSync(join(root, file))
  }
}

/** Compiles src/ where dist/ is not up to date; returns a word on what was done. */
export function buildTypeScript() {
  const sources = filesBelow('src', ['.ts'])
  if (sources.length === 0) return 'no sources'
  const compiler = findCompiler()
  if (!compiler) {
    if (existsSync(join(root, 'dist'))) return 'kept as it is: typescript is not installed'
    throw new BuildFailure('typescript is missing: run "npm ci" (with devDependencies) first.')
  }
  const key = inputsKey(sources, compiler.version)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === key) return 'up to date'
  rmSync(stampFile, { force: true })
  removeStale(sources)
  const project = ['--project', join(root, 'tsconfig.json')]
  run([compiler.script, ...project], 'TypeScript found the errors above in src/.')
  run([bundler], 'The command line could not be bundled: see above.')
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, key)
  return 'compiled'
}
