import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What a driver says of itself and of the library that it drives. */
export interface Ready {
  readonly client: string
  readonly version: string
  readonly codecs: readonly string[]
  readonly assignors: readonly string[]
  /** Operations and features that the library does not have. */
  readonly lacks: readonly string[]
}

/** An operation that a driver answered with an error. */
export class DriverError extends Error {
  /** Kafka's number, negative for what the library found by itself; where the library tells it. */
  readonly code: number | undefined
  /** Kafka's name of it, or the library's. */
  readonly errorName: string | undefined

  constructor(operation: string, { code, name, message }: ErrorAnswer) {
    super(`${operation}: ${name ?? ''} (${code ?? 'no code'}) ${message ?? ''}`)
    this.code = code
    this.errorName = name
  }
}

interface ErrorAnswer {
  readonly code?: number
  readonly name?: string
  readonly message?: string
}

interface Answer {
  readonly id?: number
  readonly ready?: Ready
  readonly ok?: unknown
  readonly error?: ErrorAnswer
}

interface Waiting {
  readonly operation: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const patienceMs = 120_000
const errorTailBytes = 4_000

/** A driver as a process: JSON lines to it and from it, answers in any order. */
export class DriverProcess {
  readonly ready: Promise<Ready>
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #errors = ''

  /** Starts `command` for the broker at `bootstrap`, `host:port`. */
  constructor(command: readonly string[], bootstrap: string) {
    const [program = '', ...args] = command
    const env = { ...process.env, BOOTSTRAP: bootstrap }
    this.#child = spawn(program, args, { env, stdio: 'pipe' })
    const { stdin, stdout, stderr } = this.#child
    stdin?.on('error', () => {})
    stderr?.on('data', (chunk) => {
      this.#errors = (this.#errors + chunk).slice(-errorTailBytes)
    })
    this.ready = new Promise((resolve, reject) => {
      const operation = 'the start of the driver'
      const waiting = { operation, resolve: resolve as Waiting['resolve'], reject }
      this.#waiting.set(0, this.#limited(0, waiting))
    })
    this.ready.catch(() => {})
    if (stdout) createInterface(stdout).on('line', (line) => this.#take(line))
    this.#exit = once(this.#child, 'close').catch((error) => [error])
    void this.#exit.then((reason) => this.#failAll(`the driver ended (${reason.join(' ')})`))
  }

  /** Resolves with what the driver answers; rejects with {@link DriverError} where it refuses. */
  request(operation: string, args: object): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, this.#limited(id, { operation, resolve, reject }))
      this.#child.stdin?.write(`${JSON.stringify({ id, op: operation, ...args })}\n`)
    })
  }

  /** Ends the driver at once, as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }

  /** Ends its input, which closes all that it has open, and waits; kills it in the end. */
  async close(): Promise<void> {
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await this.#exit
    clearTimeout(timer)
  }

  #limited(id: number, waiting: Waiting): Waiting {
    const expire = () => {
      this.#waiting.delete(id)
      waiting.reject(new Error(this.#described(waiting.operation, `no answer in ${patienceMs} ms`)))
    }
    const timer = setTimeout(expire, patienceMs)
    const settle =
      <T>(then: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer)
        then(value)
      }
    const { operation, resolve, reject } = waiting
    return { operation, resolve: settle(resolve), reject: settle(reject) }
  }

  #take(line: string): void {
    let answer: Answer
    try {
      answer = JSON.parse(line)
    } catch {
      this.#failAll(`the driver wrote a line that is no JSON: ${line.slice(0, 200)}`)
      return
    }
    const id = answer.ready === undefined ? (answer.id ?? -1) : 0
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (answer.error) waiting?.reject(new DriverError(waiting.operation, answer.error))
    else waiting?.resolve(answer.ready ?? answer.ok)
  }

  #failAll(reason: string): void {
    for (const { operation, reject } of this.#waiting.values()) {
      reject(new Error(this.#described(operation, reason)))
    }
    this.#waiting.clear()
  }

  #described(operation: string, reason: string): string {
    return `${operation}: ${reason}\n${this.#errors}`
  }
}
