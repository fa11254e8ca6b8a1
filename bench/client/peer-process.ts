import { runProcess } from '../../src/bench/harness/run-process.ts'
import type { Answer, Figures, Task } from './task.ts'

/**
 * Has a client's process do one task. Rejects with what the process says, or what it printed last
 * if it ends without an answer or takes longer than `patienceMs`.
 */
export async function runPeer(
  command: readonly string[],
  task: Task,
  patienceMs?: number,
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
