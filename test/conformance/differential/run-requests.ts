/** Drives the same requests at both brokers and compares what comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, seededRandom } from '../../../src/base/random.ts'
import { ResourceType } from '../../../src/metadata/image.ts'
import type { AnyApi } from '../../../src/protocol/codec.ts'
import type { MetadataResponse } from '../../../src/protocol/generated/03-metadata.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { initProducerIdApi } from '../../../src/protocol/generated/22-init-producer-id.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import { encodeRequestFrame } from '../../../src/protocol/header.ts'
import { eventually } from '../eventually.ts'
import { call } from '../malformed/call.ts'
import { RawConnection } from '../raw-connection.ts'
import { dynamicBrokerConfigs } from './admin-drafts.ts'
import { ruleOf } from './allowed.ts'
import { groupPartitions } from './brokers.ts'
import { compare, type Fault, type Terms } from './compare.ts'
import type { Coverage } from './coverage.ts'
import type { Draft, Source } from './draft.ts'
import { fitted, onTheEdge } from './edges.ts'
import { type Exchange, Findings } from './findings.ts'
import { IdPairs, type Side } from './ids.ts'
import { reasonOf } from './meant.ts'
import { negotiated, Offers, sources } from './offers.ts'
import { type Outcome, opened, type Peer } from './peer.ts'
import { type Topic, World } from './world.ts'

const patienceMs = 3_000
/** Who waits for others has this long to be answered at once. */
const promptMs = 40
/** How long Kafka may take until it shows what it has acknowledged. */
const settleMs = [5, 10, 20, 40, 80, 160, 320]
/** A request that waited for so many others is given up, with its group. */
const waitStepsMax = 250
const historyMax = 1500
const beforeMax = 20

/** OffsetFetch, DescribeGroups and ListGroups. */
const groupReads: ReadonlySet<number> = new Set([9, 15, 16])
/** Groups of the run itself; names in a row fall into partitions in a row. */
const nudged = Array.from({ length: groupPartitions }, (_, n) => `nudge-${n}`)

/** What is sent: a request of one version, perhaps spoiled on its way. */
interface Step {
  readonly number: number
  readonly source: Source
  readonly api: AnyApi
  readonly version: number
  readonly draft: Draft
  readonly request: Readonly<Record<string, unknown>>
  readonly isEdge: boolean
  readonly mangle: ((frame: Buffer) => Buffer) | undefined
  /** True if there is no answer, but maybe a closed connection. */
  readonly isUnanswered: boolean
}

type Outcomes = Record<Side, Outcome>

interface Waiting {
  readonly step: Step
  readonly outcomes: Promise<Outcomes>
  /** True once one of the two has answered. */
  isDue(): boolean
}

/** The outcome of a run. */
export interface Summary {
  readonly requests: number
  readonly findings: Findings
  readonly coverage: Coverage
  /** How many answers differed that are meant to, by the reason. */
  readonly meant: ReadonlyMap<string, number>
  /** How many topics and groups were left alone from some point on. */
  readonly leftAlone: number
  /** APIs that ours answers and the run does not ask, and whatever else was never sent. */
  readonly holes: readonly string[]
  /** Versions that ours answers and Kafka does not have. */
  readonly onlyOurs: readonly string[]
}

/** One run: a seed, two brokers. */
export class RequestRun {
  readonly #peers: Record<Side, Peer>
  readonly #random: Random
  readonly #world: World
  readonly #terms: Terms
  readonly #findings = new Findings()
  /** How many answers differed that are meant to, by the reason. */
  readonly #meant = new Map<string, number>()
  readonly #history: Exchange[] = []
  readonly #waiting = new Set<Waiting>()
  #offers = new Offers([])
  #sent = 0
  #correlationId = 0
  #stopped = false

  constructor(kafka: Peer, odradek: Peer, seed: number) {
    this.#peers = { kafka, odradek }
    this.#random = seededRandom(seed)
    const ids = new IdPairs()
    this.#world = new World(ids, this.#random)
    const isTainted = (value: unknown) => this.#isTainted(value)
    this.#terms = { ruleOf, ids, isTainted }
  }

