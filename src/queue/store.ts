/**
 * Logs of one directory, in this process: an engine, and what is open of it. The metadata of the
 * directory is the catalogue; nothing else tells what there is.
 */
import { resolve } from 'node:path'
import { nativeCrc32c } from '../addon/batch.ts'
import { assert } from '../base/assert.ts'
import { Engine } from '../engine/engine.ts'
import { engineEnvironment } from '../engine/environment.ts'
import { EngineHolder, SharedEngine } from '../engine/shared-engine.ts'
import { readBrokerConfig } from '../metadata/config/broker-config.ts'
import { type TopicSettings, topicSettings } from '../metadata/config/topic-settings.ts'
import type { MetadataChanges } from '../metadata/delta.ts'
import {
  configKey,
  configsOf,
  internalTopics,
  type MetadataImage,
  ResourceType,
} from '../metadata/image.ts'
import { crc32c } from '../protocol/crc32c.ts'
import type { Checksum } from '../record/batch-header.ts'
import type { Payload } from '../record/record.ts'
import { silentLogger } from '../telemetry/logger.ts'
import { Loggers } from '../telemetry/loggers.ts'
import { Log } from './log.ts'
import { LogError } from './log-error.ts'
import { LogTopic } from './log-topic.ts'
import {
  checkLogOptions,
  checkStoreOptions,
  type LogOptions,
  type StoreOptions,
} from './options.ts'
import type { Queue } from './queue.ts'
import { QueueHost } from './queue-host.ts'
import type { QueueOptions } from './queue-options.ts'
import { queueStateName } from './queue-state.ts'
import { ensureTopic } from './topic-command.ts'

/**
 * Owns a directory, with any number of logs in it. One process at a time has it open; a broker
 * that is started on it later serves its logs as topics.
 *
 * @example
 * ```ts
 * import { Store } from 'odradek'
 *
 * const store = await Store.open('./data')
 * const audit = await store.log('audit')
 * const metrics = await store.log('metrics', { durability: 'os', partitions: 4 })
 * await Promise.all([audit.append({ value: 'a' }), metrics.append({ key: 'cpu', value: '7' })])
 * await store.close()
 * ```
 */
export class Store extends EngineHolder {
  /** Absolute. */
  readonly directory: string
  readonly #engine: Engine
  readonly #shared: SharedEngine
  readonly #environment: typeof engineEnvironment
  readonly #checksum: Checksum
  readonly #topics = new Map<string, LogTopic>()
  readonly #logs = new Set<Log<never, never, unknown, unknown>>()
  readonly #queues: QueueHost
  /** One command after the other: each looks at what there is and changes it. */
  #last: Promise<unknown> = Promise.resolve()
  #failure: LogError | undefined
  /** Why the directory does not work, as it was told. */
  #offlineReason = ''
  #isClosed = false
  #closing: Promise<void> | undefined

