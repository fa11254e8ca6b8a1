/**
 * From frames to handlers and back. Requests of one connection are handled one after the other, as
 * Apache Kafka does: a client that sends CreateTopics and Metadata in one go finds the topic in the
 * second answer. Connections do not wait for each other.
 */
import { assert } from '../base/assert.ts'
import { unmapped } from '../base/endpoint.ts'
import { importLate } from '../engine/late-import.ts'
import { apiVersionsKey } from '../protocol/api-keys.ts'
import { encodeResponseFrame, type OpenedRequest, openRequest } from '../protocol/header.ts'
import { Writer } from '../protocol/writer.ts'
import type { ControlFrame, DataPlane } from '../storage/data-plane.ts'
import { StorageError } from '../storage/log-store.ts'
import { LatencyHistogram } from '../telemetry/latency-histogram.ts'
import { LogLimiter } from '../telemetry/log-limiter.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ServedApi } from './api-table.ts'
import type { BrokerContext } from './context.ts'
import type { FlowControl } from './flow-control.ts'
import type { AnyHandler, Call } from './handler/handler.ts'

/** UNKNOWN_SERVER_ERROR: a failure that the protocol has no word for. */
const unknownServerError = -1

/** UNSUPPORTED_VERSION, which only ApiVersions may answer: see {@link Router.answerUnsupported}. */
const unsupportedVersion = 35

/** Bytes of the length prefix, which the data plane writes itself. */
const lengthPrefixBytes = 4

/** The parts of the data plane that a router talks to. */
export type Answerer = Pick<DataPlane, 'respond' | 'refuse' | 'connectionInfo'>

/** What a router is made of. */
export interface RouterOptions {
  readonly apis: ReadonlyMap<number, ServedApi>
  readonly dataPlane: () => Answerer
  readonly flow: Pick<FlowControl, 'isActive' | 'throttle'>
  readonly logger: Logger
  readonly monotonicMs: () => number
}

/** A client can be refused as often as it likes, but not fill the log with that. */
const refusalLinesMax = 10
const refusalWindowMs = 10_000

/**
 * Owns what is between a control frame's arrival and its answer. All calls are on the Node thread.
 * No frame may come before {@link open}: a broker serves its port when it is ready.
 */
export class Router {
  readonly #options: RouterOptions
  readonly #handlers = new Map<number, AnyHandler>()
  /** Frames behind one that is being handled, per connection; an entry means "busy". */
  readonly #waiting = new Map<number, ControlFrame[]>()
  readonly #refusals: LogLimiter
  /** From a request that is taken up to its answer, by the names of the APIs that were asked. */
  readonly latencies: Map<string, LatencyHistogram> = new Map()
  #context: BrokerContext | undefined

  constructor(options: RouterOptions) {
    this.#options = options
    this.#refusals = new LogLimiter(options.monotonicMs, refusalLinesMax, refusalWindowMs)
  }

