/**
 * What clients may use: turns quotas and configs into the plain numbers that the data plane
 * enforces, and counts what the control plane does for a client itself. All clients are the user
 * ANONYMOUS, as with Apache Kafka on a plaintext listener.
 */
import { assert } from '../base/assert.ts'
import { StartError } from '../engine/start-error.ts'
import { type ClientQuota, quotasOf } from '../metadata/client-quotas.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataImage } from '../metadata/image.ts'
import {
  type ClientQuotaKey,
  type QuotaLimit,
  type QuotaLimits,
  quotaLimits,
} from '../policy/quota.ts'
import { TokenBucket } from '../policy/token-bucket.ts'
import type { AcceptLimits, DataPlane, QuotaRules, RateWindows } from '../storage/data-plane.ts'
import type { Logger } from '../telemetry/logger.ts'
import { HostNames } from './host-names.ts'
import { ipOverrides, ipOverridesConfig } from './ip-overrides.ts'
import type { Listener } from './listeners.ts'

/** The name of whoever did not say who it is. */
const anonymous = 'ANONYMOUS'

/** Kafka's "no limit" of an int config. */
const intMax = 2 ** 31 - 1

/** Hosts that one line of the log names. */
const namesToldMax = 5

/** Buckets of client ids that are kept before those that are full again are dropped. */
const bucketsMax = 1000

/** What a {@link FlowControl} works with. */
export interface FlowControlOptions {
  readonly dataPlane: () => Pick<
    DataPlane,
    'setQuotas' | 'setConnectionLimits' | 'chargeRequest' | 'mute'
  >
  readonly monotonicMs: () => number
  /** Every numeric address of a name; rejects where there is none. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly logger: Logger
}

/** Counts the changes of the metadata that one request asks for. */
export interface MutationQuota {
  /** Notes that so many partitions are made or removed; false: they may not be. */
  charge(partitions: number): boolean
  /** For how long the client has to pause after what was charged. */
  throttleMs(): number
}

const noQuota: MutationQuota = { charge: () => true, throttleMs: () => 0 }

/** See the head of this file. All calls on the Node thread. */
export class FlowControl {
  readonly #options: FlowControlOptions
  readonly #hosts: HostNames
  #quotas: ReadonlyMap<string, ClientQuota> | undefined
  #config: BrokerConfig | undefined
  #mutations: QuotaLimits = limitsOf([], 'controller_mutation_rate')
  #burstSeconds = 1
  #countsTime = false
  #countsMutations = false
  readonly #sharedBucket = new TokenBucket()
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(options: FlowControlOptions) {
    this.#options = options
    this.#hosts = new HostNames(options.resolve)
  }

  /** For a start: rejects with a sentence where a limit is set on a host without an address. */
  async refuseUnknownHosts(config: BrokerConfig): Promise<void> {
    const [unknown] = await this.unknownHosts(hostsOf([], config))
    if (unknown === undefined) return
    const way = 'name one that does, or an address'
    throw new StartError(`The host "${unknown}" in ${ipOverridesConfig} does not resolve; ${way}.`)
  }

  /** Those of these names that have no address; the others have been looked up then. */
  unknownHosts(hosts: Iterable<string>): Promise<string[]> {
    return this.#hosts.learn(hosts)
  }

