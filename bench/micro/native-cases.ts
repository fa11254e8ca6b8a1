import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RoundFigures } from './rounds.ts'

const root = resolve(import.meta.dirname, '..', '..')
const program = join(root, 'build', 'bench', 'micro', 'odradek-micro')
const core = join(root, 'build', 'Release', 'core.a')
const minutesMax = 3
/** More than the logs of the cases take. */
const folderBytesMin = 256 * 2 ** 20

/** Why the cases of the native core cannot be measured here; `undefined` where they can. */
export function nativeObstacle(): string | undefined {
  if (!existsSync(core)) return 'the native core was not compiled here'
  for (const command of [process.env['CXX'] ?? 'c++', 'make']) {
    if (spawnSync(command, ['--version']).status !== 0) return `${command} is not installed`
  }
  return undefined
}

/**
 * Builds odradek-micro with the core that the addon was made of, and measures those of its cases
 * that are named, or all where none is.
 *
 * @throws {Error} it does not compile, or ends in any other way than it should
 */
export function measureNative(rounds: number, names: Iterable<string>): RoundFigures {
  const sources = join(import.meta.dirname, 'native')
  execFileSync('make', ['-s', '-j2', '-C', sources], { stdio: ['ignore', 'ignore', 'inherit'] })
  const folder = mkdtempSync(join(memoryFolder(), 'odradek-micro-'))
  try {
    const printed = execFileSync(program, [String(rounds), folder, ...names], {
      encoding: 'utf8',
      timeout: minutesMax * 60_000,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return JSON.parse(printed) as RoundFigures
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A folder in memory, where no disk disturbs; the system's temporary folder if there is none. */
function memoryFolder(): string {
  try {
    const folder = '/dev/shm'
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= folderBytesMin ? folder : tmpdir()
  } catch {
    return tmpdir()
  }
}
