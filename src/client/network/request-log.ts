import { channel } from 'node:diagnostics_channel'
import { assert } from '../../base/assert.ts'

/**
 * Name of the channel of `node:diagnostics_channel` on which a client tells of each request when it
 * has ended. The messages are {@link RequestEvent}s. Nothing is measured for it while nobody
 * listens.
 */
export const requestChannelName = 'odradek:client:request'

/**
 * One request that has ended.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import { type RequestEvent, requestChannelName } from 'odradek/client'
 *
 * subscribe(requestChannelName, (message) => {
 *   const { api, broker, durationMs, error } = message as RequestEvent
 *   console.log(api, broker, durationMs, error === undefined ? 'ok' : 'failed')
 * })
 * ```
 */
export interface RequestEvent {
  readonly clientId: string
  /** Kafka's name of the request, as `Produce`. */
  readonly api: string
  /** HOST:PORT. */
  readonly broker: string
  /** From the call to its end, in ms: the wait for a connection is in it. */
  readonly durationMs: number
  /** When it began, by `performance.now()`. */
  readonly startMs: number
  /** Of the answer, in bytes; 0 when none came. */
  readonly responseBytes: number
  /** What the call was rejected with; an answer with an error code is an answer. */
  readonly error?: unknown
}

/** What has been asked of the brokers by one kind of request. */
export interface RequestStatistics {
  /** Those that have ended. */
  readonly requests: number
  /** Of these, those that were rejected. */
  readonly failures: number
  /** Of the answers, in bytes. */
  readonly responseBytes: number
  /** Of all requests together, in ms. */
  readonly totalMs: number
  /** Of the longest one, in ms. */
  readonly maxMs: number
}

const requests = channel(requestChannelName)

/** Counts the requests of one client, and tells who listens of each. */
export class RequestLog {
  readonly #clientId: string
  readonly #byApi = new Map<string, { -readonly [Name in keyof RequestStatistics]: number }>()

  constructor(clientId: string) {
    this.#clientId = clientId
  }

  /** One request has ended. */
  ended(event: Omit<RequestEvent, 'clientId'>): void {
    const { api, durationMs, responseBytes, error } = event
    assert(durationMs >= 0 && responseBytes >= 0, 'neither time nor bytes are negative')
    let sums = this.#byApi.get(api)
    if (sums === undefined) {
      sums = { requests: 0, failures: 0, responseBytes: 0, totalMs: 0, maxMs: 0 }
      this.#byApi.set(api, sums)
    }
    sums.requests++
    if (error !== undefined) sums.failures++
    sums.responseBytes += responseBytes
    sums.totalMs += durationMs
    assert(sums.failures <= sums.requests, 'a failure is a request')
    if (durationMs > sums.maxMs) sums.maxMs = durationMs
    assert(sums.maxMs <= sums.totalMs, 'the longest is one of all')
    if (requests.hasSubscribers) requests.publish({ clientId: this.#clientId, ...event })
  }

  /** What was counted so far, by Kafka's name of the request. */
  snapshot(): Readonly<Record<string, RequestStatistics>> {
    return Object.fromEntries([...this.#byApi].map(([api, sums]) => [api, { ...sums }]))
  }
}