  /**
   * Makes the data plane do as image and configuration say. Does nothing where none changed. Limits
   * of hosts whose names are not known yet follow when they have been looked up.
   */
  update(image: MetadataImage, config: BrokerConfig, listeners: readonly Listener[]): void {
    const quotas = quotasOf(image)
    const isSameConfig = config === this.#config
    if (quotas === this.#quotas && isSameConfig) return
    this.#quotas = quotas
    this.#config = config
    const all = [...quotas.values()]
    const windows = windowsOf(config)
    this.#applyQuotas(all, windows)
    this.#burstSeconds =
      config.number('controller.quota.window.num') *
      config.number('controller.quota.window.size.seconds')
    this.#mutations = limitsOf(all, 'controller_mutation_rate')
    this.#countsMutations = isLimited(this.#mutations)
    const limitConnections = (): void => this.#limitConnections(all, config, listeners)
    limitConnections()
    const unknown = hostsOf(all, config).filter((host) => !this.#isKnown(host))
    if (unknown.length > 0) void this.#limitLater(unknown, config, limitConnections)
  }

  #isKnown(host: string): boolean {
    return this.#hosts.addressesOf(host).length > 0
  }

  async #limitLater(
    hosts: readonly string[],
    config: BrokerConfig,
    limitConnections: () => void,
  ): Promise<void> {
    const quotas = this.#quotas
    const unknown = await this.#hosts.learn(hosts)
    if (unknown.length > 0) {
      const names = unknown.slice(0, namesToldMax).join(', ')
      const more = unknown.length > namesToldMax ? ` and ${unknown.length - namesToldMax} more` : ''
      this.#options.logger.warn(`No limit of connections holds for ${names}${more}: no such host.`)
    }
    // Another change has set all limits anew meanwhile.
    if (this.#quotas === quotas && this.#config === config) limitConnections()
  }

  #limitConnections(
    all: readonly ClientQuota[],
    config: BrokerConfig,
    listeners: readonly Listener[],
  ): void {
    this.#options.dataPlane().setConnectionLimits({
      ...windowsOf(config),
      ...acceptLimits(config, ''),
      ...ipLimits(all, config, this.#hosts),
      listeners: listeners.map(({ name, bound }) => ({
        ...acceptLimits(config, `listener.name.${name.toLowerCase()}.`),
        endpoints: bound,
        exempt: listeners.length > 1 && name === interBrokerListener(config),
      })),
    })
  }

  /** Whether an answer has to go through {@link throttle}. */
  get isActive(): boolean {
    return this.#countsTime || this.#countsMutations
  }

  /**
   * Counts the time that a request took, and lets the connection pause where that or what else is
   * in the response says so. Returns the response with the longer pause.
   */
  throttle(
    { connection, clientId }: { readonly connection: number; readonly clientId: string | null },
    busyMs: number,
    response: object,
  ): object {
    const plane = this.#options.dataPlane()
    const ns = Math.max(0, Math.round(busyMs * 1e6))
    const byTime = this.#countsTime ? plane.chargeRequest(clientId ?? '', ns) : 0
    const told = 'throttleTimeMs' in response ? Number(response.throttleTimeMs) : 0
    const throttleTimeMs = Math.max(byTime, told)
    if (throttleTimeMs === 0) return response
    plane.mute(connection, throttleTimeMs)
    return { ...response, throttleTimeMs }
  }

  /**
   * For one request. `strict`: what the client cannot be told to wait for is refused; clients of
   * older versions are only made to pause.
   */
  mutationQuota(clientId: string | null, strict: boolean): MutationQuota {
    if (!this.#countsMutations) return noQuota
    const { limit: rate, shared } =
      this.#mutations.clients.get(clientId ?? '') ?? this.#mutations.others
    if (!Number.isFinite(rate)) return noQuota
    const bucket = shared ? this.#sharedBucket : this.#bucketOf(clientId ?? '', rate)
    const overdrawnMs = (): number =>
      bucket.overdrawnMs(rate, this.#burstSeconds, this.#options.monotonicMs())
    let isCharged = false
    return {
      charge: (partitions) => {
        isCharged = true
        if (strict && overdrawnMs() > 0) return false
        bucket.take(partitions, rate, this.#burstSeconds, this.#options.monotonicMs())
        return true
      },
      throttleMs: () => (isCharged ? overdrawnMs() : 0),
    }
  }

  #bucketOf(clientId: string, rate: number): TokenBucket {
    const known = this.#buckets.get(clientId)
    if (known !== undefined) return known
    // The oldest goes: whoever fills the table with names gets nothing by it but full buckets.
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size >= bucketsMax && oldest !== undefined) this.#buckets.delete(oldest)
    assert(rate > 0, 'a bucket is filled')
    const bucket = new TokenBucket()
    this.#buckets.set(clientId, bucket)
    return bucket
  }

  #applyQuotas(quotas: readonly ClientQuota[], windows: RateWindows): void {
    const produce = limitsOf(quotas, 'producer_byte_rate')
    const fetch = limitsOf(quotas, 'consumer_byte_rate')
    const request = limitsOf(quotas, 'request_percentage')
    this.#countsTime = isLimited(request)
    const names = new Set([produce, fetch, request].flatMap(({ clients }) => [...clients.keys()]))
    const rulesOf = (pick: (limits: QuotaLimits) => QuotaLimit): QuotaRules => ({
      produce: pick(produce),
      fetch: pick(fetch),
      request: pick(request),
    })
    this.#options.dataPlane().setQuotas({
      ...windows,
      others: rulesOf(({ others }) => others),
      clients: [...names].map((clientId) => ({
        clientId,
        rules: rulesOf(({ clients, others }) => clients.get(clientId) ?? others),
      })),
    })
  }
}

