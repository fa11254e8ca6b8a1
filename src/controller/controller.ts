/**
 * The active controller of a single node: every change of the metadata goes through it, one command
 * after the other. A command is decided against the image with all earlier commands in it, its
 * records become one batch of the metadata log, and its answer waits until that batch is durable
 * and all listeners have taken the new image.
 */
import { assert } from '../base/assert.ts'
import type { Clock, Timers } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataChanges } from '../metadata/delta.ts'
import { effectiveConfig } from '../metadata/effective-config.ts'
import type { ListenerImage, MetadataImage } from '../metadata/image.ts'
import type { LoggedRecordInput } from '../metadata/records.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type {
  CreatableTopicResult,
  CreateTopicsRequest,
} from '../protocol/generated/19-create-topics.ts'
import type {
  DeletableTopicResult,
  DeleteTopicsRequest,
} from '../protocol/generated/20-delete-topics.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { LogStore, MetaProperties } from '../storage/log-store.ts'
import { decideAlterClientQuotas, type QuotaAlterationResult } from './alter-client-quotas.ts'
import {
  type AlterConfigsResult,
  type ConfigAlteration,
  decideAlterConfigs,
} from './alter-configs.ts'
import { bootstrapRecords, leaderControls, levelOf } from './bootstrap.ts'
import {
  decideCreatePartitions,
  type NewPartitionsResult,
  refuseNewPartitions,
} from './create-partitions.ts'
import { decideCreateTopics, refuseTopics, type TopicContext } from './create-topics.ts'
import type { Client, Decision, Refusal } from './decision.ts'
import { decideDeleteTopics, refuseDeletions } from './delete-topics.ts'
import { automaticTopic } from './internal-topics.ts'
import { cordonRecords, offlineDirectoryRecords, unusableRecords } from './log-directories.ts'
import { type Appended, MetadataLog } from './metadata-log.ts'
import {
  beginEpoch,
  type DirectoryIdentity,
  identify,
  prepareFirstEpoch,
  readBootstrapRecords,
  requireOnlyVoter,
} from './open-store.ts'
import { decideProducerIds, type ProducerIdBlock } from './producer-ids.ts'
import {
  brokerRecords,
  controllerRecords,
  leadershipRecords,
  type Move,
  movedRecords,
  type Registration,
  stopRecords,
} from './registration.ts'
import { type ConfigReplacement, decideReplaceConfigs } from './replace-configs.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'
import { decideUpdateFeatures, type FeatureUpdate } from './update-features.ts'

/** What a controller works with. */
export interface ControllerOptions extends DirectoryIdentity {
  readonly store: LogStore
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** The broker's configuration, asked anew each time; only its static part counts here. */
  readonly config: () => BrokerConfig
  /** Told when a snapshot could not be written; the log goes on without it. */
  readonly onSnapshotFailure?: (cause: unknown) => void
}

/** How a node shows itself at its start. */
export interface NodeAddress {
  readonly listeners: readonly ListenerImage[]
  readonly controllerListener: ListenerImage
  readonly rack: string | null
  /** The log directories that work; without it, that of the metadata log alone. */
  readonly directories?: DirectoriesFound
}

/** What a start knows of the log directories. */
export type DirectoriesFound = Pick<
  Registration,
  'directories' | 'cordonedDirectories' | 'moved' | 'clean'
>

/**
 * Told of every committed image, in order. A promise is waited for before the command is answered;
 * it must not reject.
 */
export type ImageListener = (image: MetadataImage, changes: MetadataChanges) => void | Promise<void>

const timedOut: Refusal = {
  code: ErrorCode.REQUEST_TIMED_OUT,
  message: 'The change was not committed in time; it may still happen.',
}

const abortTransaction: MetadataRecordInput = {
  name: 'AbortTransactionRecord',
  version: 0,
  value: {},
}

/** Whoever needs a topic that is not there is no less a client. */
const unlimited: Client = { charge: () => true }

/** See the head of this file. All calls on the Node thread; any number may be under way. */
export class Controller {
  readonly properties: MetaProperties
  readonly #options: ControllerOptions
  readonly #log: MetadataLog
  readonly #snapshots: SnapshotSchedule
  readonly #listeners = new Set<ImageListener>()
  #image: MetadataImage
  #state: 'opened' | 'active' | 'closed' = 'opened'
  #closing: Promise<void> | undefined
  /** Resolves when all appended so far is committed and published; rejects once the log failed. */
  #published: Promise<void> = Promise.resolve()

