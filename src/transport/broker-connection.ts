import { assert } from '../base/assert.ts'
import type { HostPort } from '../base/endpoint.ts'
import type { AnyApi, Api } from '../protocol/codec.ts'
import { apiVersionsApi } from '../protocol/generated/18-api-versions.ts'
import { encodeRequestPieces, openResponse } from '../protocol/header.ts'
import { beyondNumbers } from '../protocol/reader.ts'
import { type Authentication, authenticate } from './authenticate.ts'
import {
  ConnectionError,
  UnreadableAnswerError,
  UnsupportedVersionError,
} from './connection-error.ts'
import { FrameConnection, type FrameConnectionOptions } from './frame-connection.ts'

/** UNSUPPORTED_VERSION: the broker answers ApiVersions with it in the form of version 0. */
const unsupportedVersion = 35

/** Correlation ids are int32; after the last one comes 0. */
const correlationIdMax = 0x7fff_ffff

/** Versions of one API, both inclusive. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What a {@link BrokerConnection} needs to know. */
export interface BrokerConnectionOptions extends FrameConnectionOptions {
  readonly clientId: string
  /** Told to the broker, as Kafka's clients tell theirs: letters, digits, dots and hyphens. */
  readonly clientSoftwareVersion: string
  /** How long an answer may take before the connection counts as broken, unless a call says. */
  readonly requestTimeoutMs: number
  /** Proves who we are, if the broker asks for it by SASL. */
  readonly authentication?: Authentication
}

/** A request, or what makes it once the version is known in which it goes out. */
export type RequestOf<Input> = Input | ((version: number) => Input)

/** What one call may say for itself. */
export interface CallOptions {
  /** Instead of the connection's `requestTimeoutMs`. */
  readonly timeoutMs?: number
  /** The highest version to send, where a later one asks for what the caller does not have. */
  readonly versionMax?: number
  /**
   * Called exactly once, when the request's byte fields may be used again: the socket has taken
   * them, or never will. Large ones are not copied before that.
   */
  readonly written?: () => void
  /** Of the answer, in bytes; for statistics. */
  readonly received?: (bytes: number) => void
}

/**
 * A connection to one broker that speaks, for each API, the highest version that both sides know.
 * Requests may overlap; answers come in the order of the requests.
 */
export class BrokerConnection {
  readonly peer: string
  readonly #frames: FrameConnection
  readonly #options: BrokerConnectionOptions
  #ranges: ReadonlyMap<number, VersionRange> = new Map()
  #correlationId = 0
  /** When to prove again who we are, by `performance.now()`; Infinity when never. */
  #renewAtMs = Infinity
  /** Calls that wait until we have proved again who we are: nothing may come between (KIP-368). */
  #held: (() => void)[] | undefined

  private constructor(frames: FrameConnection, options: BrokerConnectionOptions) {
    assert(/^[\w.-]+$/.test(options.clientSoftwareVersion), 'a version that a broker accepts')
    assert(options.requestTimeoutMs > 0, 'an answer gets time')
    this.peer = frames.peer
    this.#frames = frames
    this.#options = options
  }

  /**
   * Connects, asks for the broker's versions and proves who we are. Rejects with a
   * {@link ConnectionError}.
   */
  static async open(
    endpoint: HostPort,
    options: BrokerConnectionOptions,
  ): Promise<BrokerConnection> {
    const frames = await FrameConnection.open(endpoint, options)
    const connection = new BrokerConnection(frames, options)
    const onAbort = (): void => frames.close()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await connection.#negotiate()
      await connection.#authenticate()
      return connection
    } catch (error) {
      frames.close()
      throw error
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  /** What ended the connection, if it has ended. */
  get failure(): ConnectionError | undefined {
    return this.#frames.failure
  }

  /** Requests that wait for their answer, or to be written. */
  get inFlight(): number {
    return this.#frames.inFlight + (this.#held?.length ?? 0)
  }

  /** Calls `listener` when the connection ends; at once if it has. */
  onEnd(listener: (error: ConnectionError) => void): void {
    this.#frames.onEnd(listener)
  }

  /**
   * Sends a request in the version that {@link versionOf} gives and resolves with its response.
   * Rejects when that version cannot carry the request ({@link UnsupportedVersionError}), when the
   * connection fails, or when the answer is not one ({@link ConnectionError}).
   */
  call<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestOf<RequestInput>,
    options: CallOptions = {},
  ): Promise<Response> {
    const send = (): Promise<Response> => this.#call(api, undefined, request, options)
    return this.#mustWait() ? this.#hold(send) : send()
  }

