/**
 * What a broker is started with that stands on a log which the program has open: the engine is
 * there already, so that only what is said of listeners, limits and groups is the broker's own.
 */
import type { Engine } from '../engine/engine.ts'
import { engineBehind, type SharedEngine } from '../engine/shared-engine.ts'
import { StartError } from '../engine/start-error.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { BrokerOptions } from './options.ts'

/**
 * The configs that a broker beside an open log takes: those which no part of the engine reads. The
 * engine's are of one place, where the log was opened.
 */
export const configsBesideLog: ReadonlySet<string> = new Set([
  'advertised.listeners',
  'auto.create.topics.enable',
  'broker.rack',
  'connections.max.idle.ms',
  'controller.quota.window.num',
  'controller.quota.window.size.seconds',
  'early.start.listeners',
  'fetch.max.bytes',
  'group.initial.rebalance.delay.ms',
  'group.max.session.timeout.ms',
  'group.max.size',
  'group.min.session.timeout.ms',
  'inter.broker.listener.name',
  'listener.security.protocol.map',
  'listeners',
  'max.connection.creation.rate',
  'max.connections',
  'max.connections.per.ip',
  'max.connections.per.ip.overrides',
  'max.incremental.fetch.session.cache.slots',
  'max.request.partition.size.limit',
  'num.network.threads',
  'offset.metadata.max.bytes',
  'offsets.retention.check.interval.ms',
  'offsets.retention.minutes',
  'quota.window.num',
  'quota.window.size.seconds',
  'security.inter.broker.protocol',
  'socket.receive.buffer.bytes',
  'socket.request.max.bytes',
  'socket.send.buffer.bytes',
])

/** Options of an engine that is started. */
const engineOptions = ['dataDir', 'clusterId', 'configFile'] as const

/** The engine behind the option `log`; undefined without it. Throws a {@link StartError}. */
export function engineOf({ log }: BrokerOptions): SharedEngine | undefined {
  if (log === undefined) return undefined
  const shared = engineBehind(log)
  if (shared !== undefined) return shared
  throw new StartError("The option 'log' of Broker.start has to be a Log, a Queue or a Store.")
}

/** The options with what the engine has. Throws a {@link StartError} where they name it too. */
export function besideLog(options: BrokerOptions, { settings }: Engine): BrokerOptions {
  const { directories, config } = settings
  for (const name of engineOptions) {
    if (options[name] === undefined) continue
    const why = 'the log is open, with a directory and an identity of its own'
    throw new StartError(`The options 'log' and '${name}' exclude each other: ${why}.`)
  }
  for (const name of Object.keys(options.configs ?? {})) {
    if (configsBesideLog.has(name) || name.startsWith('listener.name.')) continue
    const way = `give ${name} to Store.open, or to Log.open in its option 'store'`
    throw new StartError(`A broker on a log that is open has no config ${name}; ${way}.`)
  }
  return {
    ...options,
    dataDir: directories.metadata,
    configs: { ...Object.fromEntries(config.static), ...options.configs },
  }
}

/**
 * The configuration in force: below what the metadata log sets, the broker's own. The same object
 * as long as nothing changes.
 */
export function configInForce(own: BrokerConfig, engine: Engine): () => BrokerConfig {
  let seen = engine.config()
  let inForce = own.withDynamic(seen.dynamicBroker, seen.dynamicDefault)
  return () => {
    const now = engine.config()
    if (now === seen) return inForce
    seen = now
    inForce = own.withDynamic(now.dynamicBroker, now.dynamicDefault)
    return inForce
  }
}
