import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatHostPort, type HostPort } from '../../base/endpoint.ts'
import { noteChild } from '../harness/children.ts'
import { discard } from '../harness/discard.ts'
import type { BrokerTarget, Settings } from './broker-target.ts'
import { connect } from './connect.ts'

const patienceMsDefault = 60_000
const answerTimeoutMs = 1_000
const readyLine = /^odradek listening on (?<host>.+):(?<port>\d+), data in (?<folder>.+)$/m

/** What a broker prints only where it has a bug. */
const ownFault =
  /^.*(assertion failed|AddressSanitizer|ThreadSanitizer|runtime error:|Uncaught|Unhandled).*$/m

/** How a broker is started. */
export interface BrokerOptions {
  readonly target: BrokerTarget
  readonly settings?: Settings
  /** Where the folder with data and log is made; the system's temporary folder by default. */
  readonly parent?: string | undefined
  /** The longest that a start or a stop may take, in ms; 60,000 by default. */
  readonly patienceMs?: number
}

/**
 * A broker in a process of its own, on a folder and a port of its own that it keeps through
 * restarts. Whoever starts one ends it with {@link dispose}. Calls must not overlap.
 */
export class BrokerProcess {
  readonly target: BrokerTarget
  readonly folder: string
  readonly #settings: Settings
  readonly #patienceMs: number
  #port = 0
  #child: ChildProcess | undefined
  /** Where the log of the current process begins in the log file. */
  #logStart = 0
  /** Milliseconds from the last start of the process to the first answered request. */
  firstAnswerMs = 0

  private constructor(options: BrokerOptions) {
    this.target = options.target
    this.#settings = options.settings ?? {}
    this.#patienceMs = options.patienceMs ?? patienceMsDefault
    this.folder = mkdtempSync(join(options.parent ?? tmpdir(), 'odradek-broker-'))
  }

  /** Starts a broker on a new, empty folder and waits until it answers. */
  static async start(options: BrokerOptions): Promise<BrokerProcess> {
    const broker = new BrokerProcess(options)
    broker.#port = await freePort()
    try {
      broker.target.prepare(broker.folder, broker.#port, broker.#settings)
      await broker.start()
    } catch (error) {
      await broker.dispose()
      throw error
    }
    return broker
  }

  get port(): number {
    return this.#port
  }

  /** Where it listens. */
  get endpoint(): HostPort {
    return { host: '127.0.0.1', port: this.#port }
  }

  /** host:port for a client's list of brokers. */
  get address(): string {
    return formatHostPort(this.endpoint)
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the broker is not running')
    return pid
  }

  /** True while the process lives. */
  get running(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child)
  }

  get dataFolder(): string {
    return join(this.folder, 'data')
  }

  /** All that the broker has printed, over all its starts. */
  get log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : ''
  }

  /** Starts the process again, on the same folder and port, and waits until it answers. */
  async start(): Promise<void> {
    if (this.running) throw new Error('the broker is running already')
    const [program, ...args] = this.target.command(this.folder, this.#port, this.#settings)
    this.#logStart = this.log.length
    const out = openSync(this.#logFile, 'a')
    const begun = performance.now()
    this.#child = spawn(program ?? '', args, {
      cwd: this.folder,
      env: this.target.environment(),
      stdio: ['ignore', out, out],
    })
    closeSync(out)
    noteChild(this.#child)
    await this.#waitForAnswer(begun + this.#patienceMs)
    this.firstAnswerMs = performance.now() - begun
  }

  /**
   * Ends the process with SIGTERM and waits; throws if it does not end, or not cleanly, or if it
   * has printed a fault of its own.
   */
  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM')
    const fault = ownFault.exec(this.log)?.[0]
    if (fault !== undefined) throw new Error(`the broker printed: ${fault}\n${this.#logTail()}`)
    if (!this.target.cleanExitCodes.includes(code ?? -1)) {
      throw new Error(`the broker stopped with exit code ${code}\n${this.#logTail()}`)
    }
  }

  /** Ends the process with SIGKILL and waits. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends what runs and discards the folder. May be called at any time. */
  async dispose(): Promise<void> {
    if (this.running) await this.kill()
    discard(this.folder)
  }

  /** How a process that ended by itself ended, and what it printed last; undefined: it runs. */
  get end(): string | undefined {
    const child = this.#child
    if (child === undefined || !hasEnded(child)) return undefined
    const how = child.signalCode ?? `exit code ${child.exitCode}`
    return `${this.target.name} ended with ${how}\n${this.#logTail()}`
  }

  /** Resident memory of the process in bytes: now, or the most since it started. */
  residentBytes(when: 'now' | 'peak' = 'now'): number {
    const name = when === 'now' ? 'VmRSS' : 'VmHWM'
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
  }

  get #logFile(): string {
    return join(this.folder, 'broker.log')
  }

  #logTail(): string {
    return this.log.split('\n').slice(-30).join('\n')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === undefined || hasEnded(child)) throw new Error('the broker is not running')
    const exit = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#patienceMs)
    const [code] = await exit
    clearTimeout(timer)
    return code as number | null
  }

  async #waitForAnswer(deadline: number): Promise<void> {
    while (performance.now() < deadline) {
      if (!this.running) break
      if (this.#mayBeReady() && (await answers(this.endpoint))) return
      await sleep(2)
    }
    const state = this.running ? 'does not answer' : 'ended while it started'
    if (this.running) await this.kill()
    throw new Error(`the broker ${state}\n${this.#logTail()}`)
  }

  /** A broker that says when it is ready is not asked before it said so in this start. */
  #mayBeReady(): boolean {
    if (!this.target.saysWhenReady) return true
    const port = readyLine.exec(this.log.slice(this.#logStart))?.groups?.['port']
    if (port !== undefined && Number(port) !== this.#port) throw new Error(`it names port ${port}`)
    return port !== undefined
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** True if something there answers ApiVersions within a second. */
async function answers(endpoint: HostPort): Promise<boolean> {
  try {
    const connection = await connect(endpoint, answerTimeoutMs)
    connection.close()
    return true
  } catch {
    return false
  }
}

/**
 * A port of 127.0.0.1 that is free now, with a free one above it (for a controller). It lies below
 * the range from which systems choose ports for outgoing connections: while a broker is away, its
 * clients' attempts to connect could otherwise take its port, even connect it to itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000)
    if ((await isFree(port)) && (await isFree(port + 1))) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
