/** The native data plane behind the {@link DataPlane} port. Adds nothing but names. */
import type { NativeDataPlane } from '../addon/binding.ts'
import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { type Uuid, uuidToBytes } from '../protocol/uuid.ts'
import { latencyBuckets } from '../telemetry/latency-histogram.ts'
import type {
  ConnectionLimits,
  DataPlane,
  DataPlaneEvents,
  DataPlaneLatencies,
  DataPlaneOptions,
  DataPlaneStatistics,
  Endpoint,
  OpenBatchVerdict,
  QuotaTable,
  Traffic,
} from './data-plane.ts'
import type { PartitionLog } from './log-store.ts'
import { nativeStorage } from './native-binding.ts'
import { NativePartitionLog } from './native-log-store.ts'

const nothing = new Uint8Array(0)

class NativeDataPlaneFace implements DataPlane {
  readonly #native: NativeDataPlane
  #stopping: Promise<void> | undefined

  constructor(native: NativeDataPlane) {
    this.#native = native
  }

  listen(endpoint: Endpoint): Endpoint {
    return this.#native.listen(endpoint.host, endpoint.port)
  }
  serve(): void {
    this.#native.serve()
  }
  host(log: PartitionLog, leaderEpoch: number, internal: boolean): void {
    assert(log instanceof NativePartitionLog, 'the native data plane serves native logs only')
    assert(leaderEpoch >= 0, 'what is hosted has a leader')
    this.#native.host(log.native, leaderEpoch, internal)
  }
  hostUnavailable(topic: string, partition: number, topicId: Uuid): void {
    const id = new Uint8Array(16)
    assert(uuidToBytes(topicId, id), 'a topic id is a UUID')
    this.#native.hostUnavailable(topic, partition, id)
  }
  unhost(topic: string, partition: number): void {
    this.#native.unhost(topic, partition)
  }
  respond(connection: number, sequence: number, frame: Uint8Array): void {
    assert(frame.length > 0, 'an answer has at least a correlation id')
    this.#native.respond(connection, sequence, frame)
  }
  refuse(connection: number, sequence: number): void {
    this.#native.respond(connection, sequence, nothing)
  }
  batchOpened(token: number, verdict: OpenBatchVerdict): void {
    const isRefusal = verdict.code !== ErrorCode.NONE
    assert(!isRefusal || verdict.replacement === undefined, 'a refused batch has no replacement')
    this.#native.batchOpened(token, verdict)
  }
  connectionInfo(
    connection: number,
  ): { readonly local: Endpoint; readonly peer: Endpoint } | undefined {
    return this.#native.connectionInfo(connection)
  }
  statistics(): DataPlaneStatistics {
    return this.#native.statistics()
  }
  setQuotas(quotas: QuotaTable): void {
    assert(quotas.windows >= 1 && quotas.windowMs >= 1, 'rates are measured over some time')
    this.#native.setQuotas(quotas)
  }
  setConnectionLimits(limits: ConnectionLimits): void {
    assert(limits.windows >= 1 && limits.windowMs >= 1, 'rates are measured over some time')
    this.#native.setConnectionLimits(limits)
  }
  chargeRequest(clientId: string, busyNs: number): number {
    return this.#native.chargeRequest(clientId, busyNs)
  }
  mute(connection: number, throttleMs: number): void {
    this.#native.mute(connection, throttleMs)
  }
  traffic(topic?: string): Traffic {
    return this.#native.traffic(topic)
  }
  latencies(): DataPlaneLatencies {
    const latencies = this.#native.latencies()
    const { length } = latencies.produce.buckets
    assert(length === latencyBuckets, 'both sides have the same buckets')
    return latencies
  }
  stop(): Promise<void> {
    this.#stopping ??= this.#native.stop()
    return this.#stopping
  }
}

/** Starts the reactors; nothing listens yet. */
export function startNativeDataPlane(
  options: DataPlaneOptions,
  events: DataPlaneEvents,
): DataPlane {
  assert(options.reactorThreads >= 1, 'somebody serves the sockets')
  assert(options.socketRequestMaxBytes > 0, 'a frame has bytes')
  const { NativeDataPlane } = nativeStorage()
  return new NativeDataPlaneFace(new NativeDataPlane(options, events))
}
