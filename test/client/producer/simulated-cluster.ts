/**
 * A cluster in memory on a time of its own, for the tests of the sender: brokers that check
 * sequences as Kafka's do, and that fail as a seed says.
 */
import type { Clock, Timers } from '../../../src/base/clock.ts'
import { type Random, randomBelow, seededRandom } from '../../../src/base/random.ts'
import { type ClientError, NetworkError, ProtocolError } from '../../../src/client/error.ts'
import type { ProducerEnvironment } from '../../../src/client/producer/producer-core.ts'
import type {
  NamedLeader,
  ProduceCall,
  ProducerNetwork,
  TopicView,
} from '../../../src/client/producer/producer-network.ts'
import { loadCodec } from '../../../src/compression/index.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type {
  PartitionProduceResponse,
  ProduceRequestInput,
  ProduceResponse,
} from '../../../src/protocol/generated/00-produce.ts'
import { codecOf, decodeBatch, decodeBatchHeader } from '../../../src/protocol/record-batch.ts'
import { zeroUuid } from '../../../src/protocol/uuid.ts'

/** Time that passes only when {@link SimulatedTime.settle} finds nothing else to do. */
export class SimulatedTime implements Clock, Timers {
  nowMs = 1_000
  #timers: { readonly atMs: number; readonly callback: () => void; readonly order: number }[] = []
  #soon: (() => void)[] = []
  #order = 0

  now(): number {
    return 1_700_000_000_000 + this.nowMs
  }

  monotonicMs(): number {
    return this.nowMs
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), callback, order: this.#order++ }
    this.#timers.push(timer)
    return timer
  }

  clear(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle)
  }

  readonly soon = (callback: () => void): void => {
    this.#soon.push(callback)
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Runs everything that is due, and lets time pass up to `untilMs`, while `isOpen()`. */
  async settle(isOpen: () => boolean = () => true, untilMs = Infinity): Promise<void> {
    while (isOpen()) {
      await new Promise((resolve) => setImmediate(resolve))
      const soon = this.#soon.splice(0)
      for (const callback of soon) callback()
      if (soon.length > 0) continue
      this.#timers.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
      const [next] = this.#timers
      if (next === undefined || next.atMs > untilMs) {
        if (untilMs !== Infinity) this.nowMs = Math.max(this.nowMs, untilMs)
        return
      }
      this.#timers.shift()
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.callback()
    }
  }
}

/** The environment of a producer in a simulation. */
export function simulatedEnvironment(time: SimulatedTime, random: Random): ProducerEnvironment {
  return { clock: time, timers: time, random, checksum: crc32c, soon: time.soon }
}

/** What a broker remembers of a producer. */
interface ProducerState {
  epoch: number
  readonly recent: { first: number; last: number; offset: number }[]
}

/** One partition's log. */
export class SimulatedLog {
  readonly values: string[] = []
  readonly #producers = new Map<number, ProducerState>()

  append(batch: {
    readonly producerId: number
    readonly producerEpoch: number
    readonly baseSequence: number
    readonly values: readonly string[]
  }): { readonly code: number; readonly offset: number } {
    const { producerId, producerEpoch, baseSequence, values } = batch
    const offset = this.values.length
    if (producerId >= 0) {
      const first = baseSequence
      const last = (first + values.length - 1) % 2 ** 31
      const state = this.#producers.get(producerId)
      const fresh = { epoch: producerEpoch, recent: [{ first, last, offset }] }
      if (state === undefined) this.#producers.set(producerId, fresh)
      else if (producerEpoch < state.epoch)
        return { code: ErrorCode.INVALID_PRODUCER_EPOCH, offset }
      else if (producerEpoch > state.epoch) {
        if (first !== 0) return { code: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, offset }
        this.#producers.set(producerId, fresh)
      } else {
        const same = state.recent.find((one) => one.first === first && one.last === last)
        if (same !== undefined) return { code: 0, offset: same.offset }
        const expected = ((state.recent.at(-1)?.last ?? -1) + 1) % 2 ** 31
        if (first !== expected) return { code: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, offset }
        state.recent.push({ first, last, offset })
        if (state.recent.length > 5) state.recent.shift()
      }
    }
    this.values.push(...values)
    return { code: 0, offset }
  }

