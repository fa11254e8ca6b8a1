/** From options and configuration to what a start needs. Pure; every refusal is one sentence. */
import { resolve } from 'node:path'
import { formatHostPort, type HostPort, parseHostPort } from '../base/endpoint.ts'
import type { DirectorySettings, EngineSettings } from '../engine/options.ts'
import { StartError } from '../engine/start-error.ts'
import { type BrokerConfig, readBrokerConfig } from '../metadata/config/broker-config.ts'
import { isUuid } from '../protocol/uuid.ts'
import type { DataPlaneOptions } from '../storage/data-plane.ts'
import { configuredListeners, controllerListener, type ListenerEntry } from './listener-config.ts'
import type { ListenerPlan } from './listeners.ts'
import type { BrokerOptions } from './options.ts'
import { vainSettings } from './vain-settings.ts'

/** A start, checked. */
export interface BrokerSettings extends EngineSettings {
  /** Sentences that an operator may want to know. */
  readonly notices: readonly string[]
  /** Sentences that an operator should know. */
  readonly warnings: readonly string[]
  readonly rack: string | null
  readonly listeners: readonly ListenerPlan[]
  /** Where other controllers would find this one: told in the metadata, listened on by nobody. */
  readonly controllerListener: ListenerEntry
  readonly dataPlane: DataPlaneOptions
}

/** The configs that say where data lies. */
export const directoryConfigs: readonly string[] = ['log.dirs', 'log.dir', 'metadata.log.dir']

/** The name of a listener that was given without one. */
const plainListener = 'PLAINTEXT'

/** Checks the options. Throws a {@link StartError}. */
export function brokerSettings(options: BrokerOptions, processors: number): BrokerSettings {
  const read = readBrokerConfig({
    file: options.configFile,
    overrides: Object.entries(options.configs ?? {}),
  })
  if (read.config === undefined) throw new StartError(sentence(read.problem))
  const { config, warnings } = read
  refuseOtherNodes(config)
  const vain = vainSettings(config)
  const { clusterId } = options
  if (clusterId !== undefined && !isUuid(clusterId)) {
    const form = '22 characters of base64url, as "kafka-storage random-uuid" prints them'
    throw new StartError(`The cluster id "${clusterId}" is none: it must be ${form}.`)
  }
  return {
    config,
    notices: [...replacedNotices(options, config), ...vain.notices],
    warnings: [...warnings.map(sentence), ...vain.warnings],
    nodeId: config.number('node.id'),
    rack: config.text('broker.rack'),
    clusterId,
    directories: directoriesOf(options, config),
    listeners: listenersOf(options, config),
    controllerListener: controllerListener(config),
    dataPlane: dataPlaneOptions(config, processors),
  }
}

/** This process is a whole cluster: what speaks of further nodes cannot be done. */
function refuseOtherNodes(config: BrokerConfig): void {
  const roles = config.list('process.roles')
  if (roles.length < 2) {
    const both = 'an Odradek process is broker and controller, so name both or leave it out'
    throw new StartError(`process.roles is ${roles.join()}; ${both}.`)
  }
  const nodeId = config.number('node.id')
  for (const voter of config.list('controller.quorum.voters')) {
    if (Number.parseInt(voter, 10) === nodeId) continue
    const lone = 'clusters of several nodes are not built yet; name this node alone'
    throw new StartError(`controller.quorum.voters names ${voter}, and ${lone}.`)
  }
}

/** An option that stands in the place of configs: whoever set those too should know. */
function replacedNotices({ listen, dataDir }: BrokerOptions, config: BrokerConfig): string[] {
  const listeners = ['listeners', 'advertised.listeners', 'listener.security.protocol.map']
  const replaced = [
    { option: listen, name: 'address to listen on', configs: listeners },
    { option: dataDir, name: 'data directory', configs: directoryConfigs },
  ]
  return replaced.flatMap(({ option, name, configs }) => {
    const set = configs.filter((one) => config.isSet(one))
    if (option === undefined || set.length === 0) return []
    return [`The option for the ${name} stands in the place of ${set.join(', ')}.`]
  })
}

function directoriesOf(options: BrokerOptions, config: BrokerConfig): DirectorySettings {
  const { dataDir } = options
  const configured = config.list('log.dirs').length > 0 ? 'log.dirs' : 'log.dir'
  const names = dataDir === undefined ? config.list(configured) : [dataDir]
  const data = names.map((name) => resolve(name))
  const [first] = data
  if (first === undefined) throw new StartError(`${configured} names no directory; name one.`)
  for (const [index, path] of data.entries()) {
    if (data.indexOf(path) === index) continue
    throw new StartError(`${configured} names ${path} twice; name it once.`)
  }
  refuseUnknownCordoned(config, data)
  const separate = dataDir === undefined ? config.text('metadata.log.dir') : null
  return { data, metadata: separate === null ? first : resolve(separate) }
}

