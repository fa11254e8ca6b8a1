/** A terminal that keeps what is written. */
import { createTerminal, type Terminal } from '../../src/cli/terminal.ts'

export interface CapturedTerminal extends Terminal {
  /** Lines written so far. */
  readonly stdout: string[]
  readonly stderr: string[]
}

export function capturedTerminal(): CapturedTerminal {
  const stdout: string[] = []
  const stderr: string[] = []
  const into = (lines: string[]) => ({
    isTTY: false,
    write: (text: string) => lines.push(...text.replace(/\n$/, '').split('\n')) > 0,
  })
  const terminal = createTerminal(into(stdout) as never, into(stderr) as never, {})
  return Object.assign(terminal, { stdout, stderr })
}