  /** Starts to answer. */
  open(context: BrokerContext): void {
    assert(this.#context === undefined, 'a router is opened once')
    this.#context = context
  }

  /** Takes frames in the order in which they arrived. */
  accept(frames: readonly ControlFrame[]): void {
    assert(this.#context !== undefined, 'frames come to an open router')
    for (const frame of frames) {
      const queue = this.#waiting.get(frame.connection)
      if (queue !== undefined) queue.push(frame)
      else this.#run(frame)
    }
  }

  /** Forgets what the closed connections still wanted. */
  forget(connections: readonly number[]): void {
    for (const connection of connections) {
      // A request that is being handled keeps its (now empty) entry until it is done.
      const queue = this.#waiting.get(connection)
      if (queue !== undefined) queue.length = 0
    }
  }

  /** Imports every handler that no request has asked for yet. */
  async loadAll(): Promise<void> {
    for (const api of this.#options.apis.values()) await this.#load(api)
  }

  /** Handles frames of one connection until one has to wait. */
  #run(first: ControlFrame): void {
    const done = this.#handle(first)
    if (done === undefined) return
    const { connection } = first
    this.#waiting.set(connection, [])
    const next = (): void => {
      const queue = this.#waiting.get(connection)
      assert(queue !== undefined, 'a busy connection has a queue')
      for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
        const pending = this.#handle(frame)
        if (pending !== undefined) {
          void pending.then(next)
          return
        }
      }
      this.#waiting.delete(connection)
    }
    void done.then(next)
  }

  /** Handles one frame. Undefined: it is answered; else a promise that never rejects. */
  #handle(frame: ControlFrame): Promise<void> | undefined {
    try {
      const opened = openRequest(frame.bytes)
      if (typeof opened === 'string') {
        this.#refuse(frame, opened)
        return undefined
      }
      const api = this.#servedApi(frame, opened)
      if (api === undefined) return undefined
      const handler = this.#handlers.get(api.key)
      if (handler !== undefined) return this.#dispatch(frame, opened, handler)
      return this.#load(api)
        .then((loaded) => this.#dispatch(frame, opened, loaded))
        .catch((error: unknown) => this.#giveUp(frame, error))
    } catch (error) {
      this.#giveUp(frame, error)
      return undefined
    }
  }

  /** The API of a request; undefined when it is answered or its connection closed already. */
  #servedApi(frame: ControlFrame, { head }: OpenedRequest): ServedApi | undefined {
    const { apiKey, apiVersion, correlationId } = head
    const api = this.#options.apis.get(apiKey)
    if (api === undefined) this.#refuse(frame, `API key ${apiKey}, which is not served`)
    else if (apiVersion >= api.versionMin && apiVersion <= api.versionMax) return api
    else if (apiKey === apiVersionsKey) this.#answerUnsupported(frame, api, correlationId)
    else this.#refuse(frame, `version ${apiVersion} of API key ${apiKey}, which is not served`)
    return undefined
  }

  #dispatch(
    frame: ControlFrame,
    { head, reader }: OpenedRequest,
    handler: AnyHandler,
  ): Promise<void> | undefined {
    const context = this.#context
    assert(context !== undefined, 'requests are handled by an open router')
    // Bytes behind the body are passed over, as Apache Kafka does.
    const request = handler.api.request.decode(reader, head.apiVersion)
    if (reader.error !== null) {
      this.#refuse(frame, `a malformed ${handler.api.request.name}: ${reader.error}`)
      return undefined
    }
    const call = this.#callOf(frame, head.apiVersion, head.clientId)
    const { flow, monotonicMs } = this.#options
    const beganMs = monotonicMs()
    let busyMs = 0
    const answer = (response: unknown): void => {
      const told = flow.isActive ? flow.throttle(call, busyMs, response as object) : response
      const bytes = encodeResponseFrame(handler.api, head.apiVersion, head.correlationId, told)
      const { connection, sequence } = frame
      this.#options.dataPlane().respond(connection, sequence, bytes.subarray(lengthPrefixBytes))
      this.#latencyOf(handler.api.name).observe(monotonicMs() - beganMs)
    }
    try {
      const response = handler.handle(request, call, context)
      // What it waits for is not its own time.
      busyMs = monotonicMs() - beganMs
      if (!(response instanceof Promise)) {
        answer(response)
        return undefined
      }
      return response
        .catch((failure: unknown) => this.#refusal(handler, request, call, failure))
        .then(answer)
        .catch((failure: unknown) => this.#giveUp(frame, failure))
    } catch (failure) {
      answer(this.#refusal(handler, request, call, failure))
      return undefined
    }
  }

  #latencyOf(api: string): LatencyHistogram {
    const known = this.latencies.get(api)
    if (known !== undefined) return known
    const histogram = new LatencyHistogram()
    this.latencies.set(api, histogram)
    return histogram
  }

  #callOf(frame: ControlFrame, version: number, clientId: string | null): Call {
    const info = this.#options.dataPlane().connectionInfo(frame.connection)
    return {
      connection: frame.connection,
      version,
      clientId,
      clientHost: info === undefined ? '' : unmapped(info.peer.host),
      local: info?.local,
    }
  }

  #refusal(handler: AnyHandler, request: unknown, call: Call, failure: unknown): unknown {
    const told = failure instanceof StorageError
    if (told) this.#options.logger.warn(`${handler.api.name} failed: ${failure.message}`)
    else this.#options.logger.error(`${handler.api.name} failed`, failure)
    return handler.refusal(request, told ? failure.code : unknownServerError, call)
  }

  /**
   * Answers ApiVersions of a version that we do not know, in the form of version 0, with the range
   * of ApiVersions itself, so that the client can ask again.
   */
  #answerUnsupported(frame: ControlFrame, api: ServedApi, correlationId: number): void {
    const writer = new Writer()
    writer.int32(correlationId)
    writer.int16(unsupportedVersion)
    writer.int32(1)
    writer.int16(api.key)
    writer.int16(api.versionMin)
    writer.int16(api.versionMax)
    this.#options.dataPlane().respond(frame.connection, frame.sequence, writer.finish())
  }

  /** Closes a connection that sent what cannot be answered. */
  #refuse({ connection, sequence }: ControlFrame, what: string): void {
    const peer = this.#options.dataPlane().connectionInfo(connection)?.peer
    const from = peer === undefined ? 'a client' : `${unmapped(peer.host)}:${peer.port}`
    const line = this.#refusals.admit(`Closed the connection of ${from}: it sent ${what}.`)
    if (line !== undefined) this.#options.logger.info(line, { client: from })
    this.#options.dataPlane().refuse(connection, sequence)
  }

  /** A bug of ours: the request cannot even be refused in its own form. */
  #giveUp(frame: ControlFrame, failure: unknown): void {
    this.#options.logger.error('A request could not be answered', failure)
    this.#options.dataPlane().refuse(frame.connection, frame.sequence)
  }

  async #load(api: ServedApi): Promise<AnyHandler> {
    const known = this.#handlers.get(api.key)
    if (known !== undefined) return known
    const handler = await importLate(api.load)
    assert(handler.api.key === api.key, 'a handler serves the key that it is listed for')
    this.#handlers.set(api.key, handler)
    return handler
  }
}
