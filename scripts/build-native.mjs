// Builds build/Release/odradek.node with node-gyp, and only what changed: a stamp file remembers
// every input, so that a build with nothing to do costs a directory listing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { BuildFailure } from './build-failure.mjs'
import { filesBelow, nativeSources, root } from './native-sources.mjs'
import { headersPrefix, nodeGypScript } from './node-headers.mjs'
import { prebuildName } from './prebuild-name.mjs'
import { isCurrentPrebuild } from './prebuild-stamp.mjs'

const stampFile = join(root, 'build', 'native-stamp.json')
const binary = join(root, 'build', 'Release', 'odradek.node')
const toInstall =
  'install a C++20 compiler (g++ 12 or clang 14 at least), make and Python 3 ' +
  '(Debian: "apt-get install g++ make python3"; macOS: "xcode-select --install"), ' +
  'then run "npm run compile".'

function digest(text) {
  return createHash('sha256').update(text).digest('hex')
}

/** What node-gyp's generated makefiles depend on: if it changes, they are made again. */
function configurationKey(sources) {
  const environment = ['CC', 'CXX', 'CFLAGS', 'CXXFLAGS', 'LDFLAGS'].map(
    (name) => process.env[name] ?? '',
  )
  const gyp = readFileSync(join(root, 'binding.gyp'), 'utf8')
  return digest(
    JSON.stringify([gyp, sources, process.version, process.arch, headersPrefix(), environment]),
  )
}

/** Size, time of change and content of every input file, by path. */
function inputStates(previous) {
  const states = {}
  for (const file of filesBelow('native', ['.cc', '.h'])) {
    const { size, mtimeMs } = statSync(join(root, file))
    const known = previous[file]
    const unchanged = known?.size === size && known.mtimeMs === mtimeMs
    const hash = unchanged ? known.hash : digest(readFileSync(join(root, file)))
    states[file] = { size, mtimeMs, hash }
  }
  return states
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return { key: '', inputs: {} }
  }
}

function onPath(command) {
  if (command.includes('/')) return existsSync(command)
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, command)))
}

/** Fails with one sentence that names the first missing tool. */
function requireTools() {
  if (process.platform === 'win32') {
    throw new BuildFailure('Odradek runs on Linux and macOS; on Windows use it inside WSL.')
  }
  const compiler = process.env.CXX?.trim().split(/\s+/)
  const tools = [
    ['C++ compiler', compiler ?? ['g++', 'clang++', 'c++']],
    ['make', [process.env.MAKE ?? 'make', 'gmake']],
    ['Python 3', [process.env.PYTHON ?? process.env.npm_config_python ?? 'python3', 'python']],
  ]
  for (const [name, commands] of tools) {
    if (!commands.some(onPath)) {
      throw new BuildFailure(`No ${name} was found to compile the native core: ${toInstall}`)
    }
  }
}

function nodeGyp(...args) {
  const script = nodeGypScript()
  if (!script) throw new BuildFailure('node-gyp is missing: run "npm ci" before the build.')
  const prefix = headersPrefix()
  const headers = prefix ? [`--nodedir=${prefix}`] : []
  const line = [script, ...args, '--loglevel=error', ...headers]
  const run = spawnSync(process.execPath, line, { cwd: root, stdio: 'inherit' })
  if (run.status === 0) return
  rmSync(stampFile, { force: true })
  throw new BuildFailure(
    `The native core did not compile (node-gyp ${args[0]} failed, see above). ` +
      `If a tool is missing or too old: ${toInstall}`,
  )
}

/** Whether a changed file is older than the binary: make would not see that it changed. */
function wentBackInTime(previous, inputs) {
  if (!existsSync(binary)) return false
  const built = statSync(binary).mtimeMs
  return Object.entries(inputs).some(([file, state]) => {
    const known = previous[file]
    return known !== undefined && known.hash !== state.hash && state.mtimeMs <= built
  })
}

/** Builds the addon where it is not up to date; returns a word on what was done. */
export function buildNative({ force = false } = {}) {
  if (!force && !existsSync(binary) && isCurrentPrebuild(prebuildName())) {
    return 'prebuilt'
  }
  const addon = nativeSources('addon')
  if (addon.length === 0) return 'no native/addon sources'
  const stamp = readStamp()
  const inputs = inputStates(stamp.inputs)
  const key = configurationKey([nativeSources('core'), addon])
  const sameFiles =
    Object.keys(inputs).length === Object.keys(stamp.inputs).length &&
    Object.entries(inputs).every(([file, state]) => stamp.inputs[file]?.hash === state.hash)
  if (existsSync(binary) && stamp.key === key && sameFiles) return 'up to date'
  requireTools()
  if (wentBackInTime(stamp.inputs, inputs)) {
    rmSync(join(root, 'build', 'Release'), { recursive: true, force: true })
  }
  if (stamp.key !== key || !existsSync(join(root, 'build', 'Makefile'))) nodeGyp('configure')
  nodeGyp('build', `--jobs=${Math.min(availableParallelism(), 8)}`)
  writeFileSync(stampFile, JSON.stringify({ key, inputs }))
  return 'compiled'
}
