/**
 * A node without sockets: opens the log directories, replays the metadata, takes the lead, opens
 * every partition and keeps all of it in order until it is closed. A broker is an engine with a
 * door for others; the embedded log is one without. Wires, and does nothing else.
 */
import { resolve } from 'node:path'
import { Controller } from '../controller/controller.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { effectiveConfig } from '../metadata/effective-config.ts'
import { configKey, type MetadataImage, ResourceType } from '../metadata/image.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { Logger } from '../telemetry/logger.ts'
import { rootLogger } from '../telemetry/loggers.ts'
import { compactInBackground, retryInBackground } from './background.ts'
import type { CleanerStatistics } from './compaction/cleaner-figures.ts'
import type { DataDirectories } from './data-directories.ts'
import { watchDirectories } from './directory-watch.ts'
import { openDataDirectories, reportMissing, reportRecovery } from './open-directories.ts'
import { refuseOpenLogs } from './open-transactions.ts'
import type { EngineAddress, EngineOptions, EngineSettings } from './options.ts'
import { Retention } from './retention.ts'
import { RunningParts } from './running-parts.ts'
import { StartError } from './start-error.ts'
import { TopicLogs } from './topic-logs.ts'

/** First nobody begins anything any more, then nobody decides, last the files are closed. */
const stopOrder = [
  'retries',
  'retention',
  'log cleaner',
  'controller',
  'data directory',
  'claim on the directory',
] as const

/** What runs of an engine. */
export type EngineParts = RunningParts<(typeof stopOrder)[number]>

/** An engine while it starts. */
interface StartingEngine extends EngineOptions {
  readonly parts: EngineParts
  /** Of what becomes of partitions and their directories. */
  readonly logger: Logger
  /** What the metadata log sets counts as soon as that is read. */
  config: BrokerConfig
}

/** See the head of this file. All calls on the Node thread. */
export class Engine {
  readonly settings: EngineSettings
  readonly controller: Controller
  readonly directories: DataDirectories
  readonly logs: TopicLogs
  /**
   * Resolves with why when the engine cannot go on, because the directory of its metadata log
   * failed or all directories; whoever owns it closes it then. Never rejects.
   */
  readonly failure: Promise<Error>
  /** Figures of compaction, once it has begun. */
  readonly cleaner: () => CleanerStatistics | undefined
  readonly #starting: StartingEngine
  #closing: Promise<Error | undefined> | undefined

  private constructor(starting: StartingEngine, controller: Controller, logs: TopicLogs) {
    const { environment, parts, logger } = starting
    const { directories } = logs
    this.#starting = starting
    this.settings = starting.settings
    this.controller = controller
    this.directories = directories
    this.logs = logs
    const config = (): BrokerConfig => this.config()
    const image = (): MetadataImage => this.image
    retryInBackground(starting, logs)
    const retention = new Retention({ ...environment, logs, image, config, logger })
    parts.add('retention', () => retention.stop())
    this.cleaner = compactInBackground(starting, directories, controller, config)
    this.failure = new Promise((settle) => {
      const stop = (reason: string): void => settle(new Error(reason))
      watchDirectories({ directories, controller, logger, stop })
    })
  }

  /**
   * Resolves when every partition is open that can be. Rejects with an error whose message is one
   * sentence when it cannot; nothing of it runs then.
   */
  static async start(options: EngineOptions): Promise<Engine> {
    const { settings, loggers } = options
    const parts: EngineParts = new RunningParts(stopOrder, loggers.of(rootLogger))
    const logger = loggers.of('odradek.logs')
    const starting = { ...options, parts, logger, config: settings.config }
    try {
      const directories = await openDataDirectories({ ...starting, logger: loggers.of(rootLogger) })
      const controller = await openController(starting, directories)
      parts.add('controller', () => controller.close())
      parts.add('data directory', () => directories.close(controller.brokerEpoch))
      await takeLead(starting, directories, controller)
      const logs = await openLogs(starting, directories, controller)
      return new Engine(starting, controller, logs)
    } catch (error) {
      await parts.stop()
      throw error
    }
  }

  /** The newest image that is committed. */
  get image(): MetadataImage {
    return this.controller.image
  }

  /** The configuration in force, with what the metadata log sets. */
  config(): BrokerConfig {
    return this.#starting.config
  }