  private constructor(options: ControllerOptions, properties: MetaProperties, log: MetadataLog) {
    this.#options = options
    this.properties = properties
    this.#log = log
    this.#image = log.image
    const { timers, clock, config, onSnapshotFailure } = options
    this.#snapshots = new SnapshotSchedule({
      timers,
      intervalMs: config().number('metadata.log.max.snapshot.interval.ms'),
      write: (image, hasWaited) => log.snapshotIfDue(image, clock.now(), hasWaited),
      onFailure: (cause) => onSnapshotFailure?.(cause),
    })
  }

  /**
   * Gives a new directory its identity, opens the metadata log and reads it. Nothing is appended
   * before {@link activate}. Throws a `MetadataError` when the directory is another node's or
   * cluster's or needs another version, and as the store does.
   */
  static async open(options: ControllerOptions): Promise<Controller> {
    assert(options.nodeId >= 0, 'a node has an id')
    const properties = await identify(options.store, options, options.random)
    const log = await MetadataLog.open(options.store, options.config())
    return new Controller(options, properties, log)
  }

  /** The metadata as far as it is committed. */
  get image(): MetadataImage {
    return this.#image
  }

  /** Where the metadata log ends, committed or not. */
  get logEndOffset(): number {
    return this.#log.endOffset
  }

  /** Epoch of this node's last registration as a broker, committed or not; -1 before the first. */
  get brokerEpoch(): number {
    return this.#log.image.brokers.get(this.#options.nodeId)?.epoch ?? -1
  }

  /** Adds a listener for all images from the next one on, until what is returned is called. */
  subscribe(listener: ImageListener): () => void {
    assert(!this.#listeners.has(listener), 'a listener is told once')
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Takes the lead of the metadata log in a new epoch, begins a new cluster's metadata, and
   * registers this node. Resolves when all of that is committed and published.
   */
  async activate(address: NodeAddress): Promise<void> {
    assert(this.#state === 'opened', 'a controller is activated once')
    const { store, clock, random, nodeId } = this.#options
    const { directoryId } = this.properties
    const { name, host, port } = address.controllerListener
    const voter = { nodeId, directoryId, listener: { name, host, port } }
    const known = this.#log.image.quorum
    requireOnlyVoter(known, store)
    const isFirst = this.#log.endOffset === 0
    const quorum = isFirst ? await prepareFirstEpoch(store, known, voter, clock) : known
    const bootstrap = await readBootstrapRecords(store, this.#log.image)
    const epoch = await beginEpoch(store, nodeId, this.#log.image.epoch)
    this.#state = 'active'
    this.#publish(this.#log.lead(epoch, leaderControls(quorum, voter, isFirst), clock.now()))
    const { clean } = store.recoveryReport()
    const only = { directories: [directoryId], cordonedDirectories: [], moved: [], clean }
    const incarnationId = random.uuid()
    const found = address.directories ?? only
    this.#register(bootstrap, { ...address, nodeId, incarnationId, ...found })
    await this.#published
    assert(this.#image.brokers.has(nodeId), 'an active node is registered')
  }

  /** Registers this node anew, as one that clients reach there from now on. */
  moveTo(move: Omit<Move, 'incarnationId'>): Promise<void> {
    const registered = { ...move, incarnationId: this.#options.random.uuid() }
    return this.#write((image, id) => movedRecords(image, id, registered, this.#log.endOffset))
  }

  /** CreateTopics: one result for each name of the request, in its order. */
  createTopics(request: CreateTopicsRequest, client?: Client): Promise<CreatableTopicResult[]> {
    return this.#withDeadline(
      request.timeoutMs,
      this.#run((image) => decideCreateTopics(request, this.#context(image, client))),
      () => refuseTopics(request, timedOut),
    )
  }

  /** Creates a topic that somebody asked for without it being there, internal topics included. */
  async createTopicAutomatically(name: string): Promise<CreatableTopicResult> {
    const topics = [automaticTopic(name, this.#options.config())]
    const [result] = await this.#run((image) =>
      decideCreateTopics({ topics, validateOnly: false }, this.#context(image, unlimited)),
    )
    assert(result !== undefined, 'one topic gives one result')
    return result
  }

  /** DeleteTopics, by name or by id: one result for each topic of the request, in its order. */
  deleteTopics(request: DeleteTopicsRequest, client?: Client): Promise<DeletableTopicResult[]> {
    return this.#withDeadline(
      request.timeoutMs,
      this.#run((image) => decideDeleteTopics(request, this.#context(image, client))),
      () => refuseDeletions(request, timedOut),
    )
  }

  /** CreatePartitions: one result for each topic of the request, in its order. */
  createPartitions(
    request: Parameters<typeof decideCreatePartitions>[0] & { readonly timeoutMs: number },
    client?: Client,
  ): Promise<NewPartitionsResult[]> {
    return this.#withDeadline(
      request.timeoutMs,
      this.#run((image) => decideCreatePartitions(request, this.#context(image, client))),
      () => refuseNewPartitions(request, timedOut),
    )
  }

  /** IncrementalAlterConfigs: one result for each resource of the request, in its order. */
  alterConfigs(request: {
    readonly resources: readonly ConfigAlteration[]
    readonly validateOnly: boolean
  }): Promise<AlterConfigsResult[]> {
    return this.#run((image) => decideAlterConfigs(request, image, this.#options.config()))
  }

  /** AlterConfigs: one result for each resource of the request, in its order. */
  replaceConfigs(request: {
    readonly resources: readonly ConfigReplacement[]
    readonly validateOnly: boolean
  }): Promise<AlterConfigsResult[]> {
    return this.#run((image) => decideReplaceConfigs(request, image, this.#options.config()))
  }

  /** AlterClientQuotas: one result for each entity of the request, in its order. */
  alterClientQuotas(
    request: Parameters<typeof decideAlterClientQuotas>[0],
  ): Promise<QuotaAlterationResult[]> {
    return this.#run((image) => decideAlterClientQuotas(request, image))
  }

  /** UpdateFeatures: why nothing was updated, or undefined when everything was. */
  updateFeatures(request: {
    readonly featureUpdates: readonly FeatureUpdate[]
    readonly timeoutMs: number
    readonly validateOnly: boolean
  }): Promise<Refusal | undefined> {
    const { config } = this.#options
    return this.#withDeadline(
      request.timeoutMs,
      this.#run((image) => decideUpdateFeatures(request, image, config())),
      () => timedOut,
    )
  }

  /** A block of producer ids that nobody got before and nobody gets again. */
  allocateProducerIds(): Promise<ProducerIdBlock> {
    return this.#run((image) => decideProducerIds(image, this.#options.nodeId))
  }

  /** A log directory failed: what lies there has no leader any more. */
  directoryFailed(directory: Uuid): Promise<void> {
    return this.#write((image, nodeId) => offlineDirectoryRecords(image, nodeId, directory))
  }

  /** Partitions of this node cannot be opened: they have no leader any more. */
  partitionsFailed(replicas: Parameters<typeof unusableRecords>[2]): Promise<void> {
    return this.#write((image, nodeId) => unusableRecords(image, nodeId, replicas))
  }

  /** New partitions go to no directory of these, and may go to all others. */
  cordonDirectories(cordoned: readonly Uuid[]): Promise<void> {
    return this.#write((image, nodeId) => cordonRecords(image, nodeId, cordoned))
  }

  /**
   * Gives up the partitions and fences this broker, as Kafka's controlled shutdown does, and takes
   * no more commands. Idempotent. Does not reject: when the log has failed, the store says so.
   */
  close(): Promise<void> {
    this.#closing ??= this.#stop()
    return this.#closing
  }

  async #stop(): Promise<void> {
    const isActive = this.#state === 'active'
    const records = isActive ? stopRecords(this.#log.image, this.#options.nodeId) : []
    const stop = this.#run(() => ({ records, response: undefined }))
    this.#state = 'closed'
    await stop.catch(() => undefined)
    this.#snapshots.close()
  }

  #write(
    decide: (image: MetadataImage, nodeId: number) => readonly MetadataRecordInput[],
  ): Promise<void> {
    const { nodeId } = this.#options
    return this.#run((image) => ({ records: decide(image, nodeId), response: undefined }))
  }

  async #run<Response>(decide: (image: MetadataImage) => Decision<Response>): Promise<Response> {
    if (this.#state !== 'active') throw new Error('the controller is not active')
    const { records, response } = decide(this.#log.image)
    if (records.length > 0) {
      this.#publish(this.#log.append(records, this.#options.clock.now()))
    }
    // An answer without records may tell of a command whose records are not committed yet.
    await this.#published
    return response
  }

  /** One batch, unless the node leads very many partitions: begin or clean up, then register. */
  #register(bootstrap: readonly LoggedRecordInput[], node: Registration): void {
    const { image, endOffset, inTransaction } = this.#log
    const level = levelOf(image, bootstrap)
    assert(level > 0, 'a cluster that has begun has a level of metadata.version')
    const before: LoggedRecordInput[] = [
      ...(inTransaction ? [abortTransaction] : []),
      ...bootstrapRecords(image, bootstrap, this.#options.config()),
      ...controllerRecords(level, node),
    ]
    const broker = brokerRecords(level, node, endOffset + before.length)
    const records = [...before, ...broker, ...leadershipRecords(image, node)]
    this.#publish(this.#log.append(records, this.#options.clock.now()))
    assert(this.#log.endOffset === endOffset + records.length, 'a broker epoch is its offset')
  }

  #context(image: MetadataImage, client?: Client): TopicContext {
    const { config, nodeId, random } = this.#options
    return { image, broker: effectiveConfig(config(), image, nodeId), random, client }
  }

  /** The answer, or after `timeoutMs` another one; the command itself goes on. */
  #withDeadline<Response>(
    timeoutMs: number,
    answer: Promise<Response>,
    late: () => Response,
  ): Promise<Response> {
    const { timers } = this.#options
    return new Promise((resolve, reject) => {
      const timer = timers.setTimeout(() => resolve(late()), timeoutMs)
      answer.then(resolve, reject).finally(() => timers.clear(timer))
    })
  }

  /** Queues an appended image behind those before it. */
  #publish(appended: Appended): void {
    const before = this.#published
    this.#published = (async (): Promise<void> => {
      await before
      await this.#log.committed(appended.requiredHighWatermark)
      assert(appended.image.offset > this.#image.offset, 'images are published in order')
      this.#image = appended.image
      for (const listener of [...this.#listeners]) {
        // One that has gone meanwhile may have nothing left to work with.
        if (this.#listeners.has(listener)) await listener(appended.image, appended.changes)
      }
      this.#snapshots.committed(appended.image)
    })()
    // Whoever waits gets the failure; without anybody it must not end the process.
    this.#published.catch(() => undefined)
  }
}