  /** As a start does from a snapshot: of each producer it holds the last batch alone. */
  restart(): void {
    for (const { recent } of this.#producers.values()) recent.splice(0, recent.length - 1)
  }

  /** As a start does that finds the last batches, of one record each, not on the disk. */
  lose(count: number): void {
    this.values.splice(this.values.length - count)
    for (const state of this.#producers.values()) {
      const last = (state.recent.at(-1)?.last ?? -1) - count
      const offset = this.values.length - 1
      state.recent.splice(0, state.recent.length, { first: last, last, offset })
    }
  }

  /** As retention and the expiry of producers do. */
  forgetProducers(): void {
    this.#producers.clear()
  }
}

/** What one batch is answered, whatever else the faults say. */
export interface ScriptedAnswer {
  readonly code: number
  /** Whether it is stored nonetheless. */
  readonly isStored: boolean
  readonly baseOffset?: number
}

/** How likely the brokers fail, in percent of requests, and how fast they are. */
export interface SimulatedFaults {
  /** The request never arrives. */
  readonly lost: number
  /** It was done, and the answer never arrives. */
  readonly unanswered: number
  /** A partition's leader moves before the request. */
  readonly moved: number
  /** A partition's log was restarted before the request. */
  readonly restarted: number
  /** A partition refuses for good. */
  readonly refused: number
  /** The longest that a request takes, in ms. */
  readonly slowMs: number
  /** Batches above so many bytes are too large. */
  readonly batchBytesMax: number
}

export const noFaults: SimulatedFaults = {
  lost: 0,
  unanswered: 0,
  moved: 0,
  restarted: 0,
  refused: 0,
  slowMs: 5,
  batchBytesMax: Infinity,
}

/** Three nodes that lead the partitions of all topics in turn. */
export class SimulatedCluster implements ProducerNetwork {
  faults: SimulatedFaults
  /** Requests that arrived, as the partitions in each. */
  readonly requests: string[][] = []
  readonly logs = new Map<string, SimulatedLog>()
  /** Topics that exist; `createAfterMs` of a topic that will. */
  readonly #topics = new Map<string, TopicView>()
  readonly #time: SimulatedTime
  readonly #random: Random
  readonly #listeners = new Set<() => void>()
  /** Topics that the metadata does not tell of at the moment. */
  readonly away = new Set<string>()
  /** Requests to a node arrive in order. */
  readonly #busyUntilMs = new Map<number, number>()
  isClosed = false
  /** Producer ids given. */
  ids = 0
  idError: number | undefined
  /** What asking for a topic ends with. */
  topicError: number | undefined
  refreshes = 0
  /** Names of topics that were asked for by {@link SimulatedCluster.topic}. */
  readonly wanted = new Set<string>()
  /** Answers to the next batches. */
  readonly script: ScriptedAnswer[] = []
  /** The last epoch that an id starts with. */
  firstEpoch = 0

  constructor(time: SimulatedTime, seed = 1, faults: SimulatedFaults = noFaults) {
    this.#time = time
    this.#random = seededRandom(seed)
    this.faults = faults
  }

  create(name: string, partitionCount: number, id = `id-of-${name}`): void {
    const partitions = Array.from({ length: partitionCount }, (_, index) => ({
      leader: index % 3,
      leaderEpoch: 0,
    }))
    this.#topics.set(name, { name, id, partitions })
    this.#announce()
  }

  log(topic: string, partition: number): SimulatedLog {
    const name = `${topic}-${partition}`
    const log = this.logs.get(name) ?? new SimulatedLog()
    this.logs.set(name, log)
    return log
  }

  topic(name: string): TopicView | undefined {
    this.wanted.add(name)
    return this.peekTopic(name)
  }

  peekTopic(name: string): TopicView | undefined {
    return this.away.has(name) ? undefined : this.#topics.get(name)
  }

