import { assert } from '../../base/assert.ts'
import type { TimerHandle } from '../../base/clock.ts'
import { formatHostPort, type HostPort } from '../../base/endpoint.ts'
import { BrokerConnection, type BrokerConnectionOptions } from '../../transport/index.ts'
import { TimeoutError } from '../error.ts'
import { type BackoffOptions, backoffMs } from './backoff.ts'
import { clientError, closedError } from './broker-error.ts'
import type { NetworkEnvironment } from './environment.ts'

/** What a link needs to know; times in ms. */
export interface NodeLinkOptions {
  readonly connection: BrokerConnectionOptions
  readonly reconnectBackoff: BackoffOptions
  /** A connection without a request for that long is closed; Infinity keeps it. */
  readonly connectionsMaxIdleMs: number
}

/** How the way to a broker was lost: an open connection ended, or none could be opened. */
export type LinkBreak = 'broken' | 'unreachable'

/** Someone who waits for the connection; the order is that of the calls. */
interface Waiter {
  readonly use: (connection: BrokerConnection) => void
  readonly fail: (error: unknown) => void
  readonly timer: TimerHandle
}

/**
 * The way to one broker: a connection that opens at the first call, opens again after it broke
 * (waiting longer after each failure) and closes when nobody uses it. Calls go out in the order in
 * which they came, whether or not the connection stood.
 */
export class NodeLink {
  readonly #options: NodeLinkOptions
  readonly #environment: NetworkEnvironment
  readonly #onBreak: (what: LinkBreak) => void
  #endpoint: HostPort
  #connection: BrokerConnection | undefined
  #isOpening = false
  #waiters: Waiter[] = []
  /** Failed attempts to connect in a row. */
  #failures = 0
  #notBeforeMs = 0
  /** The broker asked for silence until then (KIP-219). */
  #mutedUntilMs = 0
  #usedAtMs = 0
  #idleTimer: TimerHandle | undefined
  #isClosed = false

  /**
   * @param onBreak is told when a connection ends that we did not close, and of each attempt to
   *   connect that failed.
   */
  constructor(
    endpoint: HostPort,
    options: NodeLinkOptions,
    environment: NetworkEnvironment,
    onBreak: (what: LinkBreak) => void,
  ) {
    assert(options.connectionsMaxIdleMs > 0, 'a connection may be idle for a while')
    this.#endpoint = endpoint
    this.#options = options
    this.#environment = environment
    this.#onBreak = onBreak
  }

  /** Whether a request would go out at once. */
  get isReady(): boolean {
    return this.#connection !== undefined && this.#waiters.length === 0 && !this.#isMuted()
  }

  /** Whether the connection stands. */
  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  /** Where the broker is. */
  get endpoint(): HostPort {
    return this.#endpoint
  }

  /** Whether the last attempt to connect failed and the next has to wait. */
  get isBackingOff(): boolean {
    return this.#connection === undefined && this.#notBeforeMs > this.#now()
  }

  /** Requests that wait for their answer, or to be sent. */
  get load(): number {
    return this.#waiters.length + (this.#connection?.inFlight ?? 0)
  }

  /** The broker moved: a connection to the former place is closed. */
  moveTo(endpoint: HostPort): void {
    if (formatHostPort(endpoint) === formatHostPort(this.#endpoint)) return
    this.#endpoint = endpoint
    this.#failures = 0
    this.#notBeforeMs = 0
    this.disconnect()
  }

  /** Sends nothing for that long; calls wait. */
  mute(forMs: number): void {
    assert(forMs >= 0, 'silence has a length')
    this.#mutedUntilMs = Math.max(this.#mutedUntilMs, this.#now() + forMs)
  }

  /**
   * Calls `use` with an open connection, at once if there is one, or `fail` when none could be made
   * within `timeoutMs` or at the next attempt. Exactly one of them is called.
   */
  acquire(
    timeoutMs: number,
    use: (connection: BrokerConnection) => void,
    fail: (error: unknown) => void,
  ): void {
    assert(timeoutMs >= 0, 'a wait has a length')
    if (this.#isClosed) {
      fail(closedError(`Cannot reach ${formatHostPort(this.#endpoint)}`))
      return
    }
    this.#usedAtMs = this.#now()
    if (this.#connection !== undefined && this.isReady) {
      use(this.#connection)
      return
    }
    const timer = this.#environment.waits.setTimeout(() => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
      const peer = formatHostPort(this.#endpoint)
      fail(new TimeoutError(`No connection to ${peer} within ${Math.round(timeoutMs)} ms.`))
    }, timeoutMs)
    const waiter: Waiter = { use, fail, timer }
    this.#waiters.push(waiter)
    this.#proceed()
  }

  /** Ends the connection; the next call opens another. */
  disconnect(): void {
    this.#connection?.close()
  }

  /** Closes the connection for good; who waits is told. */
  close(): void {
    this.#isClosed = true
    this.#clearIdleTimer()
    this.#connection?.close()
    this.#rejectAll(closedError(`Cannot reach ${formatHostPort(this.#endpoint)}`))
    assert(this.#waiters.length === 0, 'nobody is left waiting')
  }

  #now(): number {
    return this.#environment.clock.monotonicMs()
  }

  #isMuted(): boolean {
    return this.#mutedUntilMs > this.#now()
  }

  /** Does what the first waiter needs next: silence to pass, a connection, or its turn. */
  #proceed(): void {
    if (this.#isOpening || this.#waiters.length === 0 || this.#isClosed) return
    const untilMs = Math.max(
      this.#connection === undefined ? this.#notBeforeMs : 0,
      this.#mutedUntilMs,
    )
    const waitMs = untilMs - this.#now()
    if (waitMs > 0) {
      this.#isOpening = true
      this.#environment.timers.setTimeout(() => {
        this.#isOpening = false
        this.#proceed()
      }, waitMs)
      return
    }
    if (this.#connection === undefined) void this.#open()
    else this.#serve(this.#connection)
  }

