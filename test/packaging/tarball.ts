import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { prebuildName } from '../../scripts/prebuild-name.mjs'
import { isCurrentPrebuild, prebuildFile } from '../../scripts/prebuild-stamp.mjs'

const root = resolve(import.meta.dirname, '..', '..')

/** A tarball as `npm pack` makes it, in a temporary folder that `remove` takes away. */
export interface Tarball {
  readonly file: string
  /** Paths of what it holds, below the package's folder. */
  readonly contents: readonly string[]
  /** Whether this machine's binary is `npm run prebuild`'s; else it is that of this checkout. */
  readonly prebuilt: boolean
  remove(): void
}

/**
 * Packs this checkout as it is built. Binaries of the present sources are taken along; where this
 * machine's is not among them, the one that `npm run compile` made stands in its place, since a
 * cross-build of everything takes longer than a test should.
 */
export function packTarball(): Tarball {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-pack-'))
  const staging = join(folder, 'package')
  mkdirSync(staging)
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const listed = (files as string[]).filter((file) => !file.startsWith('!'))
  for (const entry of ['package.json', 'README.md', 'LICENSE', ...listed]) {
    const from = join(root, entry)
    if (existsSync(from) && entry !== 'prebuilds/') cpSync(from, join(staging, entry), recursive)
  }
  const name = prebuildName()
  const prebuilt = isCurrentPrebuild(name)
  const binary = prebuilt ? prebuildFile(name) : join(root, 'build', 'Release', 'odradek.node')
  cpSync(binary, join(staging, 'prebuilds', name, 'odradek.node'), recursive)

  const pack = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--loglevel=error'], {
    cwd: staging,
    encoding: 'utf8',
  })
  if (pack.status !== 0) throw new Error(`npm pack failed: ${pack.stderr}`)
  const [report] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }]
  return {
    file: join(staging, report.filename),
    contents: report.files.map((file) => file.path),
    prebuilt,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const recursive = { recursive: true }
