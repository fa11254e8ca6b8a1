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
import { formatHostPort } from '../base/endpoint.ts'
import { Engine } from '../engine/engine.ts'
import { RunningParts } from '../engine/running-parts.ts'
import type { SharedEngine } from '../engine/shared-engine.ts'
import type { DataPlane } from '../storage/data-plane.ts'
import { type Logger, silentLogger } from '../telemetry/logger.ts'
import { Loggers, rootLogger } from '../telemetry/loggers.ts'
import { servedApis } from './api-table.ts'
import { finishInBackground } from './background.ts'
import type { BrokerContext } from './context.ts'
import { systemEnvironment } from './environment.ts'
import { FlowControl } from './flow-control.ts'
import { groupOffsetsTopic } from './group-config.ts'
import { hostedGroups } from './group-service.ts'
import { createInitialTopics } from './initial-topics.ts'
import {
  Advertiser,
  bindListeners,
  exposedAddresses,
  type Listener,
  registeredEndpoint,
} from './listeners.ts'
import { BrokerObservation, type BrokerStatistics } from './observation.ts'
import { BatchOpener } from './open-batch/batch-opener.ts'
import { configInForce, engineOf } from './open-log.ts'
import type { BrokerEndpoint, BrokerEnvironment, BrokerOptions } from './options.ts'
import { ProducerIds } from './producer-ids.ts'
import { Router } from './router.ts'
import { type BrokerSettings, brokerSettings } from './settings.ts'
import { completeOptions, removeTemporaryDirectory } from './throw-away.ts'
import { TopicCreator } from './topic-creator.ts'
import { unkeptPromises } from './vain-settings.ts'

/** Kafka's number of a plaintext listener. */
const securityPlaintext = 0

/** First nobody asks any more, then the engine ends, last what it lay in. */
const stopOrder = [
  'background loading',
  'door',
  'data plane',
  'batch opener',
  'group coordinator',
  'engine',
  'temporary directory',
] as const

/** What runs of a broker. */
export type BrokerParts = RunningParts<(typeof stopOrder)[number]>

/**
 * A running broker. Owns its sockets until {@link Broker.stop}, and its data directory unless it
 * was started on a log that is open.
 *
 * @example
 * ```ts
 * import { Log } from 'odradek'
 * import { Broker } from 'odradek/broker'
 *
 * const log = await Log.open('./data/audit')
 * const broker = await Broker.start({ log, port: 0 })
 * await log.append({ value: 'from inside' })
 * await broker.stop()
 * await log.close()
 * ```
 */
export class Broker {
  /** The numeric addresses it listens on. */
  readonly endpoints: readonly BrokerEndpoint[]
  /** Its listeners as they were asked for, with their real ports. */
  readonly listeners: readonly BrokerEndpoint[]
  readonly clusterId: string
  readonly nodeId: number
  /** Where the metadata log lies; absolute. */
  readonly dataDirectory: string
  /** Where partitions lie, as `log.dirs` has them; absolute. */
  readonly dataDirectories: readonly string[]
  /**
   * Resolves with why when the broker has to stop by itself, because the directory of its metadata
   * log failed or all of `log.dirs`; its close has begun then. Never rejects.
   */
  readonly failure: Promise<Error>
  /** A look at it for its operator: health and figures. */
  readonly observation: BrokerObservation
  readonly #parts: BrokerParts
  #closing: Promise<void> | undefined

  private constructor(starting: StartingBroker, engine: Engine, context: BrokerContext) {
    const { settings, listeners, parts } = starting
    this.endpoints = listeners.flatMap(({ bound }) => bound)
    this.listeners = listeners.map(({ endpoint }) => endpoint)
    this.clusterId = context.clusterId
    this.nodeId = settings.nodeId
    this.dataDirectory = settings.directories.metadata
    this.dataDirectories = settings.directories.data
    this.failure = engine.failure.then(({ message }) => new Error(`The broker stops: ${message}`))
    const isServing = (): boolean => this.#closing === undefined
    this.observation = new BrokerObservation({
      ...starting,
      ...context,
      directories: engine.directories,
      isServing,
    })
    this.#parts = parts
    void this.failure.then(() => this.stop().catch(() => undefined))
  }

  /**
   * Starts a broker and resolves when it answers. Rejects with an error whose message is one
   * sentence when it cannot; nothing of it runs then, and a log that was open stays so.
   */
  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const shared = engineOf(options)
    if (shared === undefined) return Broker.#start(options)
    return shared.admit(() => Broker.#start(options, shared))
  }

  static async #start(options: BrokerOptions, shared?: SharedEngine): Promise<Broker> {
    const environment = { ...systemEnvironment, ...options.environment }
    const loggers = new Loggers(options.logger ?? silentLogger)
    const logger = loggers.of(rootLogger)
    const parts: BrokerParts = new RunningParts(stopOrder, logger)
    if (shared !== undefined) parts.add('engine', async () => shared.leave())
    try {
      const settings = settingsOf(options, logger, parts, shared?.engine)
      const bound = await bind(settings, environment, loggers, parts)
      const starting = { settings, environment, logger, loggers, parts, ...bound }
      const engine = shared?.engine ?? (await startEngine(starting))
      if (shared !== undefined) await engine.moveTo(addressOf(starting))
      const context = await compose(starting, engine)
      await createInitialTopics(context.controller, options.topics ?? {})
      bound.router.open(context)
      bound.dataPlane.serve()
      finishInBackground(starting, context.groups)
      return new Broker(starting, engine, context)
    } catch (error) {
      await parts.stop()
      throw error
    }
  }

  /** Figures of this moment: of the sockets since the start, of compaction. */
  statistics(): BrokerStatistics {
    return this.observation.statistics()
  }

  /** Where clients begin: its listeners, as they want them. */
  get bootstrapServers(): string {
    const reachable = this.listeners.map(({ host, port }) => ({ host: host || 'localhost', port }))
    return reachable.map(formatHostPort).join(',')
  }

  /**
   * Stops cleanly: answers what is appended, closes the connections, and leaves a directory that
   * opens without recovery, or none if it was a temporary one; a log that was open before stays
   * so. Idempotent. Rejects when the directory could not be closed cleanly.
   */
  stop(): Promise<void> {
    this.#closing ??= this.#parts.stop().then((failure) => {
      if (failure !== undefined) throw failure
    })
    return this.#closing
  }

  /** `await using`: stops it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** Checks the options, and tells what an operator should know of them. */