  async awaitTopic(name: string, timeoutMs: number): Promise<TopicView> {
    const endMs = this.#time.nowMs + timeoutMs
    for (;;) {
      await this.#sleep(3)
      const topic = this.#topics.get(name)
      if (topic !== undefined) return topic
      if (this.topicError !== undefined) throw new ProtocolError('Cannot ask', this.topicError)
      if (this.#time.nowMs >= endMs) throw new ProtocolError(`Topic ${name} was not found`, 3)
    }
  }

  faultOf(name: string): ClientError | undefined {
    return this.#topics.has(name) ? undefined : new ProtocolError('Cannot use it', 3)
  }

  requestRefresh(): void {
    this.refreshes++
    this.#time.setTimeout(() => this.#announce(), 4)
  }

  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  learnLeaders(leaders: readonly NamedLeader[]): boolean {
    return leaders.some(({ topic, partition, leader }) => {
      return this.#topics.get(topic)?.partitions[partition]?.leader === leader
    })
  }

  move(topic: string, partition: number, leader: number): void {
    const view = this.#topics.get(topic)
    if (view === undefined) return
    const partitions = view.partitions.map((one, index) =>
      index === partition ? { leader, leaderEpoch: one.leaderEpoch + 1 } : one,
    )
    this.#topics.set(topic, { ...view, partitions })
  }

  async produce(
    nodeId: number,
    request: ProduceRequestInput,
    { written, versionMax }: ProduceCall,
  ): Promise<ProduceResponse> {
    // What goes out is what stands there now: the bytes may change once they are written.
    const copies = copyOf(request)
    const { lost, unanswered, slowMs } = this.faults
    const isLost = this.#isLikely(lost)
    await this.#arrive(nodeId, slowMs)
    written()
    if (isLost) throw new NetworkError('The connection broke.')
    const isUnanswered = this.#isLikely(unanswered)
    const response = await this.#answer(nodeId, copies, versionMax >= 13)
    if (isUnanswered) throw new NetworkError('The connection broke.')
    return response
  }

  async produceUnanswered(
    nodeId: number,
    request: ProduceRequestInput,
    call: ProduceCall,
  ): Promise<void> {
    await this.produce(nodeId, request, call)
  }

  async initProducerId(): Promise<{ producerId: number; producerEpoch: number }> {
    await this.#sleep(2)
    if (this.idError !== undefined) throw new ProtocolError('Cannot get an id', this.idError)
    return { producerId: 1000 + this.ids++, producerEpoch: this.firstEpoch }
  }

  close(): void {
    this.isClosed = true
  }

  /** `byId`: as from version 13 on, where a topic has its id and not its name. */
  async #answer(
    nodeId: number,
    request: ProduceRequestInput,
    byId: boolean,
  ): Promise<ProduceResponse> {
    this.requests.push(
      request.topicData.flatMap(({ name, partitionData }) =>
        partitionData.map(({ index }) => `${name}-${index}`),
      ),
    )
    const responses = []
    for (const { name = '', topicId = '', partitionData } of request.topicData) {
      const isUnknown = byId && this.#topics.get(name)?.id !== topicId
      if (isUnknown || topicId === '') throw new ProtocolError('Cannot send Produce', 35)
      const partitionResponses = []
      for (const { index, records } of partitionData) {
        if (this.#isLikely(this.faults.moved)) {
          this.move(name, index, randomBelow(this.#random, 3))
        }
        if (this.#isLikely(this.faults.restarted)) this.log(name, index).restart()
        partitionResponses.push(await this.#append(nodeId, name, index, records ?? Buffer.alloc(0)))
      }
      responses.push(
        byId
          ? { name: '', topicId, partitionResponses }
          : { name, topicId: zeroUuid, partitionResponses },
      )
    }
    return { responses: responses.reverse(), throttleTimeMs: 0, nodeEndpoints: [] }
  }

  async #append(
    nodeId: number,
    topic: string,
    index: number,
    records: Uint8Array,
  ): Promise<PartitionProduceResponse> {
    const leader = this.#topics.get(topic)?.partitions[index]
    const answer = {
      index,
      errorCode: 0,
      baseOffset: -1,
      logAppendTimeMs: -1,
      logStartOffset: 0,
      recordErrors: [],
      errorMessage: null,
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    }
    if (leader === undefined || leader.leader !== nodeId) {
      const currentLeader = {
        leaderId: leader?.leader ?? -1,
        leaderEpoch: leader?.leaderEpoch ?? -1,
      }
      return { ...answer, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, currentLeader }
    }
    if (records.length > this.faults.batchBytesMax) {
      return { ...answer, errorCode: ErrorCode.MESSAGE_TOO_LARGE }
    }
    if (this.#isLikely(this.faults.refused)) {
      return { ...answer, errorCode: ErrorCode.INVALID_RECORD, errorMessage: 'not this one' }
    }
    const scripted = this.script.shift()
    if (scripted !== undefined) {
      const { code: errorCode, isStored, baseOffset = -1 } = scripted
      if (isStored) this.log(topic, index).append(await decoded(records))
      return { ...answer, errorCode, baseOffset }
    }
    const { code, offset } = this.log(topic, index).append(await decoded(records))
    return { ...answer, errorCode: code, baseOffset: code === 0 ? offset : -1 }
  }

  async #arrive(nodeId: number, slowMs: number): Promise<void> {
    const { nowMs } = this.#time
    const arrivalMs = Math.max(
      this.#busyUntilMs.get(nodeId) ?? 0,
      nowMs + 1 + randomBelow(this.#random, Math.max(1, slowMs)),
    )
    this.#busyUntilMs.set(nodeId, arrivalMs)
    await this.#sleep(arrivalMs - nowMs)
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#time.setTimeout(resolve, ms)
    })
  }

  #isLikely(percent: number): boolean {
    return percent > 0 && randomBelow(this.#random, 100) < percent
  }

  #announce(): void {
    for (const listener of this.#listeners) listener()
  }
}

function copyOf(request: ProduceRequestInput): ProduceRequestInput {
  return {
    ...request,
    topicData: request.topicData.map((topic) => ({
      ...topic,
      partitionData: topic.partitionData.map(({ index, records }) => ({
        index,
        records: records && Buffer.from(records),
      })),
    })),
  }
}

async function decoded(
  bytes: Uint8Array,
): Promise<Parameters<SimulatedLog['append']>[0] & { readonly codec: number }> {
  const head = decodeBatchHeader(bytes)
  if (head.value === null) throw new Error(head.error)
  const codec = codecOf(head.value)
  const library = codec === 0 ? undefined : await loadCodec(codec)
  const batch = decodeBatch(bytes, 0, {
    compress: () => Buffer.alloc(0),
    decompress: (_id, stored) => library?.decompress(stored, 1 << 26) ?? stored,
  })
  if (batch.value === null) throw new Error(batch.error)
  const { producerId, producerEpoch, baseSequence, records } = batch.value
  const values = records.map(({ value }) => Buffer.from(value ?? []).toString())
  return { producerId, producerEpoch, baseSequence, values, codec }
}
