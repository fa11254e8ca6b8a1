import { assert } from '../../base/assert.ts'
import type { TimerHandle, Timers } from '../../base/clock.ts'
import { formatHostPort } from '../../base/endpoint.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  MetadataRequestInput,
  MetadataResponse,
} from '../../protocol/generated/03-metadata.ts'
import { ClientError, NetworkError, ProtocolError, TimeoutError } from '../error.ts'
import { backoffMs } from './backoff.ts'
import { closedError } from './broker-error.ts'
import type { ClusterOptions } from './cluster-options.ts'
import type { NetworkEnvironment } from './environment.ts'
import type { Metadata } from './metadata.ts'
import type { NodeLink } from './node-link.ts'
import type { NodeLinks } from './node-links.ts'

/** Sends a Metadata request by a link. */
type AskMetadata = (link: NodeLink, request: MetadataRequestInput) => Promise<MetadataResponse>

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A wait before the next request. */
interface Pause {
  readonly untilMs: number
  readonly end: () => void
  /** Whose timer ends it: one of `waits` once somebody waits. */
  timers: Timers
  timer: TimerHandle
}

/**
 * Keeps the metadata fresh: one request in flight, for all topics that anybody wants. Whoever asks
 * while one is under way gets the answer of the next, since the one under way may have been written
 * before what made them ask. When no broker that is known can be reached, the bootstrap servers are
 * asked again.
 */
export class MetadataRefresher {
  readonly #options: ClusterOptions
  readonly #environment: NetworkEnvironment
  readonly #metadata: Metadata
  readonly #links: NodeLinks
  readonly #ask: AskMetadata
  readonly #listeners = new Set<() => void>()
  /** Wanted topics; true once somebody looked since the last sweep. */
  readonly #wanted = new Map<string, boolean>()
  #sweptMs: number
  #wantsAll = 0
  #waiters: Waiter[] = []
  /** Whether a refresh is to be made for whom nobody waits. */
  #isStale = false
  #isRunning = false
  /** Refreshes in a row that failed or settled nothing. */
  #unsettled = 0
  #lastEndMs = -Infinity
  #failure: ClientError | undefined
  #pausing: Pause | undefined
  #ageTimer: TimerHandle | undefined
  #isClosed = false

  constructor(
    options: ClusterOptions,
    environment: NetworkEnvironment,
    metadata: Metadata,
    links: NodeLinks,
    ask: AskMetadata,
  ) {
    assert(options.metadataMaxAgeMs > 0, 'metadata may grow old')
    this.#options = options
    this.#environment = environment
    this.#metadata = metadata
    this.#links = links
    this.#ask = ask
    this.#sweptMs = environment.clock.monotonicMs()
  }

  /** Why the last attempt failed, unless it succeeded or is still to come. */
  get failure(): ClientError | undefined {
    return this.#failure
  }

  /** Whether anybody wants the topic. */
  wants(topic: string): boolean {
    return this.#wanted.has(topic)
  }

