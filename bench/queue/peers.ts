import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setUp } from '../../test/conformance/client-tools.ts'
import { type CaseName, caseNames, type Figures, type Task, workersOf } from './task.ts'

/** A store that takes part. */
export interface Peer {
  /** As in the table and behind --peer. */
  readonly name: string
  readonly cases: readonly CaseName[]
  /**
   * Installs what is missing, of a pinned version.
   * @throws {Error} why it cannot be had here
   */
  prepare(): (task: Task) => Promise<Figures>
}

const folder = join(import.meta.dirname, 'peer')
const runner = join(import.meta.dirname, '..', '..', 'scripts', 'run-ts.mjs')
const logCases = caseNames.filter((name) => workersOf(name) === undefined)
const workCases = caseNames.filter((name) => workersOf(name) !== undefined)
const patienceMs = 180_000

/** The name of ours, with which the others are compared. */
export const ours = 'odradek'

/** The name of what is no store: one thread that writes and syncs. */
const bareDisk = 'disk'

/** All that take part. */
export const peers: readonly Peer[] = [
  { name: ours, cases: caseNames, prepare: () => (task) => runPeer(ours, [], task) },
  { name: bareDisk, cases: ['synced-1'], prepare: () => (task) => runPeer(bareDisk, [], task) },
  installed('better-sqlite3', '12.4.1', caseNames),
  installed('lmdb', '3.4.4', logCases),
  installed('classic-level', '3.0.0', logCases),
  installed('bullmq', '6.7.0', workCases, ['ioredis@6.0.0']),
]

/** `beside`: packages that it works with, as npm names them. */
function installed(
  name: string,
  version: string,
  cases: readonly CaseName[],
  beside: readonly string[] = [],
): Peer {
  return {
    name,
    cases,
    prepare() {
      const { command, obstacle } = setUp(join(folder, 'setup.sh'), [name, version, ...beside])
      if (command === undefined) throw new Error(obstacle)
      return (task) => runPeer(name, command.slice(-1), task)
    },
  }
}

async function runPeer(name: string, args: readonly string[], task: Task): Promise<Figures> {
  const kind = workersOf(task.case) === undefined ? 'log' : 'work'
  const line = ['--no-warnings', runner, join(folder, kind, `${name}.ts`), ...args]
  const child = spawn(process.execPath, line, { timeout: patienceMs, killSignal: 'SIGKILL' })
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(task))
  const closed = once(child, 'close')
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  const answer = output.trim().split('\n').at(-1) ?? ''
  if (answer.startsWith('{')) return JSON.parse(answer) as Figures
  throw new Error(`${name} gave no answer to ${task.case}: ${errors.slice(-2_000)}`)
}
