/**
 * What the configs say about listeners, as Apache Kafka reads them: `listeners`,
 * `advertised.listeners`, `listener.security.protocol.map`, `controller.listener.names` and
 * `inter.broker.listener.name`. Pure. A combination that Kafka refuses is refused here, for Kafka's
 * reason, in one sentence.
 *
 * Names are compared in upper case. The controller's listeners are checked with the others, and
 * bound by nobody: the controller is in this process.
 */
import { isIP } from 'node:net'
import { assert } from '../base/assert.ts'
import { type HostPort, isWildcardHost, parseHostPort } from '../base/endpoint.ts'
import { StartError } from '../engine/start-error.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { ListenerPlan } from './listeners.ts'

/** One entry of Kafka's `listeners` or `advertised.listeners`. */
export interface ListenerEntry {
  readonly name: string
  readonly endpoint: HostPort
}

/** The listeners of clients, at least one. Throws a {@link StartError}. */
export function configuredListeners(config: BrokerConfig): ListenerPlan[] {
  const protocols = protocolsByListener(config)
  const all = readEntries('listeners', config, protocols)
  refuseSharedPorts(all)
  const controllers = controllerNames(config)
  const served = all.filter(({ name }) => !controllers.has(name))
  if (served.length === 0) throw new StartError('listeners names no listener that clients can use.')
  for (const { name } of served) refuseProtocol(name, protocols)
  const advertised = advertisedEndpoints(config, protocols, all)
  refuseInterBroker(config, served)
  refuseUnknownEarly(config, new Set([...all.map(({ name }) => name), ...controllers]))
  assert(new Set(served.map(({ name }) => name)).size === served.length, 'names are unique')
  return served.map((entry) => ({ ...entry, advertised: advertised.get(entry.name) }))
}

/**
 * Where other controllers would find this one. It must not change from start to start, or each
 * would log new voters: so no port that is free now.
 */
export function controllerListener(config: BrokerConfig): ListenerEntry {
  const [name = 'CONTROLLER'] = config.list('controller.listener.names')
  const found = config
    .list('listeners')
    .map(parseEntry)
    .find((entry) => entry?.name === name.toUpperCase())
  const { host, port } = found?.endpoint ?? defaultController
  return { name, endpoint: { host: host || defaultController.host, port } }
}

const defaultController: HostPort = { host: 'localhost', port: 9093 }

function controllerNames(config: BrokerConfig): ReadonlySet<string> {
  return new Set(config.list('controller.listener.names').map((name) => name.toUpperCase()))
}

const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

/** As Kafka does, the default map stands for a controller's listener of any name too. */
function protocolsByListener(config: BrokerConfig): ReadonlyMap<string, string> {
  const map = 'listener.security.protocol.map'
  const protocols = new Map<string, string>()
  if (!config.isSet(map)) for (const name of controllerNames(config)) protocols.set(name, plaintext)
  for (const entry of (config.text(map) ?? '').split(',').filter((part) => part.trim() !== '')) {
    const colon = entry.lastIndexOf(':')
    const name = entry.slice(0, Math.max(0, colon)).trim().toUpperCase()
    const protocol = entry
      .slice(colon + 1)
      .trim()
      .toUpperCase()
    if (name === '' || !securityProtocols.includes(protocol)) {
      const form = `it must be NAME:PROTOCOL, a protocol being ${securityProtocols.join(', ')}`
      throw new StartError(`"${entry.trim()}" in ${map} is no entry of it: ${form}.`)
    }
    protocols.set(name, protocol)
  }
  return protocols
}

const plaintext = 'PLAINTEXT'

function readEntries(
  config: 'listeners' | 'advertised.listeners',
  broker: BrokerConfig,
  protocols: ReadonlyMap<string, string>,
): ListenerEntry[] {
  const names = new Set<string>()
  return broker.list(config).map((text) => {
    const entry = parseEntry(text)
    if (entry === undefined) {
      throw new StartError(`"${text}" in ${config} is not of the form NAME://HOST:PORT.`)
    }
    const { name } = entry
    if (names.has(name)) {
      throw new StartError(`${config} names ${name} twice; each listener needs its own name.`)
    }
    names.add(name)
    if (!protocols.has(name)) {
      const way = `name it in listener.security.protocol.map, for example as ${name}:${plaintext}`
      throw new StartError(`The listener ${name} in ${config} has no security protocol; ${way}.`)
    }
    return entry
  })
}

