/**
 * Logs of one directory, in this process: an engine, and what is open of it. The metadata of the
 * directory is the catalogue; nothing else tells what there is.
 */
import { resolve } from 'node:path'
import { nativeCrc32c } from '../addon/batch.ts'
import { assert } from '../base/assert.ts'
import { Engine } from '../engine/engine.ts'
import { engineEnvironment } from '../engine/environment.ts'
import { readBrokerConfig } from '../metadata/config/broker-config.ts'
import { topicSettings } from '../metadata/config/topic-settings.ts'
import { configKey, configsOf, internalTopics, ResourceType } from '../metadata/image.ts'
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
export class Store {
  /** Absolute. */
  readonly directory: string
  readonly #engine: Engine
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
    this.directory = directory
    this.#engine = engine
    this.#environment = environment
    this.#checksum = nativeCrc32c() ?? crc32c
    this.#queues = new QueueHost({
      clock: environment.clock,
      timers: environment.timers,
      openLog: (name, options) => this.#open(name, options, async () => undefined),
      hasLog: (name) => engine.image.topicsByName.has(name),
      partitionOf: (name) => (this.#topics.get(name) as LogTopic).partition(0).log,
    })
    engine.controller.subscribe(async (image, { changedConfigs }) => {
      for (const topic of this.#topics.values()) {
        if (!changedConfigs.has(configKey(ResourceType.TOPIC, topic.name))) continue
        const texts = configsOf(image, ResourceType.TOPIC, topic.name)
        // A codec that cannot be loaded is told of where it is asked for.
        await topic.configure(topicSettings(texts, engine.config())).catch(() => undefined)
      }
    })
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
   * Closes every log and then the directory, cleanly. Idempotent. Rejects where that fails: the
   * next opening recovers what is there.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `await using`: closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    if (this.#failure === undefined) await this.#queues.close()
    assert(!this.#isClosed, 'a store is closed once')
    this.#isClosed = true
    await this.#last.catch(() => undefined)
    for (const log of this.#logs) log.release()
    await Promise.all([...this.#topics.values()].map((topic) => topic.idle()))
    const failure = await this.#engine.close()
    if (this.#failure !== undefined) throw this.#failure
    if (failure !== undefined) throw new LogError('LOG_FAILED', failure.message, failure)
  }

  async #open<KI, VI, KO, VO>(
    name: string,
    given: LogOptions<KI, VI, KO, VO>,
    onClose: () => Promise<void>,
  ): Promise<Log<KI, VI, KO, VO>> {
    const options = checkLogOptions(given) as LogOptions<KI, VI, KO, VO>
    if (typeof name !== 'string' || (internalTopics.has(name) && name !== queueStateName)) {
      throw new LogError('INVALID_CONFIG', `A log cannot have the name ${String(name)}.`)
    }
    if (this.#isClosed) {
      throw this.#failure ?? new LogError('LOG_CLOSED', `The store ${this.directory} is closed.`)
    }
    const opening = this.#last.catch(() => undefined).then(() => this.#topic(name, options))
    this.#last = opening
    const topic = await opening
    const log = new Log<KI, VI, KO, VO>({
      topic,
      options,
      checksum: this.#checksum,
      clock: this.#environment.clock,
      openedBytesMax: () => this.#engine.config().number('odradek.max.uncompressed.batch.bytes'),
      failure: () => this.#failure,
      onClose: async () => {
        this.#logs.delete(log as never)
        await onClose()
      },
    })
    this.#logs.add(log as never)
    return log
  }

  /** The topic as the options want it, with all of its partitions. */
  async #topic(name: string, options: LogOptions<never, never, unknown, unknown>) {
    const engine = this.#engine
    await ensureTopic(engine.controller, name, options)
    const { partitions = [] } = engine.image.topicsByName.get(name) ?? {}
    const texts = configsOf(engine.image, ResourceType.TOPIC, name)
    const settings = topicSettings(texts, engine.config())
    const topic = this.#topics.get(name) ?? this.#newTopic(name, settings)
    await topic.configure(settings)
    for (const { index } of partitions.slice(topic.partitions.length)) {
      const log = engine.logs.find(name, index)
      if (log === undefined) {
        const what = `The partition ${name}-${index} cannot be opened`
        throw new LogError('NOT_OPENED', `${what}; the store's logger tells why.`)
      }
      topic.add(log)
    }
    assert(topic.partitions.length >= partitions.length, 'all that the metadata names is open')
    this.#topics.set(name, topic)
    return topic
  }

  #newTopic(name: string, settings: ReturnType<typeof topicSettings>): LogTopic {
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
