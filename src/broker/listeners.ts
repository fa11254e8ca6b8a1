/**
 * Which addresses a broker listens on, and by which of its names a client should come back.
 */
import {
  formatHostPort,
  type HostPort,
  isLoopbackAddress,
  isWildcardHost,
  unmapped,
} from '../base/endpoint.ts'
import { StartError } from '../engine/start-error.ts'

/** A listener as asked for. */
export interface ListenerPlan {
  readonly name: string
  readonly endpoint: HostPort
  /**
   * What its clients are told to connect to; undefined: what the listener itself says. So does an
   * empty host, and port 0.
   */
  readonly advertised: HostPort | undefined
}

/** A listener with the numeric addresses that it was bound to. */
export interface Listener extends ListenerPlan {
  /** Host as the operator wrote it; the port is the real one, also where 0 was asked for. */
  readonly endpoint: HostPort
  readonly bound: readonly HostPort[]
}

/** What {@link bindListeners} needs from outside. */
export interface Binder {
  /** Binds one numeric address and returns it with the real port. Throws a sentence. */
  readonly listen: (endpoint: HostPort) => HostPort
  /**
   * Every numeric address of a host name. Rejects with a sentence that names it. Of the empty name
   * the one that takes connections on all addresses of this machine.
   */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** Times that a free port is looked for that all addresses of one name have free. */
const freePortAttemptsMax = 16

/**
 * Binds every address of every listener. All addresses of a name get the same port. Rejects with
 * the first sentence of {@link Binder}; what was bound until then is closed with the data plane.
 */
export async function bindListeners(
  plans: readonly ListenerPlan[],
  binder: Binder,
): Promise<Listener[]> {
  const listeners: Listener[] = []
  for (const plan of plans) {
    const { host, port } = plan.endpoint
    // As in Apache Kafka, 0.0.0.0 takes connections of both families too.
    const isAny = isWildcardHost(host) && host !== '::'
    const addresses = await binder.resolve(isAny ? '' : host)
    const bound = bindAll(addresses, port, binder)
    listeners.push({ ...plan, endpoint: { host, port: bound[0]?.port ?? port }, bound })
  }
  return listeners
}

function bindAll(addresses: readonly string[], port: number, binder: Binder): HostPort[] {
  const [first, ...others] = addresses
  if (first === undefined) throw new StartError('A listener needs an address.')
  for (let attempt = 1; ; attempt++) {
    const head = binder.listen({ host: first, port })
    try {
      return [head, ...others.map((host) => binder.listen({ host, port: head.port }))]
    } catch (error) {
      // A port that was free on the first address may be taken on the second: try another one.
      if (port !== 0 || attempt === freePortAttemptsMax) throw error
    }
  }
}

/** Tells clients where this broker is. */
export class Advertiser {
  readonly #listeners: readonly Listener[]

  constructor(listeners: readonly Listener[]) {
    this.#listeners = listeners
  }

  /**
   * The address to answer to the client of a connection whose local end is `local`: what its
   * listener advertises; else the listener's name; else, where the listener takes connections on
   * all addresses, the local address itself, since the client has just reached it.
   */
  endpointFor(local: HostPort | undefined): HostPort {
    if (local === undefined) return this.default()
    const address = unmapped(local.host)
    const listener = this.#listeners.find(({ bound }) =>
      bound.some(
        ({ host, port }) => port === local.port && (host === address || isWildcardHost(host)),
      ),
    )
    if (listener === undefined) return this.default()
    const own = isWildcardHost(listener.endpoint.host)
      ? { host: address, port: local.port }
      : listener.endpoint
    return advertisedOr(own, listener)
  }

  /** The address for whoever has no connection, as in the broker's registration record. */
  default(): HostPort {
    const [first] = this.#listeners
    return first === undefined ? { host: 'localhost', port: 0 } : registeredEndpoint(first)
  }
}

/** What a listener's entry in the registration record says. */
export function registeredEndpoint(listener: Listener): HostPort {
  const { host, port } = listener.endpoint
  // A record needs some host; whoever connects is told the address that it reached instead.
  return advertisedOr({ host: isWildcardHost(host) ? 'localhost' : host, port }, listener)
}

function advertisedOr(own: HostPort, { advertised }: Listener): HostPort {
  return { host: advertised?.host || own.host, port: advertised?.port || own.port }
}

/** The listeners as asked for, with their real ports: what the start line says. */
export function describeListeners(listeners: readonly Listener[]): string {
  return listeners.map(({ endpoint }) => formatHostPort(endpoint)).join(',')
}

/** The bound addresses that other machines can reach. */
export function exposedAddresses(listeners: readonly Listener[]): string[] {
  return listeners
    .flatMap(({ bound }) => bound)
    .filter(({ host }) => !isLoopbackAddress(host))
    .map(formatHostPort)
}
