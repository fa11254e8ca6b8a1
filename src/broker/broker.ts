/**
 * The composition root: brings store, data plane, controller, group coordinator and handlers
 * together, in the order in which they can be started and stopped, and does nothing else.
 *
 * A start refuses before it changes anything on disk: it checks the options, binds its ports,
 * compares the directory's identity, and only then opens it. Who connects meanwhile waits in the
 * system, and is served when every partition is hosted: nobody is told that a topic is unknown
 * because its log is not open yet.
 */
import { availableParallelism } from 'node:os'
import { Controller } from '../controller/controller.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { configKey, configsOf, type MetadataImage, ResourceType } from '../metadata/image.ts'
import type { DataPlane, DataPlaneStatistics } from '../storage/data-plane.ts'
import type { LogStore } from '../storage/log-store.ts'
import { type Logger, silentLogger } from '../telemetry/logger.ts'
import { servedApis } from './api-table.ts'
import type { BrokerContext } from './context.ts'
import { claimDirectory } from './directory-claim.ts'
import { systemEnvironment } from './environment.ts'
import { groupConfig, groupOffsetsTopic } from './group-config.ts'
import { GroupService } from './group-service.ts'
import { judgeDirectory, refuseOrphans } from './identity.ts'
import {
  Advertiser,
  bindListeners,
  exposedAddresses,
  type Listener,
  registeredEndpoint,
} from './listeners.ts'
import { BatchOpener } from './open-batch/batch-opener.ts'
import type { BrokerEndpoint, BrokerEnvironment, BrokerOptions } from './options.ts'
import { ProducerIds } from './producer-ids.ts'
import { Router } from './router.ts'
import { RunningParts } from './running-parts.ts'
import { type BrokerSettings, brokerSettings } from './settings.ts'
import { TopicCreator } from './topic-creator.ts'
import { TopicLogs } from './topic-logs.ts'

/** Kafka's number of a plaintext listener. */
const securityPlaintext = 0

/** A running broker. Owns its data directory and its sockets until {@link Broker.close}. */
export class Broker {
  /** The numeric addresses it listens on. */
  readonly endpoints: readonly BrokerEndpoint[]
  /** Its listeners as they were asked for, with their real ports. */
  readonly listeners: readonly BrokerEndpoint[]
  readonly clusterId: string
  readonly nodeId: number
  /** Absolute. */
  readonly dataDirectory: string
  readonly #dataPlane: DataPlane
  readonly #parts: RunningParts
  #closing: Promise<void> | undefined

  private constructor(starting: StartingBroker, clusterId: string) {
    const { settings, listeners, dataPlane, parts } = starting
    this.endpoints = listeners.flatMap(({ bound }) => bound)
    this.listeners = listeners.map(({ endpoint }) => endpoint)
    this.clusterId = clusterId
    this.nodeId = settings.nodeId
    this.dataDirectory = settings.dataDirectory
    this.#dataPlane = dataPlane
    this.#parts = parts
  }

  /**
   * Starts a broker and resolves when it answers. Rejects with an error whose message is one
   * sentence when it cannot; nothing of it runs then.
   */
  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const environment = { ...systemEnvironment, ...options.environment }
    const settings = brokerSettings(options, availableParallelism())
    const logger = options.logger ?? silentLogger
    for (const warning of settings.warnings) logger.warn(warning)
    const parts = new RunningParts(logger)
    try {
      const bound = await bind(settings, environment, logger, parts)
      const starting = { settings, environment, logger, parts, ...bound }
      const store = await openStore(starting)
      const context = await compose(starting, store)
      bound.router.open(context)
      bound.dataPlane.serve()
      finishInBackground(starting, context)
      return new Broker(starting, context.clusterId)
    } catch (error) {
      await parts.stop()
      throw error
    }
  }

  /** Figures of the sockets since the start. */
  statistics(): DataPlaneStatistics {
    return this.#dataPlane.statistics()
  }

  /**
   * Stops cleanly: answers what is appended, closes the connections, and leaves a directory that
   * opens without recovery. Idempotent. Rejects when the directory could not be closed cleanly.
   */
  close(): Promise<void> {
    this.#closing ??= this.#parts.stop().then((failure) => {
      if (failure !== undefined) throw failure
    })
    return this.#closing
  }
}

/** A broker whose ports are bound. */
interface StartingBroker {
  readonly settings: BrokerSettings
  readonly environment: BrokerEnvironment
  readonly logger: Logger
  readonly parts: RunningParts
  readonly dataPlane: DataPlane
  readonly router: Router
  readonly batchOpener: BatchOpener
  readonly listeners: readonly Listener[]
}

/** Starts the data plane and binds every listener. Nobody is served yet. */
async function bind(
  settings: BrokerSettings,
  environment: BrokerEnvironment,
  logger: Logger,
  parts: RunningParts,
): Promise<Pick<StartingBroker, 'dataPlane' | 'router' | 'batchOpener' | 'listeners'>> {
  const router = new Router({
    apis: servedApis,
    dataPlane: () => dataPlane,
    logger,
    monotonicMs: () => environment.clock.monotonicMs(),
  })
  const batchOpener = new BatchOpener()
  const dataPlane: DataPlane = environment.startDataPlane(settings.dataPlane, {
    onFrames: (frames) => router.accept(frames),
    onOpenBatches: (batches) => {
      for (const batch of batches) {
        void batchOpener
          .judge(batch, environment.clock.now())
          .then((verdict) => dataPlane.batchOpened(batch.token, verdict))
      }
    },
    onConnectionsClosed: (connections) => router.forget(connections),
  })
  parts.add('batch opener', () => batchOpener.close())
  parts.add('data plane', () => dataPlane.stop())
  const listeners = await bindListeners(settings.listeners, {
    listen: (endpoint) => dataPlane.listen(endpoint),
    resolve: environment.resolve,
  })
  const exposed = exposedAddresses(listeners)
  if (exposed.length > 0) {
    const who = 'there is no authentication: whoever reaches it can read and write everything'
    logger.warn(`Listening on ${exposed.join(', ')} beyond this machine, and ${who}.`)
  }
  return { dataPlane, router, batchOpener, listeners }
}

