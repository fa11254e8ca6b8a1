// Compiles the native core for other machines than this one, into prebuilds/<name>/odradek.node,
// which `npm pack` takes along:
//   node scripts/prebuild.mjs [name…]      all by default
//   node scripts/prebuild.mjs --check      whether all are there and of these sources
// Flags are those of binding.gyp as far as Zig's clang and linkers know them.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BuildFailure } from './build-failure.mjs'
import { nativeSources, root } from './native-sources.mjs'
import { isCurrentPrebuild, prebuildFile, sourcesDigest, stampFile } from './prebuild-stamp.mjs'
import { zigCommand } from './zig.mjs'

/**
 * Zig's targets by the names that src/addon/load.ts looks for. glibc 2.28 is that of Debian 10 and
 * RHEL 8, the oldest that Node 20 runs on; macOS 12 as in binding.gyp.
 */
const targets = {
  'linux-x64': 'x86_64-linux-gnu.2.28',
  'linux-arm64': 'aarch64-linux-gnu.2.28',
  'linux-x64-musl': 'x86_64-linux-musl',
  'linux-arm64-musl': 'aarch64-linux-musl',
  'darwin-x64': 'x86_64-macos.12.0',
  'darwin-arm64': 'aarch64-macos.12.0',
}

const compile = [
  '-std=c++20 -O3 -fno-exceptions -fno-rtti -fPIC -fvisibility=hidden',
  '-fvisibility-inlines-hidden -fstack-protector-strong -Wall -Wextra -g0',
  // Bounds of spans, strings and vectors are checked, as libstdc++'s are by binding.gyp.
  '-U_LIBCPP_HARDENING_MODE -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST',
  '-DNAPI_VERSION=9 -DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_ADDON_API_DISABLE_DEPRECATED -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
].flatMap((flags) => flags.split(' '))

/** Compiler flags of one kind of machine. */
function compileFor(name) {
  const linux = ['-D_FORTIFY_SOURCE=3', '-fstack-clash-protection']
  return [
    ...(name.startsWith('linux') ? linux : []),
    ...(name.includes('x64') ? ['-fcf-protection'] : []),
  ]
}

/** Linker flags: why -z nodelete and -Bsymbolic, says binding.gyp. */
function linkFor(name) {
  return name.startsWith('linux')
    ? ['-Wl,-z,relro,-z,now,-z,nodelete,-Bsymbolic', '-s']
    : ['-undefined', 'dynamic_lookup', '-Wl,-dead_strip']
}

function includeFolders() {
  const nodeAddonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api'))
  const script = join(root, 'scripts', 'node-headers.mjs')
  const headers = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (headers.status !== 0) throw new BuildFailure(headers.stderr.trim())
  return ['native', nodeAddonApi, headers.stdout.trim()].map((folder) => `-I${folder}`)
}

/** Runs a command; its output is printed only if it fails. */
function ran(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += chunk))
    }
    child.once('error', (error) => resolve(String(error)))
    child.once('close', (code) => resolve(code === 0 ? undefined : output))
  })
}

/** Calls `work` for each item, as many at once as there are processors; ends at a failure. */
async function each(items, work) {
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const failure = await work(item)
      if (failure === undefined) continue
      waiting.length = 0
      throw new BuildFailure(`${item} did not compile:\n${failure}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, lane))
}

async function build(zig, name, folders) {
  // Of what is compiled now, not of what stands there when it has been.
  const digest = sourcesDigest()
  const objects = join(root, 'build-native', 'prebuild', name)
  rmSync(objects, { recursive: true, force: true })
  const target = ['c++', '-target', targets[name]]
  const flags = [...target, ...compile, ...compileFor(name), ...folders]
  const objectOf = (source) => join(objects, `${source.slice(0, -'.cc'.length)}.o`)
  const sources = [...nativeSources('core'), ...nativeSources('addon')]
  await each(sources, (source) => {
    mkdirSync(dirname(objectOf(source)), { recursive: true })
    return ran(zig, [...flags, '-c', source, '-o', objectOf(source)])
  })
  const file = prebuildFile(name)
  mkdirSync(dirname(file), { recursive: true })
  const inputs = sources.map(objectOf)
  const failure = await ran(zig, [
    ...target,
    '-shared',
    '-O3',
    ...linkFor(name),
    '-o',
    file,
    ...inputs,
  ])
  if (failure !== undefined) throw new BuildFailure(`${name} did not link:\n${failure}`)
  rmSync(join(dirname(file), `${basename(file, '.node')}.lib`), { force: true })
  writeFileSync(stampFile(name), `${digest}\n`)
}

/** The targets that have no binary of the present sources. */
function missing() {
  return Object.keys(targets).filter((name) => !isCurrentPrebuild(name))
}

async function main(args) {
  if (args.includes('--check')) {
    const absent = missing()
    if (absent.length === 0) return
    throw new BuildFailure(`not built of these sources: ${absent.join(', ')}: npm run prebuild`)
  }
  const unknown = args.find((name) => !(name in targets))
  if (unknown !== undefined) {
    const known = Object.keys(targets).join(', ')
    throw new BuildFailure(`There is no target ${unknown}; there are ${known}.`)
  }
  const zig = zigCommand()
  const folders = includeFolders()
  for (const name of args.length > 0 ? args : Object.keys(targets)) {
    if (existsSync(prebuildFile(name)) && isCurrentPrebuild(name)) {
      console.log(`${name}: up to date`)
      continue
    }
    const start = performance.now()
    await build(zig, name, folders)
    console.log(`${name}: compiled (${((performance.now() - start) / 1000).toFixed(0)} s)`)
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BuildFailure)) throw error
  console.error(`odradek: ${error.message}`)
  process.exitCode = 1
}
