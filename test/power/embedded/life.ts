import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the process is to do; see `load.mjs`. */
export interface Errand {
  readonly directory: string
  readonly mode: 'look' | 'load' | 'drain'
  /** The first number that no record has. */
  readonly next: number
  /** Keys that are known, when they were put, and where. */
  readonly keys: readonly { readonly key: string; readonly offset: number; readonly atMs: number }[]
}

/** A line that the process said: what, and of what. */
export type Said = readonly [what: string, ...rest: unknown[]]

let lives = 0

/** A process of `load.mjs`. It starts at once and waits for its errand. */
export class Life {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #number = lives++
  readonly #open: Promise<unknown>
  /** It has opened its store and told what stands there. */
  isOpen = false
  /** Where it hangs, if it does. */
  hangs: string | undefined
  readonly #ended: Promise<unknown>

  /** `folder` takes what it says. */
  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder
    const errors = openSync(this.#errors, 'w')
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'load.mjs')], {
      env: environment,
      stdio: ['ignore', 'ignore', errors, 'ipc'],
    })
    closeSync(errors)
    this.#open = once(this.#child, 'message').then(() => {
      this.isOpen = true
    })
    this.#ended = once(this.#child, 'exit')
  }

  /** Sends it on its errand. */
  begin(errand: Errand): void {
    writeFileSync(this.#said, '')
    this.#child.send({ ...errand, said: this.#said })
  }

  /** Waits until it has opened its store, or has ended. False: it hangs. */
  untilOpen(): Promise<boolean> {
    return within(20_000, Promise.race([this.#open, this.#ended]))
  }

  /** Waits until it has ended by itself. False: it hangs. */
  untilEnded(): Promise<boolean> {
    return within(60_000, this.#ended)
  }

  /** Ends it, as a machine's end does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** Why it ended by itself, or did not end. */
  get failure(): string | undefined {
    if (this.hangs !== undefined) return `the process hangs ${this.hangs}`
    const { exitCode } = this.#child
    if (exitCode === null || exitCode === 0) return undefined
    const errors = readFileSync(this.#errors, 'utf8').trim().split('\n')
    const words = errors.find((line) => /error/i.test(line)) ?? errors.at(-1)
    return `the process ended with ${exitCode}: ${words}`
  }

  /** All whole lines that it said. A line that was cut off was not said. */
  takeSaid(): Said[] {
    const text = readFileSync(this.#said, 'utf8')
    rmSync(this.#said)
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Said)
  }

  get #said(): string {
    return join(this.#folder, `said-${this.#number}`)
  }

  get #errors(): string {
    return join(this.#folder, `errors-${this.#number}`)
  }
}

/** False: it took longer. */
async function within(timeoutMs: number, what: Promise<unknown>): Promise<boolean> {
  const stop = new AbortController()
  const late = sleep(timeoutMs, false, { signal: stop.signal }).catch(() => false)
  const inTime = await Promise.race([what.then(() => true), late])
  stop.abort()
  return inTime
}