  private constructor(directory: string, engine: Engine, environment: typeof engineEnvironment) {
    const shared = new SharedEngine(engine)
    super(shared)
    this.directory = directory
    this.#engine = engine
    this.#shared = shared
    this.#environment = environment
    this.#checksum = nativeCrc32c() ?? crc32c
    this.#queues = new QueueHost({
      shared,
      clock: environment.clock,
      timers: environment.timers,
      openLog: (name) => this.#open(name, {}, async () => undefined, 0),
      ensureLog: (name, options) => this.#ensure(name, options),
      hasLog: (name) => engine.image.topicsByName.has(name),
      partitionOf: (name) => {
        const topic = this.#topics.get(name)
        if (topic === undefined) throw new LogError('LOG_CLOSED', `The log ${name} is deleted.`)
        return topic.partition(0).log
      },
    })
    engine.controller.subscribe((image, changes) => this.#follow(image, changes))
    engine.directories.metadata.onOffline((reason) => {
      this.#offlineReason = reason
    })
    void engine.failure.then(() => {
      const message = `The store ${directory} is closed, as its disk failed: ${this.#whyOffline()}.`
      this.#failure = new LogError('LOG_FAILED', message)
      return this.close().catch(() => undefined)
    })
  }

  /**
   * Opens a directory, which is made if it is missing.
   *
   * @throws {LogError} NOT_OPENED, INVALID_CONFIG
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<Store> {
    const { configs = {}, logger = silentLogger, environment } = checkStoreOptions(options)
    const { config, problem } = readBrokerConfig({ overrides: Object.entries(configs) })
    if (config === undefined) throw new LogError('INVALID_CONFIG', problem)
    const path = resolve(directory)
    const machine = { ...engineEnvironment, ...environment }
    try {
      const engine = await Engine.start({
        settings: {
          config,
          nodeId: config.number('node.id'),
          clusterId: undefined,
          directories: { data: [path], metadata: path },
        },
        environment: machine,
        loggers: new Loggers(logger),
      })
      return new Store(path, engine, machine)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new LogError('NOT_OPENED', error.message, error)
    }
  }

  /**
   * Opens a log, which is made if it is missing; options that are given change one that exists. It
   * may be open several times.
   *
   * @throws {LogError} INVALID_CONFIG, NOT_OPENED, LOG_CLOSED
   */
  async log<KI = Payload, VI = Payload, KO = Buffer, VO = Buffer>(
    name: string,
    options: LogOptions<KI, VI, KO, VO> = {},
  ): Promise<Log<KI, VI, KO, VO>> {
    requireFree(name)
    return this.#open(name, options, async () => undefined)
  }

  /**
   * Opens a queue, which is made if it is missing. It is one at a time of its name.
   *
   * @throws {LogError} INVALID_CONFIG, NOT_OPENED, LOG_CLOSED
   */
  async queue<VI = Payload, VO = Buffer>(
    name: string,
    options: QueueOptions<VI, VO> = {},
  ): Promise<Queue<VI, VO>> {
    requireFree(name)
    return this.#queues.open(name, options, async () => undefined)
  }

  /** The queue of a store that has but this one: closing it closes the store. */
  onlyQueue<VI, VO>(name: string, options: QueueOptions<VI, VO>): Promise<Queue<VI, VO>> {
    requireFree(name)
    return this.#queues.open(name, options, () => this.close())
  }

  /** The log of a store that has but this one: closing it closes the store. */
  async only<KI, VI, KO, VO>(
    name: string,
    options: LogOptions<KI, VI, KO, VO>,
  ): Promise<Log<KI, VI, KO, VO>> {
    requireFree(name)
    return this.#open(name, options, () => this.close())
  }

  /** Names of its logs, in no order. */
  names(): string[] {
    const names = [...this.#engine.image.topicsByName.keys()]
    return names.filter((name) => !internalTopics.has(name))
  }

  /**
   * Stops a broker that serves it, closes every log and then the directory, cleanly. Idempotent.
   * Rejects where that fails: the next opening recovers what is there.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #requireOpen(): void {
    if (!this.#isClosed) return
    throw this.#failure ?? new LogError('LOG_CLOSED', `The store ${this.directory} is closed.`)
  }

  async #close(): Promise<void> {
    const unserved = this.#shared.end()
    if (this.#failure === undefined) {
      await unserved
      await this.#queues.close()
    } else {
      this.#queues.fail(this.#failure)
    }
    assert(!this.#isClosed, 'a store is closed once')
    this.#isClosed = true
    await this.#last.catch(() => undefined)
    for (const log of this.#logs) log.release()
    await Promise.all([...this.#topics.values()].map((topic) => topic.idle()))
    await unserved
    const failure = await this.#engine.close()
    if (this.#failure !== undefined) throw this.#failure
    if (failure !== undefined) throw new LogError('LOG_FAILED', failure.message, failure)
  }

  /** What clients of a broker change of topics holds here as well. */
  async #follow(image: MetadataImage, changes: MetadataChanges): Promise<void> {
    const { deletedTopics, changedTopics, changedConfigs } = changes
    for (const { name } of deletedTopics) {
      // Who has it open is told by its partitions; the next opening makes another one.
      this.#topics.delete(name)
      this.#queues.deleted(name)
    }
    for (const { name } of changedTopics) {
      const topic = this.#topics.get(name)
      if (topic !== undefined) this.#addPartitions(topic)
    }
    const { settings } = this.#engine
    const ofAll = ['', String(settings.nodeId)].map((name) => configKey(ResourceType.BROKER, name))
    const isForAll = ofAll.some((key) => changedConfigs.has(key))
    for (const topic of this.#topics.values()) {
      if (!isForAll && !changedConfigs.has(configKey(ResourceType.TOPIC, topic.name))) continue
      // A codec that cannot be loaded is told of where it is asked for.
      await topic.configure(this.#settings(topic.name, image)).catch(() => undefined)
    }
  }

  async #open<KI, VI, KO, VO>(
    name: string,
    given: LogOptions<KI, VI, KO, VO>,
    onClose: () => Promise<void>,
    home?: number,
  ): Promise<Log<KI, VI, KO, VO>> {
    const options = checkLogOptions(given) as LogOptions<KI, VI, KO, VO>
    const topic = await this.#ensure(name, options)
    const log = new Log<KI, VI, KO, VO>({
      topic,
      home,
      directory: this.directory,
      options,
      checksum: this.#checksum,
      clock: this.#environment.clock,
      openedBytesMax: () => this.#engine.config().number('odradek.max.uncompressed.batch.bytes'),
      shared: this.#shared,
      failure: () => this.#failure,
      onClose: async () => {
        this.#logs.delete(log as never)
        await onClose()
      },
    })
    this.#logs.add(log as never)
    return log
  }

  /** The topic behind a log, which is made if it is missing; one command after the other. */
  async #ensure(
    name: string,
    options: LogOptions<never, never, unknown, unknown>,
  ): Promise<LogTopic> {
    if (typeof name !== 'string' || (internalTopics.has(name) && name !== queueStateName)) {
      throw new LogError('INVALID_CONFIG', `A log cannot have the name ${String(name)}.`)
    }
    this.#requireOpen()
    const ensured = this.#last.catch(() => undefined).then(() => this.#topic(name, options))
    this.#last = ensured
    return ensured
  }

  /** The topic as the options want it, with all of its partitions. */
  async #topic(name: string, options: LogOptions<never, never, unknown, unknown>) {
    const engine = this.#engine
    await ensureTopic(engine.controller, name, options)
    const settings = this.#settings(name, engine.image)
    const topic = this.#topics.get(name) ?? this.#newTopic(name, settings)
    await topic.configure(settings)
    const missing = this.#addPartitions(topic)
    if (missing !== undefined || topic.partitions.length === 0) {
      const what = `The partition ${name}-${missing ?? 0} cannot be opened`
      throw new LogError('NOT_OPENED', `${what}; the store's logger tells why.`)
    }
    this.#topics.set(name, topic)
    return topic
  }

  #settings(name: string, image: MetadataImage): TopicSettings {
    return topicSettings(configsOf(image, ResourceType.TOPIC, name), this.#engine.config())
  }

  /** Adds the partitions that it does not have yet. Returns the first that is not open. */
  #addPartitions(topic: LogTopic): number | undefined {
    const { image, logs } = this.#engine
    const { partitions = [] } = image.topicsByName.get(topic.name) ?? {}
    for (const { index } of partitions.slice(topic.partitions.length)) {
      const log = logs.find(topic.name, index)
      if (log === undefined) return index
      topic.add(log)
    }
    assert(topic.partitions.length >= partitions.length, 'all that the metadata names is open')
    return undefined
  }

  #newTopic(name: string, settings: TopicSettings): LogTopic {
    return new LogTopic({
      name,
      settings,
      checksum: this.#checksum,
      clock: this.#environment.clock,
      offlineReason: () => this.#whyOffline(),
    })
  }

  /** Empty while the directory works, and once it was closed without a failure. */
  #whyOffline(): string {
    // A call meets a failure before anybody is told of it, and a store that closes is offline too.
    return this.#isClosed ? this.#offlineReason : this.#engine.directories.metadata.offlineReason()
  }
}

/** That name is not the store's own. */
function requireFree(name: string): void {
  if (name !== queueStateName) return
  throw new LogError('INVALID_CONFIG', `The name ${name} is taken: it has where consumers stand.`)
}
