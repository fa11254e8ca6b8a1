/** Commands of ours, in this process, against a broker. */
import { expect } from 'vitest'
import { type Ended, runToEnd } from '../../cli/captured-terminal.ts'
import type { BrokerProcess } from '../broker-process.ts'

/** Runs commands against one broker. */
export class Commands {
  readonly #broker: BrokerProcess

  constructor(broker: BrokerProcess) {
    this.#broker = broker
  }

  /** Runs a command to its end, whatever that is. */
  run(...args: string[]): Promise<Ended> {
    return runToEnd([...args, '--bootstrap-server', this.#broker.address])
  }

  /** What a command that succeeds writes to stdout. */
  async lines(...args: string[]): Promise<readonly string[]> {
    const { code, out, err } = await this.run(...args)
    expect([args.join(' '), code, err]).toEqual([args.join(' '), 0, err])
    return out
  }

  /** The rows of a table without its headings, each as its cells. */
  async rows(...args: string[]): Promise<readonly (readonly string[])[]> {
    return (await this.lines(...args)).slice(1).map((line) => line.trim().split(/ {2,}/))
  }

  /** The one JSON value that a command prints with `--json`. */
  async json<T>(...args: string[]): Promise<T> {
    const out = await this.lines(...args, '--json')
    expect(out.length).toBe(1)
    return JSON.parse(out[0] ?? '') as T
  }

  /** The sentence of a command that fails, or that is wrong: exit code 1, or 2. */
  async failure(code: number, ...args: string[]): Promise<string> {
    const ended = await this.run(...args)
    expect([args.join(' '), ended.code, ended.out]).toEqual([args.join(' '), code, []])
    return ended.err.join('\n')
  }
}
