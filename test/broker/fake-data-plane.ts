/** A data plane without sockets: frames go in as from a client, answers are collected. */
import type { Api } from '../../src/protocol/codec.ts'
import { encodeRequestFrame, openResponse } from '../../src/protocol/header.ts'
import type {
  ConnectionLimits,
  ControlFrame,
  DataPlane,
  DataPlaneEvents,
  DataPlaneLatencies,
  DataPlaneStatistics,
  Endpoint,
  OpenBatchVerdict,
  QuotaTable,
  Traffic,
} from '../../src/storage/data-plane.ts'
import type { PartitionLog } from '../../src/storage/log-store.ts'
import { LatencyHistogram } from '../../src/telemetry/latency-histogram.ts'

/** What became of a frame: the answer without length, or a closed connection. */
export type Outcome = Uint8Array | 'closed'

interface Waiting {
  readonly resolve: (outcome: Outcome) => void
}

/** What nobody asked for has moved nothing. */
export const noTraffic: Traffic = {
  produces: 0,
  producesFailed: 0,
  recordsIn: 0,
  bytesIn: 0,
  bytesRejected: 0,
  fetches: 0,
  fetchesFailed: 0,
  bytesOut: 0,
}

export class FakeDataPlane implements DataPlane {
  events: DataPlaneEvents | undefined
  readonly hosted = new Map<string, { log: PartitionLog; leaderEpoch: number; internal: boolean }>()
  /** Partitions that are answered with KAFKA_STORAGE_ERROR. */
  readonly unavailable = new Set<string>()
  readonly listening: Endpoint[] = []
  readonly verdicts = new Map<number, OpenBatchVerdict>()
  /** Addresses that somebody else has taken, as `host port`. */
  readonly taken = new Set<string>()
  readonly trafficOf = new Map<string, Traffic>()
  allTraffic: Traffic | undefined
  /** Of Produce. */
  readonly latency = new LatencyHistogram()
  stopped = false
  serving = false
  /** Local address of every connection. */
  local: Endpoint = { host: '127.0.0.1', port: 9092 }
  #sequence = 0
  #nextPort = 41_000
  readonly #waiting = new Map<string, Waiting>()
  /** Frames of clients that connected before anybody served them. */
  #early: ControlFrame[] = []
  readonly #order = new Map<number, number[]>()

  /** In the form of the factory that a broker takes. */
  readonly start = (_options: unknown, events: DataPlaneEvents): DataPlane => {
    this.events = events
    return this
  }

  listen(endpoint: Endpoint): Endpoint {
    const port = endpoint.port === 0 ? this.#nextPort++ : endpoint.port
    if (this.taken.has(`${endpoint.host} ${port}`)) {
      throw new Error(`Cannot listen on ${endpoint.host}:${port}: the address is in use.`)
    }
    this.listening.push({ host: endpoint.host, port })
    return { host: endpoint.host, port }
  }
  serve(): void {
    this.serving = true
    const early = this.#early
    this.#early = []
    if (early.length > 0) this.events?.onFrames(early)
  }
  host(log: PartitionLog, leaderEpoch: number, internal: boolean): void {
    this.unavailable.delete(`${log.topic}-${log.partition}`)
    this.hosted.set(`${log.topic}-${log.partition}`, { log, leaderEpoch, internal })
  }
  hostUnavailable(topic: string, partition: number): void {
    this.hosted.delete(`${topic}-${partition}`)
    this.unavailable.add(`${topic}-${partition}`)
  }
  unhost(topic: string, partition: number): void {
    this.unavailable.delete(`${topic}-${partition}`)
    this.hosted.delete(`${topic}-${partition}`)
  }
  respond(connection: number, sequence: number, frame: Uint8Array): void {
    this.#settle(connection, sequence, frame)
  }
  refuse(connection: number, sequence: number): void {
    this.#settle(connection, sequence, 'closed')
  }
  batchOpened(token: number, verdict: OpenBatchVerdict): void {
    this.verdicts.set(token, verdict)
  }
  connectionInfo(): { readonly local: Endpoint; readonly peer: Endpoint } | undefined {
    return { local: this.local, peer: { host: '127.0.0.1', port: 50_000 } }
  }
  statistics(): DataPlaneStatistics {
    const counted = { requestsProduce: 0, requestsFetch: 0, requestsControl: 0, framesRefused: 0 }
    return { ...counted, connections: 1, connectionsTotal: 3, bytesIn: 100, bytesOut: 200 }
  }
  traffic(topic?: string): Traffic {
    return (topic === undefined ? this.allTraffic : this.trafficOf.get(topic)) ?? noTraffic
  }
  latencies(): DataPlaneLatencies {
    return { produce: this.latency.counts(), fetch: new LatencyHistogram().counts() }
  }
  /** What the broker set last. */
  quotas: QuotaTable | undefined
  limits: ConnectionLimits | undefined
  /** What a request that took its time is told. */
  chargedMs = 0
  readonly muted: (readonly [connection: number, throttleMs: number])[] = []
  setQuotas(quotas: QuotaTable): void {
    this.quotas = quotas
  }
  setConnectionLimits(limits: ConnectionLimits): void {
    this.limits = limits
  }
  chargeRequest(): number {
    return this.chargedMs
  }
  mute(connection: number, throttleMs: number): void {
    this.muted.push([connection, throttleMs])
  }
  stop(): Promise<void> {
    this.stopped = true
    return Promise.resolve()
  }

  /** Sends bytes without length prefix as one frame; resolves with what became of it. */
  sendBytes(bytes: Uint8Array, connection = 1): Promise<Outcome> {
    const sequence = this.#sequence++
    const outcome = new Promise<Outcome>((resolve) => {
      this.#waiting.set(`${connection}/${sequence}`, { resolve })
    })
    const frame = { connection, sequence, bytes }
    if (this.serving) this.events?.onFrames([frame])
    else this.#early.push(frame)
    return outcome
  }

  /** Sends a request and decodes its answer. Rejects when the connection is closed instead. */
  async send<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    version: number,
    request: RequestInput,
    connection = 1,
  ): Promise<Response> {
    const frame = encodeRequestFrame(api, version, 7, 'test', request).subarray(4)
    const outcome = await this.sendBytes(frame, connection)
    if (outcome === 'closed') throw new Error(`${api.name} v${version} closed the connection`)
    const { correlationId, reader } = openResponse(api.key, version, outcome)
    const response = api.response.decode(reader, version)
    if (reader.error !== null || reader.remaining > 0 || correlationId !== 7) {
      throw new Error(`${api.name} v${version}: ${reader.error ?? 'bytes behind the answer'}`)
    }
    return response
  }

  /** Connections on which answers came in another order than the requests. */
  outOfOrder(): number[] {
    const wrong = [...this.#order].filter(([, seen]) =>
      seen.some((at, i) => at < (seen[i - 1] ?? 0)),
    )
    return wrong.map(([connection]) => connection)
  }

  #settle(connection: number, sequence: number, outcome: Outcome): void {
    const key = `${connection}/${sequence}`
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) throw new Error(`request ${key} is answered twice, or never came`)
    this.#waiting.delete(key)
    this.#order.set(connection, [...(this.#order.get(connection) ?? []), sequence])
    waiting.resolve(outcome)
  }
}
