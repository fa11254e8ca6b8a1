/** The command line as a user runs it: processes, pipes and signals. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const bin = join(resolve(import.meta.dirname, '..', '..', '..'), 'bin', 'odradek.js')

/** A command of ours, quoted for a shell. */
export function shellCommand(...args: readonly string[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  return [process.execPath, bin, ...args].map(quoted).join(' ')
}

/** What a process left behind. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly out: Buffer
  readonly err: string
}

/** A process of a test, which is ended with it. */
export class RunningCommand {
  readonly #child: ChildProcess
  readonly #ended: Promise<Ended>
  #outBytes = 0

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: 'pipe' })
    this.#child = child
    const out: Buffer[] = []
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk)
      this.#outBytes += chunk.length
    })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    // Who reads no more says so by its exit code.
    child.stdin.on('error', () => {})
    this.#ended = once(child, 'close').then(([code]) => {
      return { code: code as number | null, out: Buffer.concat(out), err }
    })
  }

  /** Resolves when so many bytes came out, or none will come any more. */
  async printed(bytes: number): Promise<void> {
    while (this.#outBytes < bytes && this.#child.exitCode === null) await sleep(20)
  }

  write(text: string | Buffer): void {
    this.#child.stdin?.write(text)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends the input, and waits for the end. */
  end(): Promise<Ended> {
    this.#child.stdin?.end()
    return this.#ended
  }

  /** Waits for the end, with the input still open. */
  ended(): Promise<Ended> {
    return this.#ended
  }
}

/** Runs a command of ours. */
export function odradek(...args: readonly string[]): RunningCommand {
  return new RunningCommand(process.execPath, [bin, ...args])
}

/** Runs a line of the shell. */
export function shell(line: string): RunningCommand {
  return new RunningCommand('bash', ['-c', line])
}
