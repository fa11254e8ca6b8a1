/** Addresses of the hosts that limits are set on by their names. */
import { isIP, SocketAddress } from 'node:net'
import { assert } from '../base/assert.ts'

/** Names that are remembered; whoever may set limits could name any number. */
const namesMax = 10_000

/**
 * Looks each name up once, when it is first asked for. A host that moves keeps its limits at its
 * old address until a start, as with Apache Kafka.
 */
export class HostNames {
  readonly #resolve: (host: string) => Promise<readonly string[]>
  readonly #known = new Map<string, readonly string[]>()

  /** `resolve` gives every numeric address of a name, and rejects where there is none. */
  constructor(resolve: (host: string) => Promise<readonly string[]>) {
    this.#resolve = resolve
  }

  /** Looks up what is not known yet, one after the other. Returns the names without an address. */
  async learn(hosts: Iterable<string>): Promise<string[]> {
    const unknown: string[] = []
    for (const host of new Set(hosts)) {
      if (this.addressesOf(host).length > 0) continue
      const addresses = host === '' ? [] : await this.#resolve(host).catch(() => [])
      if (addresses.length === 0) unknown.push(host)
      else this.#remember(host, addresses.map(asConnectionsTell))
    }
    return unknown
  }

  /** As connections tell them; of an address itself; empty for a name that was not learnt. */
  addressesOf(host: string): readonly string[] {
    return isIP(host) === 0 ? (this.#known.get(host) ?? []) : [asConnectionsTell(host)]
  }

  #remember(host: string, addresses: readonly string[]): void {
    const [oldest] = this.#known.keys()
    if (this.#known.size >= namesMax && oldest !== undefined) this.#known.delete(oldest)
    assert(this.#known.size < namesMax, 'there is room for another name')
    this.#known.set(host, addresses)
  }
}

/** IPv6 in its shortest form, and IPv4 never as a part of it. */
function asConnectionsTell(address: string): string {
  if (isIP(address) !== 6) return address
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '')
}
