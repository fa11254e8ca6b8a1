import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { noteChild } from './children.ts'

const errorCharsMax = 2_000

/** A process that is told and tells lines. Whoever starts one ends it; calls must not overlap. */
export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  readonly #closed: Promise<unknown>
  #errors = ''

  /** Starts it; it is killed where it takes longer than its patience. */
  constructor(command: readonly string[], patienceMs: number) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { timeout: patienceMs, killSignal: 'SIGKILL' })
    noteChild(this.#child)
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => {
      this.#errors += error.message
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-errorCharsMax)
    })
    this.#closed = once(this.#child, 'close').catch(() => {})
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Writes a line to it. */
  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  /** Its next line that begins so; rejects with its errors where it ends before. */
  async lineOf(start: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) {
        await this.#closed
        throw new Error(`it ended before it printed ${start}: ${this.#errors}`)
      }
      if (value.startsWith(start)) return value
    }
  }

  /** Ends its input and waits until it has ended. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    await this.#closed
  }

  /** Kills it and waits. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }
}
