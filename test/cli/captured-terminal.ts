/** A terminal that keeps what is written. */
import { runCommandLine } from '../../src/cli/program.ts'
import { createTerminal, type Terminal } from '../../src/cli/terminal.ts'

/** How a command ended, with the lines that it wrote. */
export interface Ended {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

/** Runs a command to its end, whatever that is. */
export async function runToEnd(
  args: readonly string[],
  terminal: CapturedTerminal = capturedTerminal(),
): Promise<Ended> {
  const code = await runCommandLine(args, terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

export interface CapturedTerminal extends Terminal {
  /** Lines written so far. */
  readonly stdout: string[]
  readonly stderr: string[]
  /** Bytes written by `write`. */
  readonly bytes: () => Buffer
}

export function capturedTerminal(): CapturedTerminal {
  const stdout: string[] = []
  const stderr: string[] = []
  const chunks: Buffer[] = []
  const into = (lines: string[]) => ({
    isTTY: false,
    write: (data: string | Uint8Array, done?: () => void) => {
      if (typeof data === 'string') lines.push(...data.replace(/\n$/, '').split('\n'))
      else chunks.push(Buffer.from(data))
      done?.()
      return true
    },
  })
  const terminal = createTerminal(into(stdout), into(stderr), {})
  return Object.assign(terminal, { stdout, stderr, bytes: () => Buffer.concat(chunks) })
}
