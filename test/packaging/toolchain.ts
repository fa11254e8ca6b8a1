import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'odradek')

/** Something to install packages with, and the Node that it runs on. */
export interface PackageManager {
  readonly name: string
  /** Arguments that install a tarball into the folder that it runs in. */
  readonly command: (tarball: string) => readonly string[]
}

/** A Node by version: this one, or one from the registry, kept in a cache folder. */
export function node(version: string): string {
  if (version === process.versions.node) return process.execPath
  const name = `node-${process.platform}-${process.arch}`
  return join(fromRegistry(name, version), 'bin', 'node')
}

/** npm of that version, on a Node that it supports. */
export function npm(version: string, nodeVersion: string): PackageManager {
  const cli = join(fromRegistry('npm', version), 'bin', 'npm-cli.js')
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  return {
    name: `npm ${version}`,
    command: (tarball) => [node(nodeVersion), cli, ...install, tarball],
  }
}

/** pnpm of that version. */
export function pnpm(version: string): PackageManager {
  const cli = join(fromRegistry('pnpm', version), 'bin', 'pnpm.cjs')
  return {
    name: `pnpm ${version}`,
    command: (tarball) => [process.execPath, cli, 'add', '--reporter=append-only', tarball],
  }
}

/** The folder of a package of exactly that version, installed into the cache once. */
function fromRegistry(name: string, version: string): string {
  const folder = join(cache, `${name}-${version}`)
  const installed = join(folder, 'node_modules', name)
  if (existsSync(installed)) return installed
  mkdirSync(folder, { recursive: true })
  const line = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
  const run = spawnSync('npm', [...line, `${name}@${version}`], { encoding: 'utf8' })
  if (run.status === 0) return installed
  rmSync(folder, { recursive: true, force: true })
  throw new Error(`${name}@${version} cannot be installed: ${run.stderr}`)
}

/**
 * An environment without a compiler: the path leads to Node, a shell and a few tools that npm
 * calls, and to nothing else. `remove` takes its folder away.
 */
export function withoutCompiler(): { env: NodeJS.ProcessEnv; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-path-'))
  for (const tool of ['sh', 'env', 'tar', 'gzip', 'uname', 'rm', 'mkdir']) {
    const found = ['/bin', '/usr/bin'].map((bin) => join(bin, tool)).find(existsSync)
    if (found !== undefined) symlinkSync(found, join(folder, tool))
  }
  symlinkSync(process.execPath, join(folder, 'node'))
  const kept = Object.entries(process.env).filter(([name]) => !/^(CC|CXX|npm_.*)$/.test(name))
  const registry = process.env['npm_config_registry']
  const env = {
    ...Object.fromEntries(kept),
    PATH: folder,
    ...(registry === undefined ? {} : { npm_config_registry: registry }),
  }
  return { env, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The manager that belongs to this Node, as its user has it. */
export function ownNpm(): PackageManager {
  const found = spawnSync('npm', ['root', '--global'], { encoding: 'utf8' }).stdout.trim()
  const cli = join(found || dirname(process.execPath), 'npm', 'bin', 'npm-cli.js')
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  return { name: 'npm', command: (tarball) => [process.execPath, cli, ...install, tarball] }
}
