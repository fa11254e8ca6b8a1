import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const patienceMsDefault = 180_000

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