/** Reads `NAME://HOST:PORT`, where brackets enclose an IPv6 address. */
function parseEntry(text: string): ListenerEntry | undefined {
  const match = /^([\w.-]+):\/\/(.*)$/.exec(text)
  const endpoint = parseHostPort(match?.[2] ?? '')
  if (match === null || endpoint === undefined) return undefined
  return { name: (match[1] ?? '').toUpperCase(), endpoint }
}

/** A port may be shared by two listeners, one on an IPv4 and one on an IPv6 address. */
function refuseSharedPorts(entries: readonly ListenerEntry[]): void {
  const byPort = new Map<number, ListenerEntry[]>()
  for (const entry of entries) {
    const { port } = entry.endpoint
    if (port !== 0) byPort.set(port, [...(byPort.get(port) ?? []), entry])
  }
  for (const [port, sharing] of byPort) {
    if (sharing.length === 1) continue
    const families = sharing.map(({ endpoint }) => isIP(endpoint.host)).sort()
    if (families.join() === '4,6') continue
    const names = sharing.map(({ name }) => name).join(' and ')
    const rule = 'only an IPv4 and an IPv6 address can share a port'
    throw new StartError(`listeners gives port ${port} to ${names}; ${rule}.`)
  }
}

function refuseProtocol(name: string, protocols: ReadonlyMap<string, string>): void {
  const protocol = protocols.get(name)
  if (protocol === plaintext) return
  const only = 'only PLAINTEXT listeners are served yet'
  throw new StartError(`The listener ${name} is of protocol ${protocol}; ${only}.`)
}

function advertisedEndpoints(
  config: BrokerConfig,
  protocols: ReadonlyMap<string, string>,
  listeners: readonly ListenerEntry[],
): ReadonlyMap<string, HostPort> {
  const names = new Set(listeners.map(({ name }) => name))
  const controllers = controllerNames(config)
  const entries = readEntries('advertised.listeners', config, protocols)
  for (const { name, endpoint } of entries) {
    if (!names.has(name) && !controllers.has(name)) {
      const known = `listeners has ${[...names].join(', ')}`
      throw new StartError(`advertised.listeners names ${name}, which is no listener: ${known}.`)
    }
    if (endpoint.host !== '' && isWildcardHost(endpoint.host)) {
      const advice = 'name a host or an address that clients can reach'
      throw new StartError(`advertised.listeners cannot advertise ${endpoint.host}; ${advice}.`)
    }
  }
  if (entries.length > 0 && entries.every(({ name }) => controllers.has(name))) {
    throw new StartError('advertised.listeners names no listener that clients can use.')
  }
  return new Map(entries.map(({ name, endpoint }) => [name, endpoint]))
}

/** Brokers do not talk to each other here, but a file that is wrong shall not go unnoticed. */
function refuseInterBroker(config: BrokerConfig, served: readonly ListenerEntry[]): void {
  const name = config.text('inter.broker.listener.name')
  if (name === null) return
  const other = 'security.inter.broker.protocol'
  if (config.isSet(other)) {
    throw new StartError(`inter.broker.listener.name and ${other} are both set; leave one out.`)
  }
  if (served.some((entry) => entry.name === name.toUpperCase())) return
  const known = served.map((entry) => entry.name).join(', ')
  throw new StartError(`inter.broker.listener.name is ${name}; those of brokers are ${known}.`)
}

function refuseUnknownEarly(config: BrokerConfig, known: ReadonlySet<string>): void {
  const unknown = config.list('early.start.listeners').find((one) => !known.has(one.toUpperCase()))
  if (unknown === undefined) return
  throw new StartError(`early.start.listeners names ${unknown}, which is no listener.`)
}
