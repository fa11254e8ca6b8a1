/**
 * The data plane as the broker sees it: sockets, Produce and Fetch live in native threads; every
 * other request arrives here as a whole frame, and its answer goes back as a whole frame.
 */
import type { NativeStatistics, NativeTraffic } from '../addon/binding.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { LatencyCounts } from '../telemetry/latency-histogram.ts'
import type { PartitionLog } from './log-store.ts'

/** Address of a socket, numeric host. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** A request that the data plane does not serve itself: header and body without length prefix. */
export interface ControlFrame {
  /** Unique for the life of the process. */
  readonly connection: number
  /** Place of the request on its connection; the address of its answer. */
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** A compressed batch that must be opened before it may be appended. */
export interface OpenBatchRequest {
  readonly token: number
  readonly bytes: Uint8Array
  readonly compacted: boolean
  /** Codec id to store with, or -1 for the producer's. */
  readonly targetCodec: number
  /** Level of that codec, where it has levels. */
  readonly targetLevel: number
  readonly logAppendTime: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  readonly maxMessageBytes: number
}

/** What opening found: error code 0 and optional replacement bytes, or the refusal. */
export interface OpenBatchVerdict {
  readonly code: number
  readonly message: string
  readonly faults: readonly { readonly index: number; readonly message: string }[]
  readonly replacement: Uint8Array | undefined
}

/** Where the data plane hands its work to. Called on the Node thread, in batches per wake-up. */
export interface DataPlaneEvents {
  onFrames(frames: readonly ControlFrame[]): void
  onOpenBatches(batches: readonly OpenBatchRequest[]): void
  onConnectionsClosed(connections: readonly number[]): void
}

/** Limits and threads of the data plane; the names are Kafka's broker configs in camel case. */
export interface DataPlaneOptions {
  readonly reactorThreads: number
  readonly socketRequestMaxBytes: number
  /** -1: the system's own. */
  readonly socketSendBufferBytes: number
  /** -1: the system's own. */
  readonly socketReceiveBufferBytes: number
  readonly fetchMaxBytes: number
  readonly maxIncrementalFetchSessionCacheSlots: number
  readonly connectionsMaxIdleMs: number
  readonly maxConnections: number
}

/** Counters since start, except `connections` (open now). */
export type DataPlaneStatistics = NativeStatistics

/** The windows of time that rates are measured over. */
export interface RateWindows {
  readonly windows: number
  readonly windowMs: number
}

/** A limit a second, Infinity for none; a shared one holds for all clients together. */
export interface QuotaRule {
  readonly limit: number
  readonly shared: boolean
}

/** Bytes produced, bytes fetched, per cent of one thread's time. */
export interface QuotaRules {
  readonly produce: QuotaRule
  readonly fetch: QuotaRule
  readonly request: QuotaRule
}

/** What clients may use. */
export interface QuotaTable extends RateWindows {
  /** Of clients that are not named. */
  readonly others: QuotaRules
  readonly clients: readonly { readonly clientId: string; readonly rules: QuotaRules }[]
}

/** How many connections there may be, and how many new ones a second. */
export interface AcceptLimits {
  readonly maxConnections: number
  readonly maxRate: number
}

/** Who may connect: limits of the broker, of its listeners, and of addresses. */
export interface ConnectionLimits extends RateWindows, AcceptLimits {
  readonly listeners: readonly (AcceptLimits & {
    readonly endpoints: readonly Endpoint[]
    /** The broker's own limits do not hold for it. */
    readonly exempt: boolean
  })[]
  readonly maxPerIp: number
  readonly perIp: readonly { readonly host: string; readonly max: number }[]
  readonly maxRatePerIp: number
  readonly ratePerIp: readonly { readonly host: string; readonly rate: number }[]
}

/** What Produce and Fetch moved, of one topic or of all; counts by partition of a request. */
export type Traffic = NativeTraffic

/** How long the requests took that the data plane serves itself, waits included. */
export interface DataPlaneLatencies {
  readonly produce: LatencyCounts
  readonly fetch: LatencyCounts
}

/** The running data plane of one broker. */
export interface DataPlane {
  /**
   * Binds a numeric address, port 0 for a free one. Throws an error that names address and cause.
   * Who connects waits in the system until {@link serve}.
   */
  listen(endpoint: Endpoint): Endpoint
  /**
   * Takes connections from now on, first those that wait. Called once what they may ask for is
   * hosted: Produce and Fetch answer an unknown partition at once. Idempotent.
   */
  serve(): void
  host(log: PartitionLog, leaderEpoch: number, internal: boolean): void
  /** Has a partition whose log cannot be opened answered with KAFKA_STORAGE_ERROR. */
  hostUnavailable(topic: string, partition: number, topicId: Uuid): void
  unhost(topic: string, partition: number): void
  respond(connection: number, sequence: number, frame: Uint8Array): void
  /** Closes a connection whose request cannot be answered. */
  refuse(connection: number, sequence: number): void
  batchOpened(token: number, verdict: OpenBatchVerdict): void
  connectionInfo(
    connection: number,
  ): { readonly local: Endpoint; readonly peer: Endpoint } | undefined
  statistics(): DataPlaneStatistics
  /**
   * What a topic moved since it was hosted, zeros for one that is not; without a name what all
   * moved, those included that are gone.
   */
  traffic(topic?: string): Traffic
  latencies(): DataPlaneLatencies
  /** Replaces what clients may use; it holds from their next requests on. */
  setQuotas(quotas: QuotaTable): void
  /** Replaces how many may connect; connections that are there stay. */
  setConnectionLimits(limits: ConnectionLimits): void
  /** Counts the time that a request took here; for how many ms its client has to pause. */
  chargeRequest(clientId: string, busyNs: number): number
  /** Takes no request of the connection for so many ms; what is being handled is answered. */
  mute(connection: number, throttleMs: number): void
  /** Answers what is appended, ends parked fetches, closes the sockets. Idempotent. */
  stop(): Promise<void>
}