  /**
   * Sends a request that the broker does not answer (Produce with acks 0); resolves when its byte
   * fields may be used again, which they may too when it rejects.
   */
  tell<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestOf<RequestInput>,
    options: Pick<CallOptions, 'timeoutMs' | 'versionMax'> = {},
  ): Promise<void> {
    const { timeoutMs = this.#options.requestTimeoutMs, versionMax } = options
    const send = async (): Promise<void> => {
      const pieces = this.#encode(api, this.versionOf(api, versionMax), this.#nextId(), request)
      await this.#frames.tell(pieces, timeoutMs)
    }
    return this.#mustWait() ? this.#hold(send) : send()
  }

  /**
   * The version of an API that this connection speaks, at most `atMost`. Throws an
   * {@link UnsupportedVersionError} when there is none in common.
   */
  versionOf(api: AnyApi, atMost: number = Infinity): number {
    const broker = this.#ranges.get(api.key)
    const { versionMin } = api.request
    const versionMax = Math.min(api.request.versionMax, atMost)
    const version = Math.min(versionMax, broker?.max ?? -1)
    if (broker === undefined || version < Math.max(versionMin, broker.min)) {
      const has = broker === undefined ? 'not at all' : `versions ${broker.min} to ${broker.max}`
      const message =
        `${this.peer} does not serve ${api.name} as we know it: ` +
        `we know versions ${versionMin} to ${versionMax}, it has ${has}.`
      throw new UnsupportedVersionError(this.peer, message)
    }
    return version
  }

  /** The versions that the broker serves, by API key. */
  get versions(): ReadonlyMap<number, VersionRange> {
    return this.#ranges
  }

  /** Ends the connection. Requests that wait are rejected. */
  close(): void {
    this.#frames.close()
  }

  #mustWait(): boolean {
    if (this.#held !== undefined) return true
    if (performance.now() < this.#renewAtMs) return false
    this.#held = []
    const release = (): void => {
      assert(this.#held !== undefined, 'calls are held until they are released')
      const held = this.#held ?? []
      this.#held = undefined
      for (const send of held) send()
    }
    this.#authenticate().then(release, (error: unknown) => {
      this.#frames.close(error instanceof ConnectionError ? error : undefined)
      release()
    })
    return true
  }

  #hold<T>(send: () => Promise<T>): Promise<T> {
    assert(this.#held !== undefined, 'a call is held while we prove who we are')
    const held = this.#held
    return new Promise((resolve, reject) => {
      held.push(() => send().then(resolve, reject))
    })
  }

  async #authenticate(): Promise<void> {
    const { authentication, requestTimeoutMs: timeoutMs } = this.#options
    if (authentication === undefined) return
    const { lifetimeMs } = await authenticate(this.peer, authentication, (api, request) =>
      this.#call(api, undefined, request, { timeoutMs }),
    )
    const part = authentication.renewAfter()
    assert(part > 0 && part < 1, 'renewed before it ends')
    this.#renewAtMs = lifetimeMs > 0 ? performance.now() + lifetimeMs * part : Infinity
  }

  async #negotiate(): Promise<void> {
    const request = {
      clientSoftwareName: 'odradek',
      clientSoftwareVersion: this.#options.clientSoftwareVersion,
    }
    const highest = apiVersionsApi.request.versionMax
    let response = await this.#call(apiVersionsApi, highest, request, {}, true)
    if (response.errorCode === unsupportedVersion) {
      // The answer names the range of ApiVersions; one that names nothing is from before KIP-511.
      const known = response.apiKeys.find(({ apiKey }) => apiKey === apiVersionsApi.key)
      const version = Math.max(0, Math.min(highest, known?.maxVersion ?? 0))
      response = await this.#call(apiVersionsApi, version, version >= 3 ? request : {}, {})
    }
    if (response.errorCode !== 0) {
      const what = `${this.peer} refused to tell its versions (error ${response.errorCode}).`
      throw new ConnectionError(this.peer, 'refused', what, { code: response.errorCode })
    }
    assert(this.#ranges.size === 0, 'versions are negotiated once')
    this.#ranges = new Map(
      response.apiKeys.map((api) => [api.apiKey, { min: api.minVersion, max: api.maxVersion }]),
    )
  }

  /**
   * Sends at once, in `known` or else the version of {@link versionOf}.
   * `orVersion0`: an answer that carries UNSUPPORTED_VERSION has the form of version 0.
   */
  async #call<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    known: number | undefined,
    request: RequestOf<RequestInput>,
    options: CallOptions,
    orVersion0 = false,
  ): Promise<Response> {
    const correlationId = this.#nextId()
    const { timeoutMs = this.#options.requestTimeoutMs, written, received } = options
    let version: number
    let pieces: readonly Uint8Array[]
    try {
      version = known ?? this.versionOf(api, options.versionMax)
      pieces = this.#encode(api, version, correlationId, request)
    } catch (error) {
      written?.()
      throw error
    }
    const frame = await this.#frames.exchange(pieces, timeoutMs, written)
    received?.(frame.length)
    const answer = openResponse(api.key, version, frame)
    if (answer.reader.error !== null || answer.correlationId !== correlationId) {
      return this.#broken(`an answer of ${api.name} that belongs to no request`)
    }
    const code = frame.length >= 6 ? frame.readInt16BE(4) : 0
    const form = orVersion0 && code === unsupportedVersion ? 0 : version
    const response = api.response.decode(answer.reader, form)
    // The decoder has moved the reader since it was looked at.
    const fault = (answer.reader as { readonly error: string | null }).error
    if (fault === null) return response
    if (fault.startsWith(beyondNumbers)) {
      const what = `${this.peer} answered ${api.name} with a number above 2^53`
      throw new UnreadableAnswerError(this.peer, `${what}.`)
    }
    return this.#broken(`a malformed answer of ${api.name}: ${fault}`)
  }

  #encode<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    version: number,
    correlationId: number,
    request: RequestOf<RequestInput>,
  ): readonly Uint8Array[] {
    const { versionMin, versionMax } = api.request
    assert(version >= versionMin && version <= versionMax, 'a version that the codec has')
    const { clientId } = this.#options
    const input = typeof request === 'function' ? buildRequest(request, version) : request
    try {
      return encodeRequestPieces(api, version, correlationId, clientId, input)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message = `Cannot send ${api.name} to ${this.peer}: ${why}.`
      throw new UnsupportedVersionError(this.peer, message)
    }
  }

  #nextId(): number {
    const correlationId = this.#correlationId
    assert(correlationId >= 0 && correlationId <= correlationIdMax, 'a correlation id is an int32')
    this.#correlationId = correlationId === correlationIdMax ? 0 : correlationId + 1
    return correlationId
  }

  #broken(what: string): never {
    this.#frames.close()
    throw new ConnectionError(this.peer, 'malformed', `${this.peer} sent ${what}.`)
  }
}

function buildRequest<Input>(request: unknown, version: number): Input {
  return (request as (version: number) => Input)(version)
}
