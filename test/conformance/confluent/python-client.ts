import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** One line of client.py's output; which fields are there depends on what happened. */
export interface Report {
  readonly acked?: string
  readonly failed?: string
  readonly assigned?: readonly number[]
  readonly record?: string
  readonly key?: string
  readonly partition?: number
  readonly offset?: number
  readonly committed?: number
}

/** A running client.py; its reports are collected in order. */
export class PythonClient {
  readonly reports: Report[] = []
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  #errors = ''

  constructor(...args: string[]) {
    const script = join(import.meta.dirname, 'client.py')
    this.#child = spawn('/usr/bin/python3', [script, ...args], { stdio: 'pipe' })
    this.#exit = once(this.#child, 'close')
    const { stdin, stdout, stderr } = this.#child
    stdin?.on('error', () => {})
    if (stdout) createInterface(stdout).on('line', (line) => this.reports.push(JSON.parse(line)))
    stderr?.on('data', (chunk) => {
      this.#errors += chunk
    })
  }

  /** Hands records to a producer, one line each. */
  write(lines: string): void {
    this.#child.stdin?.write(lines)
  }

  /** Ends a producer's input and waits for its end; throws where it did not end well. */
  async finish(): Promise<void> {
    this.#child.stdin?.end()
    await this.#expectEnd()
  }

  /** Makes a consumer leave its group, waits for its end; throws where it did not end well. */
  async leave(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#expectEnd()
  }

  /** Ends the process, whatever it does. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Partitions of the last assignment. */
  get assigned(): readonly number[] {
    return this.reports.findLast((report) => report.assigned !== undefined)?.assigned ?? []
  }

  /** Records consumed so far, in order. */
  get records(): readonly Report[] {
    return this.reports.filter((report) => report.record !== undefined)
  }

  async #expectEnd(): Promise<void> {
    const [code] = await this.#exit
    if (code !== 0) throw new Error(`client.py ended with ${code}: ${this.#errors}`)
  }
}