  /** From now on the topic is asked for. One that nobody looks at for two ages is dropped. */
  want(topic: string): void {
    // A topic that nobody wanted is worth a request at once.
    if (!this.#wanted.has(topic)) this.#unsettled = 0
    this.#wanted.set(topic, true)
  }

  /** From now on all topics are asked for; the result ends that. */
  wantAll(): () => void {
    this.#wantsAll++
    this.#unsettled = 0
    let isOver = false
    return () => {
      if (!isOver) this.#wantsAll--
      isOver = true
      assert(this.#wantsAll >= 0, 'nobody ends twice what he began once')
    }
  }

  /** Calls `listener` after each answer; the result ends that. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells the listeners of news that came by another way than an answer. */
  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  /**
   * Resolves with the first answer that was asked for after this call. Rejects when nobody could be
   * asked; a later call may succeed.
   */
  refresh(): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError('Cannot ask for metadata'))
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      this.#hold()
      void this.#run()
    })
  }

  /** As {@link refresh}, for who does not wait: it is tried until it succeeds. */
  poke(): void {
    if (this.#isClosed) return
    this.#isStale = true
    void this.#run()
  }

  /** Ends everything; who waits is told. */
  close(): void {
    this.#isClosed = true
    this.#clearAgeTimer()
    this.#pausing?.timers.clear(this.#pausing.timer)
    this.#pausing?.end()
    for (const { reject } of this.#waiters.splice(0)) reject(closedError('Cannot ask for metadata'))
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    while (!this.#isClosed && (this.#isStale || this.#waiters.length > 0)) {
      await this.#pause()
      if (this.#isClosed) break
      const waiters = this.#waiters.splice(0)
      assert(this.#waiters.length === 0, 'who comes from now on waits for the next')
      this.#isStale = false
      try {
        const isSettled = await this.#refreshOnce()
        this.#unsettled = isSettled ? 0 : this.#unsettled + 1
        this.#failure = undefined
        for (const { resolve } of waiters) resolve()
      } catch (error) {
        this.#unsettled++
        this.#failure = error instanceof ClientError ? error : undefined
        // Nobody may wait, and yet the next who looks must find news: so it is tried again, unless
        // the brokers do not let us in.
        this.#isStale = error instanceof ClientError && error.retriable && waiters.length === 0
        for (const { reject } of waiters) reject(error)
      }
      this.#lastEndMs = this.#environment.clock.monotonicMs()
    }
    assert(this.#isClosed || this.#waiters.length === 0, 'nobody is left waiting')
    this.#isRunning = false
  }

  /** After failures, and after answers that settled nothing, the next request takes its time. */
  #pause(): Promise<void> | undefined {
    const { clock, random } = this.#environment
    const pauseMs = backoffMs(this.#options.retryBackoff, this.#unsettled, random)
    const leftMs = this.#lastEndMs + pauseMs - clock.monotonicMs()
    assert(!Number.isNaN(leftMs), 'a pause ends')
    if (leftMs <= 0) return undefined
    const isAwaited = this.#waiters.length > 0
    const timers = isAwaited ? this.#environment.waits : this.#environment.timers
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pausing = undefined
        resolve()
      }
      const untilMs = clock.monotonicMs() + leftMs
      this.#pausing = { untilMs, end, timers, timer: timers.setTimeout(end, leftMs) }
    })
  }

  /** Somebody waits now: a pause of the background keeps the process alive from here on. */
  #hold(): void {
    const { clock, waits } = this.#environment
    const pausing = this.#pausing
    if (pausing === undefined || pausing.timers === waits) return
    assert(this.#waiters.length > 0, 'who waits keeps the process alive')
    pausing.timers.clear(pausing.timer)
    pausing.timers = waits
    pausing.timer = waits.setTimeout(
      pausing.end,
      Math.max(0, pausing.untilMs - clock.monotonicMs()),
    )
  }

  /** Returns whether the answer settled everything that was asked. */
  async #refreshOnce(): Promise<boolean> {
    this.#sweep()
    const isComplete = this.#wantsAll > 0
    const names = [...this.#wanted.keys()]
    const request: MetadataRequestInput = {
      topics: isComplete ? null : names.map((name) => ({ name })),
      allowAutoTopicCreation: this.#options.allowAutoTopicCreation && !isComplete,
    }
    const response = await this.#askSomebody(request)
    if (this.#isClosed) throw closedError('Cannot ask for metadata')
    const isSettled = this.#metadata.update(response, isComplete)
    this.#links.follow(this.#metadata.nodes)
    this.#links.leaveBootstrap()
    this.#watchAge()
    this.announce()
    return isSettled
  }

  /** Asks one after the other: brokers that are known, then the bootstrap servers. */
  async #askSomebody(request: MetadataRequestInput): Promise<MetadataResponse> {
    const failures: Error[] = []
    for (const links of [
      () => this.#links.inOrder(this.#metadata.nodes),
      () => this.#links.bootstrap(),
    ]) {
      for (const link of links()) {
        if (this.#isClosed) throw closedError('Cannot ask for metadata')
        try {
          const response = await this.#ask(link, request)
          if (response.errorCode === 0) return response
          const peer = formatHostPort(link.endpoint)
          const what = `Cannot get metadata from ${peer}`
          failures.push(new ProtocolError(what, response.errorCode))
          // "Begin at the bootstrap servers" (KIP-1102).
          if (response.errorCode === ErrorCode.REBOOTSTRAP_REQUIRED) break
        } catch (error) {
          const isAway = error instanceof NetworkError || error instanceof TimeoutError
          if (!isAway) throw error
          failures.push(error)
        }
      }
    }
    assert(failures.length > 0, 'at least one bootstrap server was asked')
    const words = [...new Set(failures.map(({ message }) => message))]
    const all = words.join(' ')
    const message = words.length === 1 ? all : `No broker can be reached: ${all}`
    throw new NetworkError(message, { cause: failures.at(-1) })
  }

  #watchAge(): void {
    const { timers } = this.#environment
    const { metadataMaxAgeMs } = this.#options
    this.#clearAgeTimer()
    assert(!this.#isClosed, 'who is closed sets no timer')
    if (metadataMaxAgeMs === Infinity) return
    this.#ageTimer = timers.setTimeout(() => this.poke(), metadataMaxAgeMs)
  }

  /**
   * Drops what nobody looked at since the last sweep, an age ago. It has a time of its own:
   * whatever asks for a refresh puts the age timer off.
   */
  #sweep(): void {
    const nowMs = this.#environment.clock.monotonicMs()
    assert(nowMs >= this.#sweptMs, 'time goes forward')
    if (nowMs - this.#sweptMs < this.#options.metadataMaxAgeMs) return
    this.#sweptMs = nowMs
    for (const [topic, isUsed] of this.#wanted) {
      if (isUsed) this.#wanted.set(topic, false)
      else this.#drop(topic)
    }
  }

  #clearAgeTimer(): void {
    this.#environment.timers.clear(this.#ageTimer)
    this.#ageTimer = undefined
  }

  #drop(topic: string): void {
    this.#wanted.delete(topic)
    this.#metadata.forget(topic)
  }
}
