import { assert } from '../base/assert.ts'
import type { HostPort } from '../base/endpoint.ts'
import type { Api } from '../protocol/codec.ts'
import { apiVersionsApi } from '../protocol/generated/18-api-versions.ts'
import { encodeRequestFrame, openResponse } from '../protocol/header.ts'
import {
  ConnectionError,
  FrameConnection,
  type FrameConnectionOptions,
} from './frame-connection.ts'

/** UNSUPPORTED_VERSION: the broker answers ApiVersions with it in the form of version 0. */
const unsupportedVersion = 35

/** Correlation ids are int32; after the last one comes 0. */
const correlationIdMax = 0x7fff_ffff

/** Versions of one API, both inclusive. */
interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What a {@link BrokerConnection} needs to know. */
export interface BrokerConnectionOptions extends FrameConnectionOptions {
  readonly clientId: string
  /** Told to the broker, as Kafka's clients tell theirs: letters, digits, dots and hyphens. */
  readonly clientSoftwareVersion: string
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

  private constructor(frames: FrameConnection, options: BrokerConnectionOptions) {
    this.peer = frames.peer
    this.#frames = frames
    this.#options = options
  }

  /** Connects and asks for the broker's versions. Rejects with a {@link ConnectionError}. */
  static async open(
    endpoint: HostPort,
    options: BrokerConnectionOptions,
  ): Promise<BrokerConnection> {
    const frames = await FrameConnection.open(endpoint, options)
    const connection = new BrokerConnection(frames, options)
    try {
      await connection.#negotiate()
      return connection
    } catch (error) {
      frames.close()
      throw error
    }
  }

  /**
   * Sends a request in the version that {@link versionOf} gives and resolves with its response.
   * Rejects when that version cannot carry the request, when the connection fails, or when the
   * answer is not one.
   */
  call<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestInput,
  ): Promise<Response> {
    return this.#call(api, this.versionOf(api), request)
  }

  /** The version of an API that this connection speaks. Throws when there is none in common. */
  versionOf(api: Api<unknown, never, unknown, never>): number {
    const broker = this.#ranges.get(api.key)
    const { versionMin, versionMax } = api.request
    const version = Math.min(versionMax, broker?.max ?? -1)
    if (broker === undefined || version < Math.max(versionMin, broker.min)) {
      throw new ConnectionError(this.peer, `${this.peer} does not serve ${api.name} as we know it.`)
    }
    return version
  }

  /** Ends the connection. Requests that wait are rejected. */
  close(): void {
    this.#frames.close()
  }

  async #negotiate(): Promise<void> {
    const request = {
      clientSoftwareName: 'odradek',
      clientSoftwareVersion: this.#options.clientSoftwareVersion,
    }
    const highest = apiVersionsApi.request.versionMax
    let response = await this.#call(apiVersionsApi, highest, request, true)
    if (response.errorCode === unsupportedVersion) {
      // The answer names the range of ApiVersions; one that names nothing is from before KIP-511.
      const known = response.apiKeys.find(({ apiKey }) => apiKey === apiVersionsApi.key)
      const version = Math.max(0, Math.min(highest, known?.maxVersion ?? 0))
      response = await this.#call(apiVersionsApi, version, request)
    }
    if (response.errorCode !== 0) {
      const what = `${this.peer} refused to tell its versions (error ${response.errorCode}).`
      throw new ConnectionError(this.peer, what)
    }
    assert(this.#ranges.size === 0, 'versions are negotiated once')
    this.#ranges = new Map(
      response.apiKeys.map((api) => [api.apiKey, { min: api.minVersion, max: api.maxVersion }]),
    )
  }

  /** `orVersion0`: an answer that carries UNSUPPORTED_VERSION has the form of version 0. */
  async #call<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    version: number,
    request: RequestInput,
    orVersion0 = false,
  ): Promise<Response> {
    const { versionMin, versionMax } = api.request
    assert(version >= versionMin && version <= versionMax, 'a version that the codec has')
    const correlationId = this.#correlationId
    assert(correlationId >= 0 && correlationId <= correlationIdMax, 'a correlation id is an int32')
    this.#correlationId = correlationId === correlationIdMax ? 0 : correlationId + 1
    const { clientId } = this.#options
    const frame = await this.#frames.exchange(
      encodeRequestFrame(api, version, correlationId, clientId, request),
    )
    const answer = openResponse(api.key, version, frame)
    if (answer.reader.error !== null || answer.correlationId !== correlationId) {
      return this.#broken(`an answer of ${api.name} that belongs to no request`)
    }
    const code = frame.length >= 6 ? frame.readInt16BE(4) : 0
    const form = orVersion0 && code === unsupportedVersion ? 0 : version
    const response = api.response.decode(answer.reader, form)
    if (answer.reader.error === null) return response
    return this.#broken(`a malformed answer of ${api.name}: ${answer.reader.error}`)
  }

  #broken(what: string): never {
    this.#frames.close()
    throw new ConnectionError(this.peer, `${this.peer} sent ${what}.`)
  }
}
