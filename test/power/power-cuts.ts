import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/native-sources.mjs'
import { buildFolder, make } from '../../scripts/sanitized.mjs'

/** The file systems that are tried. */
export const fileSystems = ['ext4', 'xfs'] as const
export type FileSystemName = (typeof fileSystems)[number]

/** What a run of cuts found. */
export interface CutReport {
  readonly cuts: number
  /** Of the cuts: those that came before the last one was recovered from. */
  readonly whileRecovering: number
  /** Processes that were killed while the machine went on. */
  readonly kills: number
  readonly cleanStops: number
  /** Processes that wrote through mapped windows when they ended. */
  readonly withWindows: number
  /** Records that were acknowledged. */
  readonly acknowledged: number
  /** Of those: the ones that were not there, or not as they were sent. */
  readonly lost: number
  /** A sentence for each broken promise. */
  readonly faults: readonly string[]
}

/** A report that is written while the cuts go on. */
export type CutTally = { -readonly [Name in Exclude<keyof CutReport, 'faults'>]: number } & {
  readonly faults: string[]
}

/** One of no cuts yet. */
export function noCuts(): CutTally {
  const none = { cuts: 0, whileRecovering: 0, kills: 0, cleanStops: 0, withWindows: 0 }
  return { ...none, acknowledged: 0, lost: 0, faults: [] }
}

/** Exit code of a program that this machine does not allow to cut anything. */
const notPossible = 77

export const program: string = join(buildFolder('debug'), 'power_cuts')

/** To be preloaded: syncs of files with $ODRADEK_FORGET_SYNC in their path mostly do nothing. */
export const forgetfulSync: string = join(buildFolder('debug'), 'forgetful_sync.so')

/** Files that a lying disk forgets to sync, each enough to lose records. */
export const forgotten = ['odradek-journal/part-', '.log'] as const

/**
 * Compiles the program and tries it on each file system. Why the power of some can't be cut here,
 * by its name, in words that are also printed.
 */
export function findObstacles(): ReadonlyMap<string, string> {
  const noProgram = buildObstacle()
  const obstacles = new Map<string, string>()
  for (const fileSystem of fileSystems) {
    const reason = noProgram ?? obstacle(fileSystem)
    if (reason === undefined) continue
    obstacles.set(fileSystem, reason)
    console.log(`skipped: power cuts on ${fileSystem} because ${reason}`)
  }
  return obstacles
}

function buildObstacle(): string | undefined {
  const works = (command: string) => spawnSync(command, ['--version']).status === 0
  if (process.platform !== 'linux') return 'loop devices and the shutdown call are Linux'
  if (!works('make') || !works(process.env['CXX'] ?? 'g++')) return 'there is no compiler'
  if (!make('-s', 'power_cuts')) throw new Error('test/power does not compile')
  return undefined
}

function obstacle(fileSystem: FileSystemName): string | undefined {
  const args = ['--file-system', fileSystem, '--cuts', '1']
  const tried = spawnSync(program, args, { encoding: 'utf8' })
  return tried.status === notPossible ? tried.stderr.trim().split('\n').at(-1) : undefined
}

/** How {@link cutPower} goes about it. */
export interface CutOptions {
  readonly fileSystem: FileSystemName
  readonly cuts: number
  readonly seed: number
  /** A part of paths of which seven of eight syncs are forgotten. */
  readonly forget?: string
  /** Where the directories of faults are kept. */
  readonly keep?: string
}

/** Cuts the power under the native log, driven directly. Rejects where that could not be done. */
export function cutPower(options: CutOptions): Promise<CutReport> {
  const { fileSystem, cuts, seed, forget, keep } = options
  const args = ['--file-system', fileSystem, '--cuts', String(cuts), '--seed', String(seed)]
  if (keep !== undefined) args.push('--keep', keep)
  const env = { ...process.env, ...(forget === undefined ? {} : { ODRADEK_FORGET_SYNC: forget }) }
  return reportOf(program, args, { env })
}

/** How {@link cutBrokerPower} goes about it. */
export interface BrokerCutOptions {
  readonly fileSystem: FileSystemName
  readonly cuts: number
  /** Whose power is cut: our broker's by default. */
  readonly target?: 'odradek' | 'kafka'
  /** Broker configs by Kafka's names. */
  readonly settings?: Readonly<Record<string, string>>
  /** As in {@link CutOptions}. */
  readonly forget?: string
}

/** How {@link cutEmbeddedPower} goes about it. */
export interface EmbeddedCutOptions {
  readonly fileSystem: FileSystemName
  readonly cuts: number
  /** As in {@link CutOptions}. */
  readonly forget?: string
}

/** Cuts the power under a whole broker that is loaded over its port. */
export function cutBrokerPower(options: BrokerCutOptions): Promise<CutReport> {
  return cutInNamespace('broker-cuts.ts', options)
}

/** Cuts the power under a process with logs and queues, as `dist/` has them. */
export function cutEmbeddedPower(options: EmbeddedCutOptions): Promise<CutReport> {
  return cutInNamespace(join('embedded', 'cuts.ts'), options)
}

/** Runs a script of this folder where its mounts are its own. */
async function cutInNamespace(name: string, options: object): Promise<CutReport> {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-power-'))
  const script = join(root, 'test', 'power', name)
  const node = [process.execPath, join(root, 'scripts', 'run-ts.mjs'), script]
  try {
    const args = ['--mount', ...node, JSON.stringify(options)]
    return await reportOf('unshare', args, { cwd: folder })
  } finally {
    rmdirSync(folder)
  }
}

function reportOf(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<CutReport> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}: ${stderr || error.message}`))
      else resolve(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CutReport)
    })
  })
}

/** One line of figures, and one for each fault. */
export function print(title: string, report: CutReport): void {
  const { cuts, whileRecovering, kills, cleanStops, withWindows, acknowledged, lost, faults } =
    report
  const how = [
    `${whileRecovering} while recovering, ${withWindows} with mapped windows`,
    `${kills} kills, ${cleanStops} clean stops`,
  ].join('; ')
  console.log(`${title}: ${cuts} cuts (${how}), ${acknowledged} records acknowledged, ${lost} lost`)
  for (const fault of faults) console.log(`  ${fault}`)
}
