import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Answer, Figures, Task } from './task.ts'

const patienceMsDefault = 180_000

/**
 * Has a client's process do one task. Rejects with what the process says, or what it printed last
 * if it ends without an answer or takes longer than `patienceMs`.
 */
export async function runPeer(
  command: readonly string[],
  task: Task,
  patienceMs: number = patienceMsDefault,
): Promise<Figures> {
  const { output, errors } = await runProcess(command, JSON.stringify(task), patienceMs)
  const answer = answerIn(output)
  if (answer === undefined) throw new Error(`no answer to ${task.case}: ${errors.slice(-2_000)}`)
  if ('error' in answer) throw new Error(`${task.case}: ${answer.error}`)
  return answer.figures
}

/** The last line, in front of which a library may have printed others. */
function answerIn(output: string): Answer | undefined {
  const line = output.trim().split('\n').at(-1) ?? ''
  return line.startsWith('{"figures"') || line.startsWith('{"error"')
    ? (JSON.parse(line) as Answer)
    : undefined
}

/** Runs a process with that input to its end, which may be after its patience a SIGKILL. */
export async function runProcess(
  command: readonly string[],
  input: string,
  patienceMs: number = patienceMsDefault,
): Promise<{ readonly output: string; readonly errors: string }> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { timeout: patienceMs, killSignal: 'SIGKILL' })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const closed = once(child, 'close')
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { output, errors: child.killed ? `${errors}\nkilled after ${patienceMs} ms` : errors }
}