function limitsOf(quotas: readonly ClientQuota[], key: ClientQuotaKey): QuotaLimits {
  return quotaLimits(quotas, anonymous, key)
}

function isLimited({ others, clients }: QuotaLimits): boolean {
  return [others, ...clients.values()].some(({ limit }) => Number.isFinite(limit))
}

/** More than this the data plane does not keep; Kafka has no bound, and nobody waits so long. */
const windowsMax = 10_000
const windowMsMax = 1e12

function windowsOf(config: BrokerConfig): RateWindows {
  return {
    windows: Math.min(config.number('quota.window.num'), windowsMax),
    windowMs: Math.min(config.number('quota.window.size.seconds') * 1000, windowMsMax),
  }
}

/** Of the broker, or with a listener's prefix of that listener. */
function acceptLimits(config: BrokerConfig, prefix: string): AcceptLimits {
  const limitOf = (name: string): number =>
    prefix === '' || config.isSet(prefix + name) ? config.number(prefix + name) : intMax
  const rate = limitOf('max.connection.creation.rate')
  return {
    maxConnections: limitOf('max.connections'),
    // A rate of 0 lets nobody in: as slow as can be said.
    maxRate: rate === intMax ? Number.POSITIVE_INFINITY : Math.max(rate, Number.MIN_VALUE),
  }
}

function ipLimits(quotas: readonly ClientQuota[], config: BrokerConfig, names: HostNames) {
  const rates = ipRates(quotas)
  return {
    maxPerIp: config.number('max.connections.per.ip'),
    perIp: ofAddresses(overridesOf(config), names),
    maxRatePerIp: rates.find(({ host }) => host === null)?.rate ?? Number.POSITIVE_INFINITY,
    ratePerIp: ofAddresses(
      rates.flatMap(({ host, rate }) => (host === null ? [] : [{ host, rate }])),
      names,
    ),
  }
}

function overridesOf(config: BrokerConfig) {
  return ipOverrides(config.text(ipOverridesConfig) ?? '')
}

/** Rates of connections by host; null is every other one. */
function ipRates(quotas: readonly ClientQuota[]) {
  return quotas.flatMap(({ entity, values }) => {
    const host = entity.get('ip')
    const rate = values.get('connection_creation_rate')
    return host === undefined || rate === undefined ? [] : [{ host, rate }]
  })
}

/** All hosts that have a limit of their own. */
function hostsOf(quotas: readonly ClientQuota[], config: BrokerConfig): string[] {
  const named = [...overridesOf(config), ...ipRates(quotas)].map(({ host }) => host)
  return named.filter((host) => host !== null)
}

/** One limit for each address; where several names lead to one, the last counts. */
function ofAddresses<L extends { readonly host: string }>(
  limits: readonly L[],
  names: HostNames,
): L[] {
  const each = limits.flatMap((limit) =>
    names.addressesOf(limit.host).map((host) => [host, { ...limit, host }] as const),
  )
  return [...new Map(each).values()]
}

function interBrokerListener(config: BrokerConfig): string {
  return (
    config.text('inter.broker.listener.name') ?? config.text('security.inter.broker.protocol') ?? ''
  )
}