  #serve(connection: BrokerConnection): void {
    while (!this.#isMuted() && this.#connection === connection) {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) return
      this.#environment.waits.clear(waiter.timer)
      waiter.use(connection)
    }
    this.#proceed()
  }

  async #open(): Promise<void> {
    assert(this.#connection === undefined && !this.#isOpening, 'one connection at a time')
    this.#isOpening = true
    const endpoint = this.#endpoint
    try {
      const connection = await BrokerConnection.open(endpoint, this.#options.connection)
      this.#isOpening = false
      if (this.#isClosed || endpoint !== this.#endpoint) connection.close()
      else this.#opened(connection)
    } catch (error) {
      this.#isOpening = false
      this.#failures++
      assert(this.#connection === undefined, 'what failed left nothing')
      const { reconnectBackoff } = this.#options
      const waitMs = backoffMs(reconnectBackoff, this.#failures, this.#environment.random)
      this.#notBeforeMs = this.#now() + waitMs
      this.#onBreak('unreachable')
      // Who waits decides whether to try again: another broker may be better.
      this.#rejectAll(clientError(error))
      return
    }
    this.#proceed()
  }

  #opened(connection: BrokerConnection): void {
    assert(this.#connection === undefined, 'one connection at a time')
    assert(!this.#isClosed && !this.#isOpening, 'a connection that is wanted')
    this.#failures = 0
    this.#connection = connection
    this.#usedAtMs = this.#now()
    connection.onEnd(({ fault }) => {
      if (this.#connection !== connection) return
      this.#connection = undefined
      this.#clearIdleTimer()
      // A broker that hangs up at once must not be called in a loop.
      const { reconnectBackoff } = this.#options
      const waitMs = backoffMs(reconnectBackoff, 1, this.#environment.random)
      this.#notBeforeMs = fault === 'closed' ? 0 : this.#now() + waitMs
      if (fault !== 'closed') this.#onBreak('broken')
      this.#proceed()
    })
    this.#watchIdleness(connection)
    this.#serve(connection)
  }

  #clearIdleTimer(): void {
    this.#environment.timers.clear(this.#idleTimer)
    this.#idleTimer = undefined
  }

  #rejectAll(error: unknown): void {
    for (const waiter of this.#waiters.splice(0)) {
      this.#environment.waits.clear(waiter.timer)
      waiter.fail(error)
    }
  }

  /** One timer at a time, set for when the connection will have been idle if nothing comes. */
  #watchIdleness(connection: BrokerConnection): void {
    const { connectionsMaxIdleMs } = this.#options
    assert(this.#connection === connection, 'the connection that is open')
    if (connectionsMaxIdleMs === Infinity) return
    // What waits for its answer is in use.
    if (connection.inFlight > 0) this.#usedAtMs = this.#now()
    const leftMs = this.#usedAtMs + connectionsMaxIdleMs - this.#now()
    this.#idleTimer = this.#environment.timers.setTimeout(
      () => {
        if (this.#connection !== connection) return
        const isIdle = this.#usedAtMs + connectionsMaxIdleMs <= this.#now()
        if (isIdle && connection.inFlight === 0) connection.close()
        else this.#watchIdleness(connection)
      },
      Math.max(leftMs, 1),
    )
  }
}