function refuseUnknownCordoned(config: BrokerConfig, data: readonly string[]): void {
  const cordoned = config.list('cordoned.log.dirs')
  if (cordoned.length === 1 && cordoned[0] === '*') return
  for (const name of cordoned) {
    if (data.includes(resolve(name))) continue
    const way = 'name some of the log directories, or * alone'
    throw new StartError(`cordoned.log.dirs names ${name}, which is none of them; ${way}.`)
  }
}

function listenersOf(options: BrokerOptions, config: BrokerConfig): ListenerPlan[] {
  const { listen, advertise } = options
  const fixed = advertise === undefined ? undefined : endpointOf('advertise', advertise)
  if (fixed?.port === 0 || fixed?.host === '') {
    throw new StartError(`"${advertise}" cannot be advertised: clients need a host and a port.`)
  }
  if (listen !== undefined) {
    const texts = typeof listen === 'string' ? [listen] : listen
    const plans = texts.map((text, index) => ({
      name: index === 0 ? plainListener : `${plainListener}_${index}`,
      endpoint: endpointOf('listen', text),
      advertised: fixed,
    }))
    if (plans.length > 0) return withoutRepeats(plans)
  }
  const plans = configuredListeners(config)
  return fixed === undefined ? plans : plans.map((plan) => ({ ...plan, advertised: fixed }))
}

function withoutRepeats(plans: ListenerPlan[]): ListenerPlan[] {
  const seen = new Set<string>()
  for (const { endpoint } of plans) {
    const text = formatHostPort(endpoint)
    if (endpoint.port !== 0 && seen.has(text)) {
      throw new StartError(`The listener ${text} is given twice; name it once.`)
    }
    seen.add(text)
  }
  return plans
}

function endpointOf(option: string, text: string): HostPort {
  const endpoint = parseHostPort(text)
  if (endpoint !== undefined) return endpoint
  throw new StartError(`"${text}" is no address to ${option}: it must have the form HOST:PORT.`)
}

/** More threads than this share no work any more: each has its own connections. */
const networkThreadsMax = 8

/**
 * Kafka's default of three threads is meant for many processors; unset, the machine decides. One
 * processor is left to the Node thread where there are more than two: of two, the second thread
 * serves more than it takes (docs/measurements.md).
 */
function reactorThreads(config: BrokerConfig, processors: number): number {
  const byDefault = Math.min(networkThreadsMax, Math.max(Math.min(2, processors), processors - 1))
  if (!config.isSet('num.network.threads')) return byDefault
  const threads = config.number('num.network.threads')
  if (threads >= 1 && threads <= networkThreadsMax) return threads
  throw new StartError(
    `num.network.threads is ${threads}, and a broker has 1 to ${networkThreadsMax}; ` +
      `leave it out for ${byDefault}, by the number of this machine's processors.`,
  )
}

/** What the system is to hold of a connection in one direction; -1 leaves it to the system. */
function socketBufferBytes(config: BrokerConfig, name: string): number {
  const bytes = config.number(name)
  if (bytes === -1 || bytes >= 1) return bytes
  throw new StartError(
    `${name} is ${bytes}, and a buffer has at least 1 byte; -1 leaves its size to the system.`,
  )
}

function dataPlaneOptions(config: BrokerConfig, processors: number): DataPlaneOptions {
  return {
    reactorThreads: reactorThreads(config, processors),
    socketRequestMaxBytes: config.number('socket.request.max.bytes'),
    socketSendBufferBytes: socketBufferBytes(config, 'socket.send.buffer.bytes'),
    socketReceiveBufferBytes: socketBufferBytes(config, 'socket.receive.buffer.bytes'),
    fetchMaxBytes: config.number('fetch.max.bytes'),
    maxIncrementalFetchSessionCacheSlots: config.number(
      'max.incremental.fetch.session.cache.slots',
    ),
    connectionsMaxIdleMs: config.number('connections.max.idle.ms'),
    maxConnections: config.number('max.connections'),
  }
}

/** The configuration speaks in phrases; an operator gets a sentence. */
function sentence(problem: string): string {
  return /[.?!]$/.test(problem) ? problem : `${problem}.`
}
