import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** How a program of a suite is run. */
export interface ProgramOptions {
  readonly cwd: string
  /** Added to our own environment. */
  readonly env?: NodeJS.ProcessEnv
  /** The file that its output goes to. */
  readonly output: string
  /** It and its children are killed after so many minutes. */
  readonly minutesMax: number
}

/**
 * Runs a program to its end, whatever its exit code is: a suite in which a test fails has a report
 * all the same. Throws if it had to be killed.
 */
export async function runProgram(
  command: readonly string[],
  { cwd, env, output, minutesMax }: ProgramOptions,
): Promise<void> {
  const [program = '', ...args] = command
  const out = openSync(output, 'a')
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', out, out],
    detached: true,
  })
  closeSync(out)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    // Its group: the programs of a suite start others.
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  }, minutesMax * 60_000)
  await once(child, 'exit')
  clearTimeout(timer)
  if (isLate) throw new Error(`killed after ${minutesMax} minutes; its output: ${output}`)
}

/** The report that a suite wrote; throws, with the place of its output, if it wrote none. */
export function readReport(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8')
  throw new Error(`the suite did not run; its output lies in ${dirname(file)}`)
}

/** Runs what prepares a suite; its output is shown. Throws if it fails. */
export function build(cwd: string, command: readonly string[]): void {
  const [program = '', ...args] = command
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    throw new Error(`${command.join(' ')} in ${cwd} failed: ${error ?? `exit code ${status}`}`)
  }
}

/** Installs what the package.json in that folder asks for, without running its scripts. */
export function installPackages(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) return
  build(folder, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'])
}

/** A folder for what is fetched for tests, kept between runs. */
export function cacheFolder(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'odradek', name)
  mkdirSync(folder, { recursive: true })
  return folder
}
