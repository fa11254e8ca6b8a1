/**
 * Fetches what will be handed out next: one request in flight per broker, for the partitions of
 * which nothing waits to be taken. So there is at most one piece of each partition in hand and one
 * behind it, and an application that takes nothing fetches nothing.
 */
import { asBuffer } from '../../base/as-buffer.ts'
import { assert } from '../../base/assert.ts'
import { type Codec, loadCodec } from '../../compression/index.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import {
  type FetchRequestInput,
  type FetchResponse,
  fetchApi,
  type PartitionData,
} from '../../protocol/generated/01-fetch.ts'
import { zeroUuid } from '../../protocol/uuid.ts'
import { ClientError, ProtocolError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import { keyOf, partitionKey } from '../topic-partition.ts'
import { BatchOpener } from './batch-opener.ts'
import type { ConsumerCluster } from './consumer-cluster.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { FetchSession, type SessionRequest, type WantedPartition } from './fetch-session.ts'
import { FetchedPartition, summarize } from './fetched-partition.ts'
import type { PositionLoss } from './offset-reset.ts'
import type { PartitionPosition, Positions } from './positions.ts'

/** From this version on topics are named by their ids. */
const topicIdsMin = 13

/** What is asked of one broker at a time. */
interface NodeFetch {
  readonly nodeId: number
  readonly session: FetchSession
  isInFlight: boolean
  failures: number
  notBeforeMs: number
}

/** A partition as it was asked for. */
interface Asked {
  readonly position: PartitionPosition
  readonly version: number
  readonly fetchOffset: number
  readonly nodeId: number
  /** Whether that broker follows: its leader may have what it has not. */
  readonly isFollower: boolean
}

/** A session that the broker does not go on with: another one begins at once. */
const sessionCodes: ReadonlySet<number> = new Set([
  ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
  ErrorCode.INVALID_FETCH_SESSION_EPOCH,
  ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
])

/**
 * A look at all partitions takes time for each of them. While so many pieces wait at least, there
 * is one whenever half of them are taken, or after that long (ms), instead of one for each.
 */
const enoughMin = 16
const plentyMs = 100

/** Counts of what a fetcher did. */
export interface FetchCounts {
  readonly fetches: number
  readonly bytes: number
}

/** See the head of this file. */
export class Fetcher {
  readonly #cluster: ConsumerCluster
  readonly #positions: Positions
  readonly #settings: ConsumerSettings
  readonly #notify: () => void
  readonly #nodes = new Map<number, NodeFetch>()
  readonly #codecs = new Map<number, Codec>()
  readonly #opener: BatchOpener
  /** What was fetched and not begun, in the order in which it came. */
  #ready: FetchedPartition[] = []
  /** Where the next offset is not there, by position, with the version that was asked for. */
  readonly #outOfRange = new Map<PartitionPosition, number>()
  #error: unknown = null
  #loss: PositionLoss | null = null
  #fetches = 0
  #bytes = 0
  #isClosed = false
  /** With more pieces than that, and nothing new, partitions are not looked at again. */
  #enough = Infinity
  /** When all partitions were looked at last. */
  #sentMs = 0

  /** @param notify is told when something has come, or failed. */
  constructor(
    cluster: ConsumerCluster,
    positions: Positions,
    settings: ConsumerSettings,
    notify: () => void,
    opener: BatchOpener = new BatchOpener(),
  ) {
    this.#cluster = cluster
    this.#positions = positions
    this.#settings = settings
    this.#notify = notify
    this.#opener = opener
  }

  /** What was done so far. */
  get counts(): FetchCounts {
    return { fetches: this.#fetches, bytes: this.#bytes }
  }

  /** The next piece to hand out, which is then in hand; undefined when there is none. */
  take(): FetchedPartition | undefined {
    const isNext = (one: FetchedPartition): boolean =>
      !this.#isWanted(one) || !one.position.isPaused
    // Others that nobody wants any more are left for `send`: each piece would be a look at all.
    for (let at = this.#ready.findIndex(isNext); at >= 0; at = this.#ready.findIndex(isNext)) {
      const [piece] = this.#ready.splice(at, 1)
      if (piece !== undefined && this.#isWanted(piece)) return piece
    }
    return undefined
  }

  /** Whether so much waits since the last {@link send} that another one is not worth its time. */
  hasPlenty(nowMs: number): boolean {
    return this.#ready.length > this.#enough && nowMs < this.#sentMs + plentyMs
  }

  /** Puts a piece back to the front: its partition was paused, or it failed and comes again. */
  putBack(piece: FetchedPartition): void {
    assert(!this.#ready.includes(piece), 'a piece waits once')
    this.#ready.unshift(piece)
  }

  /** What went wrong for good since the last look, thrown. */
  throwFailure(): void {
    const loss = this.#loss
    const error = this.#error
    this.#loss = null
    this.#error = null
    if (error !== null) throw error
    if (loss !== null) throw lossError(loss)
  }

  /** Sends what can be sent. Returns when to call again at the latest; Infinity: at any news. */
  send(nowMs: number): number {
    if (this.#isClosed) return Infinity
    const wanted = new Map<number, PartitionPosition[]>()
    /** Brokers with partitions that are left out, because something of them waits. */
    const satisfied = new Set<number>()
    this.#takeLosses()
    this.#ready = this.#ready.filter((piece) => this.#isWanted(piece))
    const waiting = new Set(this.#ready.map(({ position }) => position))
    for (const position of this.#positions.fetchable()) {
      const nodeId = this.#nodeFor(position, nowMs)
      // A new leader's log has to be compared with what was read, before it is read on.
      if (nodeId < 0 || position.state !== 'ready') continue
      if (this.#outOfRange.get(position) === position.version) continue
      if (waiting.has(position)) {
        satisfied.add(nodeId)
        continue
      }
      const list = wanted.get(nodeId)
      if (list === undefined) wanted.set(nodeId, [position])
      else list.push(position)
    }
    let retryMs = Infinity
    for (const [nodeId, positions] of wanted) {
      const node = this.#nodeOf(nodeId)
      if (node.isInFlight) continue
      if (node.notBeforeMs > nowMs) retryMs = Math.min(retryMs, node.notBeforeMs)
      else void this.#fetch(node, positions, satisfied.has(nodeId) ? 0 : undefined)
    }
    assert(retryMs > nowMs, 'what is due was sent')
    this.#sentMs = nowMs
    this.#enough = Math.max(enoughMin, this.#ready.length / 2)
    return retryMs
  }

  /** Forgets everything. */
  close(): void {
    this.#isClosed = true
    this.#ready = []
    this.#opener.close()
  }

  /** What is in hand, or waits, is handed out before its partition goes elsewhere. */
  #takeLosses(): void {
    for (const [position, version] of this.#outOfRange) {
      const isObsolete = position.version !== version || !this.#isAssigned(position)
      if (!isObsolete && position.position !== position.fetchOffset) continue
      this.#outOfRange.delete(position)
      if (isObsolete) continue
      this.#loss ??= this.#positions.outOfRange(position, version)
      this.#notify()
    }
  }

  /** Whether a piece is still of a partition of ours, and of where that stands. */
  #isWanted(piece: FetchedPartition): boolean {
    return piece.isCurrent && this.#isAssigned(piece.position)
  }

  #isAssigned(position: PartitionPosition): boolean {
    return this.#positions.get(position) === position
  }

  /** The broker to fetch from; -1: not known at the moment. */
  #nodeFor(position: PartitionPosition, nowMs: number): number {
    const info = this.#cluster.topic(position.topic)?.partitions[position.partition]
    if (info === undefined || info.leader < 0) {
      this.#cluster.requestRefresh()
      return -1
    }
    this.#positions.leaderChanged(position, info.leaderEpoch)
    const { preferredReplica, preferredUntilMs } = position
    const isUsable =
      preferredReplica >= 0 &&
      nowMs < preferredUntilMs &&
      this.#cluster.metadata.nodes.has(preferredReplica) &&
      !info.offline.includes(preferredReplica)
    if (!isUsable) position.preferredReplica = -1
    return isUsable ? preferredReplica : info.leader
  }

  #nodeOf(nodeId: number): NodeFetch {
    assert(nodeId >= 0, 'a broker has an id')
    let node = this.#nodes.get(nodeId)
    if (node === undefined) {
      const session = new FetchSession()
      node = { nodeId, session, isInFlight: false, failures: 0, notBeforeMs: 0 }
      this.#nodes.set(nodeId, node)
    }
    return node
  }

  async #fetch(
    node: NodeFetch,
    positions: readonly PartitionPosition[],
    waitMs: number | undefined,
  ): Promise<void> {
    assert(!node.isInFlight, 'one fetch per broker at a time')
    node.isInFlight = true
    this.#fetches++
    const asked = new Map<string, Asked>()
    for (const position of positions) {
      const { nodeId } = node
      const { version, fetchOffset, preferredReplica } = position
      const isFollower = preferredReplica === nodeId
      asked.set(keyOf(position), { position, version, fetchOffset, nodeId, isFollower })
    }
    assert(positions.length > 0, 'a fetch is for something')
    assert(asked.size === positions.length, 'a partition is asked for once')
    const request = node.session.request(positions.map((one) => this.#wanted(one)))
    const maxWaitMs = waitMs ?? this.#settings.fetchMaxWaitMs
    try {
      const response = await this.#cluster.call(
        node.nodeId,
        fetchApi,
        (version) => this.#request(request, maxWaitMs, version),
        { channel: 'fetch', timeoutMs: this.#settings.requestTimeoutMs + maxWaitMs },
      )
      await this.#take(node, asked, response)
    } catch (error) {
      this.#failed(node, asked, error)
    }
    node.isInFlight = false
    this.#enough = Infinity
    if (!this.#isClosed) this.#notify()
  }

  #wanted(position: PartitionPosition): WantedPartition {
    const { topic, partition, fetchOffset } = position
    assert(fetchOffset >= 0, 'a partition that is fetched has a position')
    const info = this.#cluster.topic(topic)
    return {
      topic,
      partition,
      topicId: info?.id ?? zeroUuid,
      fetchOffset,
      currentLeaderEpoch: info?.partitions[partition]?.leaderEpoch ?? -1,
      partitionMaxBytes: this.#settings.maxPartitionFetchBytes,
    }
  }

  #request(session: SessionRequest, maxWaitMs: number, version: number): FetchRequestInput {
    const { fetchMinBytes: minBytes, fetchMaxBytes: maxBytes, readCommitted } = this.#settings
    const byId = version >= topicIdsMin
    const named = <T extends { readonly topic?: string; readonly topicId?: string }>(of: T): T =>
      byId ? { ...of, topic: '' } : { ...of, topicId: zeroUuid }
    return {
      maxWaitMs,
      minBytes,
      maxBytes,
      isolationLevel: readCommitted ? 1 : 0,
      sessionId: session.sessionId,
      sessionEpoch: session.sessionEpoch,
      topics: session.topics.map(named),
      forgottenTopicsData: session.forgottenTopicsData.map(named),
      rackId: this.#settings.rackId ?? '',
    }
  }

  async #take(
    node: NodeFetch,
    asked: ReadonlyMap<string, Asked>,
    response: FetchResponse,
  ): Promise<void> {
    if (response.errorCode !== 0) {
      node.session.refused(response.errorCode)
      const { retriable, refreshesMetadata } = errorInfo(response.errorCode)
      if (!retriable) throw new ProtocolError('Cannot fetch', response.errorCode)
      if (refreshesMetadata) this.#cluster.requestRefresh()
      if (node.failures === 0 && sessionCodes.has(response.errorCode)) node.failures++
      else this.#pause(node)
      return
    }
    node.session.answered(response.sessionId)
    node.failures = 0
    this.#learnLeaders(response)
    const taking: Promise<void>[] = []
    for (const { topic, topicId, partitions } of response.responses) {
      const name = topic === '' ? this.#cluster.metadata.nameOf(topicId) : topic
      for (const data of partitions) {
        const one = asked.get(partitionKey(name ?? '', data.partitionIndex))
        if (one !== undefined && this.#isStill(one)) taking.push(this.#takePartition(one, data))
      }
    }
    await Promise.all(taking)
  }

  #isStill({ position, version, fetchOffset }: Asked): boolean {
    const isSame = position.version === version && position.fetchOffset === fetchOffset
    return isSame && position.state === 'ready' && this.#isAssigned(position)
  }

  async #takePartition(asked: Asked, data: PartitionData): Promise<void> {
    const { position } = asked
    if (data.errorCode !== 0) {
      this.#partitionFailed(asked, data.errorCode)
      return
    }
    position.highWatermark = data.highWatermark
    position.lastStableOffset = data.lastStableOffset
    position.logStartOffset = data.logStartOffset
    if (data.preferredReadReplica >= 0) {
      position.preferredReplica = data.preferredReadReplica
      position.preferredUntilMs = this.#nowMs() + this.#settings.metadataMaxAgeMs
    }
    if (data.records === null || data.records.length === 0) return
    const bytes = asBuffer(data.records)
    const summary = summarize(bytes, position.fetchOffset)
    assert(summary.nextOffset >= position.fetchOffset, 'a fetch leads forward')
    if (summary.isCutOff) {
      const why = `a batch of ${keyOf(position)} is larger than what was fetched`
      this.#error ??= new ProtocolError('Cannot read on', ErrorCode.MESSAGE_TOO_LARGE, why)
      return
    }
    for (const codec of summary.codecs) {
      if (!this.#codecs.has(codec)) this.#codecs.set(codec, await loadCodec(codec))
    }
    const { compressed } = summary
    // Other partitions do not wait for it; a fetch of the same broker does.
    const opened = this.#opener.isWorth(compressed)
      ? await this.#opener.open(bytes, compressed)
      : undefined
    if (!this.#isStill(asked) || this.#isClosed) return
    assert(this.#codecs.size >= summary.codecs.size, 'each codec that is needed is loaded')
    const { checksum } = this.#settings
    const opening = { checksum, codecs: this.#codecs, ...(opened === undefined ? {} : { opened }) }
    const aborted = this.#settings.readCommitted ? (data.abortedTransactions ?? []) : null
    assert(position.state === 'ready', 'what is fetched may be read')
    this.#ready.push(new FetchedPartition(position, bytes, summary, opening, aborted))
    position.fetchOffset = summary.nextOffset
    position.fetchEpoch = summary.leaderEpoch
    this.#bytes += bytes.length
  }

  #partitionFailed({ position, version, nodeId, isFollower }: Asked, code: number): void {
    assert(code !== 0, 'what failed has a code')
    const { retriable, refreshesMetadata } = errorInfo(code)
    if (code === ErrorCode.OFFSET_OUT_OF_RANGE) {
      // A follower that lags does not have it yet: its leader decides.
      if (isFollower) position.preferredReplica = -1
      else this.#outOfRange.set(position, version)
      this.#takeLosses()
      return
    }
    position.preferredReplica = -1
    if (refreshesMetadata || code === ErrorCode.UNKNOWN_LEADER_EPOCH) this.#cluster.requestRefresh()
    if (retriable || code === ErrorCode.UNKNOWN_SERVER_ERROR) {
      this.#pause(this.#nodeOf(nodeId))
      return
    }
    this.#error ??= new ProtocolError(`Cannot fetch ${keyOf(position)}`, code)
  }

  #learnLeaders(response: FetchResponse): void {
    const leaders = response.responses.flatMap(({ topic, topicId, partitions }) => {
      const name = topic === '' ? (this.#cluster.metadata.nameOf(topicId) ?? '') : topic
      return partitions
        .filter(({ currentLeader }) => currentLeader.leaderId >= 0)
        .map(({ partitionIndex, currentLeader }) => ({
          topic: name,
          partition: partitionIndex,
          leader: currentLeader.leaderId,
          leaderEpoch: currentLeader.leaderEpoch,
        }))
    })
    if (leaders.length > 0) this.#cluster.learnLeaders(leaders, response.nodeEndpoints)
  }

  #failed(node: NodeFetch, asked: ReadonlyMap<string, Asked>, error: unknown): void {
    node.session.failed()
    this.#pause(node)
    for (const { position } of asked.values()) position.preferredReplica = -1
    if (this.#isClosed) return
    if (error instanceof ClientError && error.retriable) this.#cluster.requestRefresh()
    else this.#error ??= error
  }

  #pause(node: NodeFetch): void {
    node.failures++
    const { random } = this.#cluster.environment
    const { retryBackoff } = this.#settings
    node.notBeforeMs = this.#nowMs() + backoffMs(retryBackoff, node.failures, random)
  }

  #nowMs(): number {
    return this.#cluster.environment.clock.monotonicMs()
  }
}

/** A position that cannot be kept, as the error that the application gets. */
export function lossError(loss: PositionLoss): ProtocolError {
  const name = keyOf(loss.partition)
  const remedy = 'autoOffsetReset is none: seek() to where it shall go on'
  if (loss.kind === 'no-offset') {
    // Kafka has no code of the wire for it: nothing was refused.
    const what = `Cannot begin with ${name}`
    return new ProtocolError(
      what,
      ErrorCode.OFFSET_OUT_OF_RANGE,
      `no offset is committed, and ${remedy}`,
    )
  }
  const what = `Cannot go on with ${name} at offset ${loss.offset}`
  if (loss.kind === 'out-of-range') {
    return new ProtocolError(what, ErrorCode.OFFSET_OUT_OF_RANGE, `it is not there, and ${remedy}`)
  }
  const from = loss.divergesAt === null ? 'somewhere before it' : `from ${loss.divergesAt} on`
  const why = `the log was cut off and written anew ${from}, and ${remedy}`
  return new ProtocolError(what, ErrorCode.OFFSET_OUT_OF_RANGE, why)
}
