// Checks style and types of both languages, each check counted:
//   node scripts/lint.mjs [biome|types|clang-format|clang-tidy]
// clang-tidy looks at changed files first and stops after its time; what it did not reach counts as
// skipped. A file that was clean is not looked at again until it or a header of it changes.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { filesBelow, nativeSources, root } from './native-sources.mjs'
import { headersPrefix } from './node-headers.mjs'
import { setupPackages } from './setup-packages.mjs'
import { finish, newTally, record, recordSkip } from './tally.mjs'

const clangTidyMinutesMax = 8
const cacheFile = join(root, 'build-native', 'clang-tidy.json')
const tally = newTally()

function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

function check(name, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  record(tally, status === 0 ? { name, passed: 1 } : { name, failed: 1 })
}

function checkBiome() {
  const script = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  check('biome', process.execPath, [script, 'ci', '--error-on-warnings', '.'])
}

function checkTypes() {
  const script = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  check('types', process.execPath, [script, '--project', 'tsconfig.test.json'])
}

function checkClangFormat() {
  if (!isInstalled('clang-format')) {
    return recordSkip(tally, 'clang-format', 'the package clang-format is not installed')
  }
  const endings = ['.cc', '.h']
  const files = ['native', 'test', 'load', 'bench'].flatMap((folder) => filesBelow(folder, endings))
  check('clang-format', 'clang-format', ['--dry-run', '-Werror', ...files])
}

/** A hash of a source, of our headers that it includes, of theirs, and of the rules. */
function contentKey(file) {
  const seen = new Map()
  const visit = (path) => {
    if (seen.has(path)) return
    let text = ''
    try {
      text = readFileSync(join(root, path), 'utf8')
    } catch {
      return
    }
    seen.set(path, text)
    for (const [, included] of text.matchAll(/^#include "([^"]+)"/gm)) {
      visit(join('native', included))
    }
  }
  visit(file)
  const hash = createHash('sha256').update(readFileSync(join(root, '.clang-tidy')))
  for (const path of [...seen.keys()].sort()) hash.update(path).update(seen.get(path))
  return hash.digest('hex')
}

function git(...args) {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout ?? ''
}

/** Files that differ from the last commit or that it changed: they are looked at first. */
function changedFiles() {
  const lines = git('diff', '--name-only', 'HEAD~1') + git('ls-files', '-o', '--exclude-standard')
  return new Set(lines.split('\n'))
}

function clangTidy(file, flags, deadline) {
  return new Promise((resolve) => {
    const run = spawn('clang-tidy', ['--quiet', file, '--', ...flags], { cwd: root })
    let output = ''
    const timer = setTimeout(() => run.kill('SIGKILL'), Math.max(0, deadline - Date.now()))
    run.stdout.on('data', (chunk) => {
      output += chunk
    })
    run.on('close', (status, signal) => {
      clearTimeout(timer)
      resolve({ clean: status === 0, stopped: signal !== null, output })
    })
  })
}

function compilerFlags() {
  const headers = headersPrefix()
  const addon = ['-isystem', 'node_modules/node-addon-api']
  if (headers) addon.push('-isystem', join(headers, 'include', 'node'))
  const defines = ['-DNAPI_VERSION=9', '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS']
  const core = ['-std=c++20', '-fno-exceptions', '-fno-rtti', '-Wall', '-Wextra', '-Inative']
  return [...core, ...addon, ...defines]
}

function readCache() {
  try {
    return JSON.parse(readFileSync(cacheFile, 'utf8'))
  } catch {
    return {}
  }
}

async function checkClangTidy() {
  if (!isInstalled('clang-tidy')) {
    return recordSkip(tally, 'clang-tidy', 'the package clang-tidy is not installed')
  }
  const deadline = Date.now() + clangTidyMinutesMax * 60_000
  const cache = readCache()
  const changed = changedFiles()
  const all = [...nativeSources('core'), ...nativeSources('addon')]
  // Of the others another part is reached at each commit.
  const commit = git('rev-parse', 'HEAD')
  const rank = (file) =>
    (changed.has(file) ? '0' : '1') +
    createHash('sha256')
      .update(file + commit)
      .digest('hex')
  const order = all.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  const counts = { name: 'clang-tidy', passed: 0, failed: 0, skipped: 0 }
  const clean = {}
  const worker = async () => {
    for (let file = order.shift(); file !== undefined; file = order.shift()) {
      const key = contentKey(file)
      const known = cache[file] === key
      const result = known ? { clean: true } : await clangTidy(file, compilerFlags(), deadline)
      if (result.clean) clean[file] = key
      else if (!result.stopped) console.log(result.output)
      counts[result.clean ? 'passed' : result.stopped ? 'skipped' : 'failed'] += 1
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, worker))
  if (counts.skipped > 0) {
    console.log(`skipped: ${counts.skipped} files because clang-tidy had its time`)
  }
  mkdirSync(dirname(cacheFile), { recursive: true })
  writeFileSync(cacheFile, JSON.stringify(clean))
  record(tally, counts)
}

const checks = {
  biome: checkBiome,
  types: checkTypes,
  'clang-format': checkClangFormat,
  'clang-tidy': checkClangTidy,
}
const only = process.argv[2]
if (only !== undefined && !(only in checks)) {
  console.error(`There is no check ${only}; there are ${Object.keys(checks).join(', ')}.`)
  process.exit(2)
}
setupPackages()
for (const name of only === undefined ? Object.keys(checks) : [only]) await checks[name]()
finish(tally)