function settingsOf(
  options: BrokerOptions,
  logger: Logger,
  parts: BrokerParts,
  engine: Engine | undefined,
): BrokerSettings {
  const { options: completed, temporaryDirectory } = completeOptions(options, engine)
  if (temporaryDirectory !== undefined) {
    parts.add('temporary directory', async () => removeTemporaryDirectory(temporaryDirectory))
  }
  const settings = brokerSettings(completed, availableParallelism())
  for (const warning of settings.warnings) logger.warn(warning)
  for (const notice of settings.notices) logger.info(notice)
  return settings
}

/** A broker whose ports are bound. */
interface StartingBroker {
  readonly settings: BrokerSettings
  readonly environment: BrokerEnvironment
  readonly logger: Logger
  readonly loggers: Loggers
  readonly parts: BrokerParts
  readonly dataPlane: DataPlane
  readonly flow: FlowControl
  readonly router: Router
  readonly batchOpener: BatchOpener
  readonly listeners: readonly Listener[]
}

/** Starts the data plane and binds every listener. Nobody is served yet. */
async function bind(
  settings: BrokerSettings,
  environment: BrokerEnvironment,
  loggers: Loggers,
  parts: BrokerParts,
): Promise<Pick<StartingBroker, 'dataPlane' | 'flow' | 'router' | 'batchOpener' | 'listeners'>> {
  const flow = new FlowControl({
    dataPlane: () => dataPlane,
    monotonicMs: () => environment.clock.monotonicMs(),
    resolve: environment.resolve,
    logger: loggers.of('odradek.limits'),
  })
  await flow.refuseUnknownHosts(settings.config)
  const router = new Router({
    apis: servedApis,
    dataPlane: () => dataPlane,
    flow,
    logger: loggers.of('odradek.requests'),
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
    loggers
      .of(rootLogger)
      .warn(`Listening on ${exposed.join(', ')} beyond this machine, and ${who}.`)
  }
  return { dataPlane, flow, router, batchOpener, listeners }
}

/** Starts what lies behind the sockets. */
async function startEngine(starting: StartingBroker): Promise<Engine> {
  const { settings, environment, loggers, parts } = starting
  const { name, endpoint } = settings.controllerListener
  const controllerListener = { name, ...endpoint, securityProtocol: securityPlaintext }
  const address = { ...addressOf(starting), controllerListener }
  const engine = await Engine.start({ settings, environment, loggers, address })
  parts.add('engine', () => engine.close())
  return engine
}

/** How the node registers: where clients reach it. */
function addressOf({ settings, listeners }: StartingBroker) {
  return {
    rack: settings.rack,
    listeners: listeners.map((listener) => ({
      name: listener.name,
      ...registeredEndpoint(listener),
      securityProtocol: securityPlaintext,
    })),
  }
}

/** Opens the engine's door to the sockets, and makes what the handlers work with. */
async function compose(starting: StartingBroker, engine: Engine): Promise<BrokerContext> {
  const { settings, environment, logger, loggers, parts, dataPlane, batchOpener } = starting
  const { listeners, flow } = starting
  const { controller, logs, directories, cleaner } = engine
  const { nodeId } = settings
  const config = configInForce(settings.config, engine)
  batchOpener.bound(() => config().number('odradek.max.uncompressed.batch.bytes'))
  for (const sentence of unkeptPromises(engine.image, nodeId)) logger.warn(sentence)
  flow.update(engine.image, config(), listeners)
  const forgetFlow = controller.subscribe((image) => flow.update(image, config(), listeners))
  parts.add('door', async () => {
    forgetFlow()
    logs.closeDoor(dataPlane)
  })
  await logs.openDoor(dataPlane)
  const groups = hostedGroups(starting, controller, logs, config())
  const forgetGroups = controller.subscribe(async (_, { deletedTopics, changedTopics }) => {
    // Groups may have lost their own log as well, with its topic or its directory.
    const isMoved = changedTopics.some(({ name }) => name === groupOffsetsTopic)
    if (deletedTopics.length === 0 && !isMoved) return
    const names = deletedTopics.map(({ name }) => name)
    await groups.forgetTopics(names).catch((error: unknown) => {
      logger.error('Not all offsets committed for deleted topics could be forgotten', error)
    })
  })
  parts.add('group coordinator', () => {
    forgetGroups()
    return groups.close()
  })
  return {
    nodeId,
    clusterId: controller.properties.clusterId,
    clock: environment.clock,
    timers: environment.timers,
    logger,
    loggers,
    controller,
    groups,
    logs,
    directories,
    topics: new TopicCreator(controller, () => controller.image),
    producerIds: new ProducerIds(() => controller.allocateProducerIds()),
    advertiser: new Advertiser(listeners),
    batchOpener,
    flow,
    cleaner,
    image: () => engine.image,
    config,
  }
}