  /**
   * Sends that many requests to each broker; `progress` hears of each thousand, and of each kind of
   * difference when it is found.
   */
  async run(requests: number, progress: (text: string) => void = () => {}): Promise<Summary> {
    this.#offers = await negotiated(this.#peers.kafka, this.#peers.odradek)
    await Promise.all([coordinatorOf(this.#peers.kafka), coordinatorOf(this.#peers.odradek)])
    await this.#settle(undefined)
    for (let [said, told] = [0, 0]; this.#sent < requests && !this.#stopped; ) {
      const step = this.#nextStep()
      if (step !== undefined) await this.#perform(step)
      await this.#collectDue()
      for (const name of this.#findings.names().slice(told))
        progress(`before ${this.#sent}: ${name}`)
      told = this.#findings.size
      if (this.#sent - said < 1000) continue
      said = this.#sent
      progress(`${this.#sent} requests, ${this.#findings.size} kinds of difference`)
    }
    const { coverage, unasked, onlyOurs } = this.#offers
    return {
      requests: this.#sent,
      findings: this.#findings,
      coverage,
      meant: this.#meant,
      leftAlone: this.#world.tainted.size,
      holes: [...unasked, ...coverage.holes()],
      onlyOurs,
    }
  }

  /** Ends the run behind the request that is under way. */
  stop(): void {
    this.#stopped = true
  }

  #nextStep(): Step | undefined {
    const { offer, cell } = this.#offers.choice(this.#world)
    const { version, making } = cell
    const { source, api, advertisedMax } = offer
    const draft = source.draft(this.#world, version)
    if (draft === undefined) {
      this.#offers.coverage.miss(cell)
      return undefined
    }
    const valid = fitted(source.key, version, draft.request)
    const isEdge = making === 'edge'
    const request = isEdge
      ? onTheEdge(source.key, version, valid, this.#pool(source), this.#random)
      : valid
    const mangle = making === 'invalid' ? this.#mangle(advertisedMax) : undefined
    const isUnanswered = request['acks'] === 0
    return {
      number: this.#sent,
      source,
      api,
      version,
      draft,
      request,
      isEdge,
      mangle,
      isUnanswered,
    }
  }

  /** Names for the edges; Kafka's own topics stay as they are. */
  #pool(source: Source) {
    const { topics, groups } = this.#world
    const own = source.effect === 'changes metadata' ? [] : ['__consumer_offsets']
    return {
      names: [...topics.map(({ name }) => name), ...groups, ...own],
      topicIds: topics.map(({ id }) => id),
    }
  }

  /** Spoils a frame: cut off, or of a version that nobody has. */
  #mangle(advertisedMax: number): (frame: Buffer) => Buffer {
    const [cut, strange] = [1 + this.#world.below(12), advertisedMax + 1 + this.#world.below(50)]
    if (this.#world.chance(50)) {
      return (frame) => {
        frame.writeInt16BE(strange, 6)
        return frame
      }
    }
    return (frame) => {
      const shorter = frame.subarray(0, Math.max(12, frame.length - cut))
      shorter.writeInt32BE(shorter.length - 4, 0)
      return shorter
    }
  }

  async #perform(step: Step): Promise<void> {
    const sent = this.#send(step)
    if (sent === undefined) return
    this.#sent++
    this.#count(step)
    if (!step.draft.waits) return this.#judge(step, await sent.outcomes)
    await Promise.race([sent.first, sleep(promptMs)])
    if (sent.isDue()) return this.#judge(step, await sent.outcomes)
    if (step.source.harms?.(step.request)) await this.#taint(step)
    this.#world.busy.add(step.draft.slot ?? '')
    this.#waiting.add({ step, ...sent })
  }

  /** Undefined if the version cannot carry the request. */
  #send(step: Step) {
    const frames = this.#frames(step)
    if (frames === undefined) return undefined
    const { draft } = step
    const slot = draft.slot ?? 'main'
    // Who waits is given up by the run, not by the clock; who has one answer waits for the other.
    let due = false
    const one = async (side: Side): Promise<Outcome> => {
      const peer = this.#peers[side]
      const patience = draft.waits ? 2 ** 30 : patienceMs
      const outcome = step.isUnanswered
        ? await this.#afterwards(peer, frames[side])
        : await peer.ask(slot, frames[side], patience)
      due = true
      return outcome
    }
    const both = { kafka: one('kafka'), odradek: one('odradek') }
    const first = Promise.race([both.kafka, both.odradek])
    const inTime = (outcome: Promise<Outcome>) =>
      draft.waits ? Promise.race([outcome, late()]) : outcome
    const outcomes = first.then(async () => ({
      kafka: await inTime(both.kafka),
      odradek: await inTime(both.odradek),
    }))
    return { first, outcomes, isDue: () => due }
  }

  #frames({ api, version, draft, request, mangle }: Step): Record<Side, Uint8Array> | undefined {
    const id = ++this.#correlationId
    const frame = (side: Side): Uint8Array => {
      const resolved = this.#world.ids.resolve(request, side) as never
      const bytes = encodeRequestFrame(api, version, id, draft.slot ?? 'main', resolved)
      return mangle === undefined ? bytes : mangle(Buffer.from(bytes))
    }
    try {
      return { kafka: frame('kafka'), odradek: frame('odradek') }
    } catch {
      return undefined
    }
  }

  /** Sends what has no answer and then asks for one; tells whether the connection survived. */
  async #afterwards(peer: Peer, frame: Uint8Array): Promise<Outcome> {
    await peer.tell('unanswered', frame)
    const probe = encodeRequestFrame(apiVersionsApi, 0, 1, 'differential', {} as never)
    const outcome = await peer.ask('unanswered', probe, patienceMs)
    return Buffer.isBuffer(outcome) ? 'unanswered' : outcome
  }

  async #judge(step: Step, outcomes: Outcomes): Promise<void> {
    const { draft, source } = step
    let [exchange, faults, reasons] = this.#compared(step, outcomes)
    if (source.effect === 'reads' && draft.repeatable !== false) {
      for (const pause of settleMs) {
        if (faults.every((fault) => this.#findings.isOld(fault))) break
        if (pause === settleMs[0] && groupReads.has(source.key)) await this.#nudge()
        await sleep(pause)
        const again = await this.#peers.kafka.ask(
          draft.slot ?? 'main',
          this.#frames(step)?.kafka ?? Buffer.alloc(0),
          patienceMs,
        )
        ;[exchange, faults, reasons] = this.#compared(step, { ...outcomes, kafka: again })
      }
    }
    this.#note(step, exchange, faults)
    const isAnswer = typeof exchange.kafka === 'object' && exchange.kafka !== null
    // Without an answer nobody tells what became of a request that is not in order.
    const isUntold = step.isUnanswered && (step.isEdge || exchange.odradek === 'closed')
    for (const reason of new Set(reasons)) {
      this.#meant.set(reason, (this.#meant.get(reason) ?? 0) + 1)
    }
    const isHarmed = source.harms?.(step.request) === true
    if (faults.length > 0 || reasons.length > 0 || isUntold || isHarmed) await this.#taint(step)
    else if (isAnswer && !step.mangle) {
      source.observe?.(this.#world, step.request, exchange.kafka as object)
      if (!step.isEdge) draft.learn?.(exchange.kafka as object)
    }
    if (source.effect === 'changes metadata') await this.#settle(step)
    // Answered before its effect is on the disk, and visible.
    if (Number(step.request['acks'] ?? -1) >= 0) await this.#catchUp(this.#named(step))
  }

  /**
   * Commits an offset in each partition of the log of groups: Kafka shows what became of a group
   * when the next record of its partition is committed.
   */
  async #nudge(): Promise<void> {
    const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
    // A topic that is always there: those of the run come and go.
    const topics = [{ name: '__consumer_offsets', partitions }]
    for (const groupId of nudged) {
      this.#world.tainted.add(groupId)
      const commit = { groupId, generationIdOrMemberEpoch: -1, memberId: '', topics }
      await this.#send(this.#question(8, 7, commit))?.outcomes
    }
  }

  /** Waits until what was produced without waiting for the disk is visible on both sides. */
  async #catchUp(names: readonly string[]): Promise<void> {
    const topics = this.#world.topics.filter(({ name }) => names.includes(name))
    const step = this.#question(2, 7, latest(topics))
    for (const pause of settleMs) {
      const outcomes = await this.#send(step)?.outcomes
      if (outcomes === undefined || this.#compared(step, outcomes)[1].length === 0) return
      await sleep(pause)
    }
  }

  /** What was exchanged, what differs, and the reasons of what is meant to. */
  #compared(step: Step, outcomes: Outcomes): [Exchange, readonly Fault[], readonly string[]] {
    const { api, version, mangle, request, number } = step
    const answer = (outcome: Outcome) => {
      if (mangle !== undefined && Buffer.isBuffer(outcome))
        return `x${outcome.toString('hex', 4, 12)}`
      return opened(api, version, outcome)
    }
    const [kafka, odradek] = [answer(outcomes.kafka), answer(outcomes.odradek)]
    const exchange = { step: number, api: api.name, version, request, kafka, odradek }
    const faults = compare(kafka, odradek, api.name, this.#terms)
    const reasons = faults.map((fault) => reasonOf(fault, exchange, this.#world))
    const unmeant = faults.filter((_, at) => reasons[at] === undefined)
    return [exchange, unmeant, reasons.filter((reason) => reason !== undefined)]
  }

  #count({ source, version, isEdge, mangle }: Step): void {
    const making = mangle !== undefined ? 'invalid' : isEdge ? 'edge' : 'valid'
    this.#offers.coverage.add({ key: source.key, version, making })
  }

  /** What a change has done differently is left alone from now on. */
  async #taint(step: Step): Promise<void> {
    if (step.source.effect === 'reads') return
    if (JSON.stringify(step.request).includes(`"resourceType":${ResourceType.BROKER}`)) {
      return this.#resetBrokers()
    }
    for (const name of this.#named(step)) this.#world.taint(name)
  }

  /** Gives both the configs of brokers that they began with: there is but one broker to ask. */
  async #resetBrokers(): Promise<void> {
    const [resourceType, all] = [ResourceType.BROKER, { name: 'min.insync.replicas', value: '1' }]
    const resources = [
      { resourceType, resourceName: '1', configs: [] },
      { resourceType, resourceName: '', configs: [all] },
    ]
    const step = this.#question(33, 2, { resources, validateOnly: false })
    await this.#send(step)?.outcomes
    await this.#until(32, 4, {
      resources: [{ resourceType, resourceName: '1', configurationKeys: dynamicBrokerConfigs }],
    })
  }

  /** The topics and groups that a request may change. */
  #named({ draft, request }: Step): readonly string[] {
    const text = JSON.stringify(request)
    const topics = this.#world.topics.filter(
      ({ name, id }) => text.includes(`"${name}"`) || text.includes(`"${id}"`),
    )
    const groups = [...this.#world.groups].filter((name) => text.includes(`"${name}"`))
    return [...(draft.subjects ?? []), ...topics.map(({ name }) => name), ...groups]
  }

  #note(step: Step, exchange: Exchange, faults: readonly Fault[]): void {
    if (faults.length > 0) {
      const told = faults.flatMap(({ kafka, odradek }) => [kafka, odradek].flat()).map(String)
      const groups = told.filter((name) => /^group-/.test(name))
      const subjects = [...this.#named(step), ...groups]
      const before = this.#history
        .filter((earlier) => concerns(earlier, subjects))
        .slice(-beforeMax)
      for (const fault of faults) this.#findings.add(fault, exchange, before)
    }
    this.#history.push(exchange)
    if (this.#history.length > historyMax) this.#history.shift()
  }

  async #collectDue(): Promise<void> {
    for (const waiting of this.#waiting) {
      const { step } = waiting
      const slot = step.draft.slot ?? ''
      if (waiting.isDue()) {
        this.#waiting.delete(waiting)
        this.#world.busy.delete(slot)
        const outcomes = await waiting.outcomes
        // A group that was left alone meanwhile still answers those who waited.
        if (step.draft.subjects?.some((name) => this.#isTainted(name))) continue
        await this.#judge(step, outcomes)
      } else if (this.#sent - step.number > waitStepsMax) {
        this.#waiting.delete(waiting)
        for (const name of step.draft.subjects ?? []) this.#world.forgetGroup(name)
      }
    }
  }

  /**
   * Waits until Kafka shows the topics that ours shows: it acknowledges changes before it has
   * applied them. What it does not show in time is a difference.
   */
  async #settle(cause: Step | undefined): Promise<void> {
    const version = 12
    const metadata = await this.#until(3, version, { topics: null, allowAutoTopicCreation: false })
    const topics = (metadata?.['topics'] ?? []) as MetadataResponse['topics']
    this.#world.topics = topics.flatMap(({ name, topicId, partitions, isInternal }) => {
      const id = this.#world.ids.ref('topic', 'kafka', topicId)
      if (name === null || isInternal || id === undefined || this.#isTainted(name)) return []
      return [{ name, id, partitions: partitions.length }]
    })
    await this.#until(2, 7, latest(this.#world.topics))
    const names = (cause?.draft.subjects ?? []).filter((name) =>
      this.#world.topics.some((topic) => topic.name === name),
    )
    if (names.length > 0) {
      const resources = names.map((resourceName) => ({ resourceType: 2, resourceName }))
      await this.#until(32, 4, {
        resources: resources.map((one) => ({ ...one, configurationKeys: null })),
      })
    }
    if (cause !== undefined) await sleep(10)
  }

  /** Asks both until Kafka says what ours says; a difference that stays is noted. */
  async #until(
    key: number,
    version: number,
    request: object,
  ): Promise<Record<string, unknown> | undefined> {
    const step = this.#question(key, version, request)
    const outcomes = await this.#send(step)?.outcomes
    if (outcomes === undefined) throw new Error(`${step.api.name} v${version} cannot be encoded`)
    this.#sent++
    this.#count(step)
    await this.#judge(step, outcomes)
    const last = this.#history.at(-1)?.kafka
    return typeof last === 'object' ? (last as Record<string, unknown>) : undefined
  }

  /** A step that the run itself needs. */
  #question(key: number, version: number, request: object): Step {
    const source = sources.find((one) => one.key === key)
    const api = apis.get(key)
    if (source === undefined || api === undefined) throw new Error(`no source for API ${key}`)
    const fields = fitted(key, version, request)
    const draft = { request }
    const number = this.#sent
    return {
      number,
      source,
      api,
      version,
      draft,
      request: fields,
      isEdge: false,
      mangle: undefined,
      isUnanswered: false,
    }
  }

  #isTainted(value: unknown): boolean {
    return typeof value === 'string' && this.#world.tainted.has(value)
  }
}

/** Asks for the log end offset of every partition. */
function latest(topics: readonly Topic[]): object {
  const asked = topics.map(({ name, partitions }) => ({
    name,
    partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    })),
  }))
  return { replicaId: -1, topics: asked }
}

function late(): Promise<Outcome> {
  return sleep(patienceMs, 'silent' as const)
}

function concerns(exchange: Exchange, subjects: readonly string[]): boolean {
  const text = JSON.stringify(exchange.request)
  return subjects.some((subject) => text.includes(`"${subject}"`))
}

/** Waits until a broker coordinates groups and gives out producer ids. */
async function coordinatorOf(peer: Peer): Promise<void> {
  const connection = await RawConnection.open(peer.broker.port)
  await eventually('there is a coordinator', async () => {
    const { errorCode } = await call(connection, findCoordinatorApi, 2, { key: 'first' })
    if (errorCode !== 0) return false
    const { groups } = await call(connection, offsetFetchApi, 8, {
      groups: [{ groupId: 'first', topics: null }],
    })
    const producer = await call(connection, initProducerIdApi, 4, {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
    })
    return groups[0]?.errorCode === 0 && producer.errorCode === 0
  })
  connection.close()
}