async function openStore({
  settings,
  environment,
  logger,
  parts,
}: StartingBroker): Promise<LogStore> {
  const { dataDirectory, config } = settings
  const release = claimDirectory(dataDirectory)
  parts.add('claim on the directory', async () => release())
  await judgeDirectory(settings)
  const store = await environment.openStore(dataDirectory, {
    checkpointIntervalMs: config.number('log.flush.offset.checkpoint.interval.ms'),
    fileDeleteDelayMs: config.number('log.segment.delete.delay.ms'),
  })
  parts.add('data directory', () => store.close())
  store.onOffline((reason) => logger.error(`The data directory is offline: ${reason}`))
  refuseOrphans(store, dataDirectory)
  return store
}

/** Replays the metadata, takes the lead, opens all logs and makes what the handlers work with. */
async function compose(starting: StartingBroker, store: LogStore): Promise<BrokerContext> {
  const { settings, environment, logger, parts, dataPlane, batchOpener, listeners } = starting
  const { clock, timers, random } = environment
  const { nodeId, rack, controllerListener } = settings
  let config = settings.config
  const isNew = store.metaProperties() === undefined
  const controller = await Controller.open({
    store,
    nodeId,
    clusterId: settings.clusterId,
    clock,
    timers,
    random,
    config: () => config,
    onSnapshotFailure: (cause) => logger.error('A metadata snapshot could not be written', cause),
  })
  parts.add('controller', () => controller.close())
  parts.add('data directory', () => store.close(controller.brokerEpoch))
  await controller.activate({
    rack,
    listeners: listeners.map((listener) => ({
      name: listener.name,
      ...registeredEndpoint(listener),
      securityProtocol: securityPlaintext,
    })),
    controllerListener: {
      name: controllerListener.name,
      ...controllerListener.endpoint,
      securityProtocol: securityPlaintext,
    },
  })
  config = effectiveConfig(settings, controller.image)
  const logs = new TopicLogs({ nodeId, store, dataPlane, config: () => config, logger })
  await logs.load(controller.image)
  if (!isNew) reportRecovery(store, logger)
  controller.subscribe(async (image, changes) => {
    const keys = [nodeId, ''].map((name) => configKey(ResourceType.BROKER, String(name)))
    if (keys.some((key) => changes.changedConfigs.has(key))) {
      config = effectiveConfig(settings, image)
      logs.configureAll(image)
    }
    await logs.apply(image, changes)
  })
  const groups = groupService(environment, controller, logs, config)
  parts.add('group coordinator', () => groups.close())
  controller.subscribe(async (_, { deletedTopics }) => {
    if (deletedTopics.length > 0) await groups.forgetTopics(deletedTopics.map(({ name }) => name))
  })
  return {
    nodeId,
    clusterId: controller.properties.clusterId,
    clock,
    logger,
    controller,
    groups,
    logs,
    topics: new TopicCreator(controller, () => controller.image),
    producerIds: new ProducerIds(() => controller.allocateProducerIds()),
    advertiser: new Advertiser(listeners),
    batchOpener,
    image: () => controller.image,
    config: () => config,
  }
}

/** The groups of this broker, on the logs and topics that the metadata says. */
function groupService(
  { clock, timers, random }: BrokerEnvironment,
  controller: Controller,
  logs: TopicLogs,
  config: BrokerConfig,
): GroupService {
  return new GroupService({
    log: (partition) => logs.find(groupOffsetsTopic, partition),
    topics: {
      nameOf: (id) => controller.image.topicsById.get(id)?.name,
      idOf: (name) => controller.image.topicsByName.get(name)?.id,
    },
    config: groupConfig(config, controller.image),
    clock,
    timers,
    random,
  })
}

/** The static configuration below what the metadata log sets. */
function effectiveConfig({ config, nodeId }: BrokerSettings, image: MetadataImage): BrokerConfig {
  const own = configsOf(image, ResourceType.BROKER, String(nodeId))
  return config.withDynamic(own, configsOf(image, ResourceType.BROKER, ''))
}

function reportRecovery(store: LogStore, logger: Logger): void {
  const report = store.recoveryReport()
  const { clean, partitions, segmentsScanned, bytesScanned, bytesCut, indexesRebuilt } = report
  if (clean) return
  logger.info(
    `The last stop was not clean: replayed ${report.journalEntries} entries ` +
      `(${report.journalBytes} bytes) of the journal, recovered ${partitions} partitions, ` +
      `read ${bytesScanned} bytes of ${segmentsScanned} segments, cut ${bytesCut} bytes, ` +
      `rebuilt ${indexesRebuilt} indexes.`,
  )
}

/** The first client's requests come before this, in ms: they load only what they need. */
const backgroundDelayMs = 100

/** Loads what the first answers need not wait for: handlers, and groups left by the last stop. */
function finishInBackground(
  { environment, router, logger, parts }: StartingBroker,
  { groups }: BrokerContext,
): void {
  const { timers } = environment
  const timer = timers.setTimeout(() => {
    groups.load().catch((error: unknown) => logger.error('Groups could not be loaded', error))
    router.loadAll().catch((error: unknown) => logger.error('A handler cannot be loaded', error))
  }, backgroundDelayMs)
  parts.add('background loading', async () => timers.clear(timer))
}
