import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { noteChild } from './children.ts'

const patienceMsDefault = 180_000

/** What a process printed, and how it ended. */
export interface ProcessEnd {
  readonly output: string
  readonly errors: string
  /** Null where a signal ended it. */
  readonly exitCode: number | null
}

/**
 * Runs a process with that input to its end, which may be after its patience a SIGKILL; `ended`
 * sends it SIGTERM. Rejects where it cannot be started.
 */
export async function runProcess(
  command: readonly string[],
  input: string,
  patienceMs: number = patienceMsDefault,
  ended?: AbortSignal,
): Promise<ProcessEnd> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { timeout: patienceMs, killSignal: 'SIGKILL' })
  noteChild(child)
  const end = () => child.kill('SIGTERM')
  ended?.addEventListener('abort', end, { once: true })
  child.once('exit', () => ended?.removeEventListener('abort', end))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const closed = once(child, 'close')
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    closed,
  ])
  const killed = child.killed && !ended?.aborted ? `\nkilled after ${patienceMs} ms` : ''
  return { output, errors: errors + killed, exitCode: exitCode as number | null }
}
