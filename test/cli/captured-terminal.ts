/** A terminal that keeps what is written. */
import { createTerminal, type Terminal } from '../../src/cli/terminal.ts'

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