  /** Clients reach it there from now on, and its registration says so. */
  moveTo(address: Omit<EngineAddress, 'controllerListener'>): Promise<void> {
    return this.controller.moveTo({ ...address, directories: this.directories.online() })
  }

  /**
   * Closes the directories, cleanly unless they failed; no door may be open any more. Idempotent.
   * Resolves with the first failure, of which the log tells.
   */
  close(): Promise<Error | undefined> {
    this.#closing ??= this.#starting.parts.stop()
    return this.#closing
  }
}

/** Replays the metadata. Nothing is written that another start would have to make good. */
function openController(
  starting: StartingEngine,
  directories: DataDirectories,
): Promise<Controller> {
  const { settings, environment, loggers } = starting
  const { clock, timers, random } = environment
  return Controller.open({
    store: directories.metadata,
    nodeId: settings.nodeId,
    clusterId: settings.clusterId,
    clock,
    timers,
    random,
    config: () => starting.config,
    onSnapshotFailure: (cause) =>
      loggers.of('odradek.controller').error('A metadata snapshot could not be written', cause),
  })
}

/** Registers with what works: the log directories, and where the node can be reached. */
async function takeLead(
  starting: StartingEngine,
  directories: DataDirectories,
  controller: Controller,
): Promise<void> {
  const { settings, environment, loggers, address } = starting
  const { nodeId } = settings
  const config = effectiveConfig(settings.config, controller.image, nodeId)
  const failed = await directories.identify(controller.properties, environment.random)
  for (const { path, reason } of failed) reportMissing(path, reason, loggers.of(rootLogger))
  directories.locate(controller.image)
  const online = directories.online()
  if (online.length === 0) {
    const reasons = directories.stores().map((store) => store.offlineReason())
    const told = reasons.filter((reason) => reason !== '').join('; ')
    throw new StartError(`Every log directory failed during the start: ${told}`)
  }
  await controller.activate({
    ...(address ?? lastAddress(controller.image, nodeId)),
    directories: {
      directories: online,
      cordonedDirectories: cordoned(directories, config),
      moved: directories.moved(controller.image, nodeId),
      clean: directories.isClean(),
    },
  })
  starting.config = effectiveConfig(settings.config, controller.image, nodeId)
}

/** Opens every partition of this node; from then on they follow the metadata. */
async function openLogs(
  starting: StartingEngine,
  directories: DataDirectories,
  controller: Controller,
): Promise<TopicLogs> {
  const { settings, logger } = starting
  const { nodeId } = settings
  const logs = new TopicLogs({ nodeId, directories, config: () => starting.config, logger })
  await controller.partitionsFailed(await logs.load(controller.image))
  refuseOpenLogs(controller.image, (topic, partition) => logs.find(topic, partition))
  for (const recovery of directories.recoveries()) reportRecovery(recovery, logger)
  controller.subscribe(async (image, changes) => {
    const keys = [nodeId, ''].map((name) => configKey(ResourceType.BROKER, String(name)))
    if (keys.some((key) => changes.changedConfigs.has(key))) {
      starting.config = effectiveConfig(settings.config, image, nodeId)
      logs.configureAll(image)
      const ids = cordoned(directories, starting.config)
      void controller.cordonDirectories(ids).catch(() => undefined)
    }
    await logs.apply(image, changes)
  })
  return logs
}

/** Where it said at its last start that it is; nobody reaches it there now, as it was stopped. */
function lastAddress({ brokers, controllers }: MetadataImage, nodeId: number): EngineAddress {
  const broker = brokers.get(nodeId)
  const [controllerListener = noController] = controllers.get(nodeId)?.listeners ?? []
  return { rack: broker?.rack ?? null, listeners: broker?.listeners ?? [], controllerListener }
}

/** A new node that cannot be reached: a voter has an address in any case, so the default one. */
const noController = { name: 'CONTROLLER', host: 'localhost', port: 9093, securityProtocol: 0 }

/** Ids of the directories that take no new partitions. */
function cordoned(directories: DataDirectories, config: BrokerConfig): Uuid[] {
  const names = config.list('cordoned.log.dirs')
  return directories.idsOf(names.map((name) => (name === '*' ? name : resolve(name))))
}
