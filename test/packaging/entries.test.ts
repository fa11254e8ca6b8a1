/** The package's entries as programs of others meet them, in an installed tarball. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Installation, install } from './installation.ts'
import { packTarball, type Tarball } from './tarball.ts'
import { node, ownNpm } from './toolchain.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** The oldest Node of each line that we promise, and the newest lines. */
const nodes =
  process.env['PACKAGING_MATRIX'] === 'full'
    ? ['20.19.0', '22.12.0', '24.21.0', '26.10.0']
    : [process.versions.node]

/** One entry: what it exports, at least, and all that is loaded with it. */
interface Entry {
  readonly name: string
  readonly exports: readonly string[]
  /** Folders below dist/. */
  readonly folders: readonly string[]
  readonly builtins: readonly string[]
}

const entries: readonly Entry[] = [
  {
    name: 'odradek',
    exports: [
      'Log',
      'LogError',
      'LogReader',
      'NativeModuleError',
      'Queue',
      'StorageError',
      'Store',
    ],
    folders: [
      ...['addon', 'base', 'compression', 'controller', 'engine', 'metadata', 'policy', 'protocol'],
      ...['queue', 'record', 'storage', 'telemetry'],
    ],
    builtins: [
      ...['crypto', 'fs', 'fs/promises', 'module', 'os', 'path', 'timers/promises', 'url'],
      'zlib',
    ],
  },
  {
    name: 'odradek/client',
    exports: ['Admin', 'Consumer', 'Producer'],
    folders: [
      ...['addon', 'base', 'client', 'compression', 'protocol', 'record', 'security', 'transport'],
    ],
    builtins: [
      ...['async_hooks', 'crypto', 'diagnostics_channel', 'fs', 'module', 'net', 'path', 'tls'],
      ...['url', 'util', 'worker_threads', 'zlib'],
    ],
  },
  {
    name: 'odradek/broker',
    exports: ['Broker', 'StartError'],
    folders: [
      ...['addon', 'base', 'broker', 'controller', 'engine', 'metadata', 'policy', 'protocol'],
      ...['storage', 'telemetry'],
    ],
    builtins: [
      ...['crypto', 'fs', 'fs/promises', 'module', 'net', 'os', 'path', 'timers/promises'],
      ...['url', 'worker_threads'],
    ],
  },
]

let tarball: Tarball
let installation: Installation

beforeAll(() => {
  tarball = packTarball()
  installation = install(tarball, ownNpm(), process.env)
})

afterAll(() => {
  installation?.remove()
  tarball?.remove()
})

/** What a program in the project prints; throws where it fails. */
function run(executable: string, args: readonly string[]): string {
  const { project: cwd } = installation
  const { status, stdout, stderr } = spawnSync(executable, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`it ended with ${status}: ${stdout}${stderr}`)
  return stdout.trim()
}

it('publint finds nothing', async () => {
  const bytes = readFileSync(tarball.file)
  const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({
    pack: { tarball: packed as ArrayBuffer },
    strict: true,
  })
  expect(pkg?.['name']).toBe('odradek')
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
})

it('arethetypeswrong finds the types of every entry, and nothing wrong with them', () => {
  const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js')
  // `node16` leaves out TypeScript's resolution of before Node had "exports". The rule left out
  // says that require() gets ESM: that is what every Node does that we run on.
  const options = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']
  const line = [attw, tarball.file, ...options, '--no-definitely-typed', '--format', 'json']
  const { status, stdout } = spawnSync(process.execPath, line, { encoding: 'utf8' })
  const { analysis } = JSON.parse(stdout)
  expect({ status, entries: Object.keys(analysis.entrypoints) }).toEqual({
    status: 0,
    entries: ['.', './client', './broker', './package.json'],
  })
})

it('TypeScript compiles programs that import the entries, and such that require them', () => {
  const { project } = installation
  const use = (load: (name: string) => string) => `
    ${load('odradek/broker')}
    ${load('odradek/client')}
    export async function main(): Promise<number> {
      await using broker = await Broker.start()
      await using producer = new Producer({ bootstrapServers: broker.bootstrapServers })
      const { offset } = await producer.send({ topic: 't', value: 'v' })
      return offset
    }`
  const names = { 'odradek/broker': '{ Broker }', 'odradek/client': '{ Producer }' }
  const named = (name: string) => names[name as keyof typeof names]
  writeFileSync(
    join(project, 'imports.mts'),
    use((name) => `import ${named(name)} from '${name}'`),
  )
  const required = (name: string) => {
    const module = name.replace('/', '_')
    return `import ${module} = require('${name}'); const ${named(name)} = ${module}`
  }
  writeFileSync(join(project, 'requires.cts'), use(required))
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  const target = ['--target', 'es2022', '--lib', 'es2022,esnext.disposable', '--noEmit', '--strict']
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const files = ['imports.mts', 'requires.cts']
  run(process.execPath, [tsc, '--module', 'nodenext', ...target, ...types, ...files])
})

describe.each(entries)('$name', ({ name, exports, folders, builtins }) => {
  it.each(nodes)('is required and imported by Node %s', (version) => {
    const executable = node(version)
    const required = `console.log(Object.keys(require('${name}')).sort().join())`
    const imported = `console.log(Object.keys(await import('${name}')).sort().join())`
    const names = run(executable, ['--input-type=commonjs', '-e', required])
    expect(names.split(',')).toEqual(expect.arrayContaining([...exports]))
    expect(run(executable, ['--input-type=module', '-e', imported])).toBe(names)
  })

  it('loads what it needs, no other package and no native module', () => {
    const recorder = pathToFileURL(join(import.meta.dirname, 'record-modules.mjs')).href
    const program = `
      await import('${name}')
      const objects = process.report.getReport().sharedObjects
      console.log(objects.filter((path) => path.endsWith('.node')).join())`
    const line = ['--import', recorder, '--input-type=module', '-e', program]
    const { status, output } = spawnSync(process.execPath, line, {
      cwd: installation.project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    const [, native, errors, modules] = output
    expect({ status, native: native?.trim() }, errors ?? '').toEqual({ status: 0, native: '' })

    const dist = pathToFileURL(join(installation.package, 'dist', '/')).href
    const loaded = (modules ?? '').trim().split('\n')
    const ours = loaded.filter((url) => url.startsWith(dist))
    const node = loaded.filter((url) => url.startsWith('node:'))
    expect(loaded.filter((url) => !ours.includes(url) && !node.includes(url))).toEqual([])
    const below = ours.map((url) => url.slice(dist.length).split('/'))
    const inFolders = below.filter((path) => path.length > 1).map(([folder]) => folder)
    expect([...new Set(inFolders)].sort()).toEqual(folders)
    expect([...new Set(node)].sort()).toEqual(builtins.map((module) => `node:${module}`))
  })
})
