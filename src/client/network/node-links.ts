import { assert } from '../../base/assert.ts'
import { formatHostPort, type HostPort } from '../../base/endpoint.ts'
import { randomBelow } from '../../base/random.ts'
import type { NetworkEnvironment } from './environment.ts'
import type { NodeInfo } from './metadata.ts'
import { type LinkBreak, NodeLink, type NodeLinkOptions } from './node-link.ts'

/**
 * What a connection is for. Requests on one connection are answered in order, so a Fetch or a
 * JoinGroup that waits at the broker would hold up everything behind it: heartbeats and commits
 * have a connection of their own.
 */
export type Channel = 'main' | 'coordinator' | 'fetch'

/** All links of a client: one per broker and channel, and one per bootstrap server. */
export class NodeLinks {
  readonly #options: NodeLinkOptions
  readonly #environment: NetworkEnvironment
  readonly #onBreak: (nodeId: number, channel: Channel, what: LinkBreak) => void
  readonly #links = new Map<string, NodeLink>()
  readonly #bootstrap: readonly NodeLink[]

  /** @param onBreak is told of what each broker's links tell theirs; bootstrap servers' are not. */
  constructor(
    bootstrapServers: readonly HostPort[],
    options: NodeLinkOptions,
    environment: NetworkEnvironment,
    onBreak: (nodeId: number, channel: Channel, what: LinkBreak) => void,
  ) {
    assert(bootstrapServers.length > 0, 'there is somebody to ask')
    this.#options = options
    this.#environment = environment
    this.#onBreak = onBreak
    this.#bootstrap = bootstrapServers.map(
      (server) => new NodeLink(server, options, environment, () => {}),
    )
  }

  /** The link to a broker; the node says where it is now. */
  to(node: NodeInfo, channel: Channel): NodeLink {
    assert(node.nodeId >= 0, 'bootstrap servers have links of their own')
    const key = `${node.nodeId} ${channel}`
    let link = this.#links.get(key)
    if (link === undefined) {
      const broke = (what: LinkBreak): void => this.#onBreak(node.nodeId, channel, what)
      link = new NodeLink(node, this.#options, this.#environment, broke)
      this.#links.set(key, link)
    }
    return link
  }

  /** Takes brokers that moved to their new places. */
  follow(nodes: ReadonlyMap<number, NodeInfo>): void {
    for (const [key, link] of this.#links) {
      const node = nodes.get(Number.parseInt(key, 10))
      if (node !== undefined) link.moveTo(node)
    }
  }

  /**
   * Links by which any broker can be asked, best first: connected ones with little to do, then the
   * others in random order; brokers that could not be reached just now are left out.
   */
  inOrder(nodes: ReadonlyMap<number, NodeInfo>): readonly NodeLink[] {
    const links = [...nodes.values()].map((node) => this.to(node, 'main'))
    const usable = this.#shuffled(links.filter((link) => !link.isBackingOff))
    return usable.sort((a, b) => Number(b.isReady) - Number(a.isReady) || a.load - b.load)
  }

  /** The links to the bootstrap servers, in random order. */
  bootstrap(): readonly NodeLink[] {
    return this.#shuffled([...this.#bootstrap])
  }

  /** Ends the connections to bootstrap servers that nobody waits for: the brokers are known now. */
  leaveBootstrap(): void {
    for (const link of this.#bootstrap) if (link.load === 0) link.disconnect()
  }

  /** Connections that stand, with what waits on each; for statistics. */
  loads(): readonly { readonly node: string; readonly load: number }[] {
    return [...this.#links]
      .filter(([, link]) => link.isConnected)
      .map(([node, link]) => ({ node, load: link.load }))
  }

  /** Closes everything. */
  close(): void {
    for (const link of [...this.#links.values(), ...this.#bootstrap]) link.close()
  }

  #shuffled<T>(items: T[]): T[] {
    for (let at = items.length - 1; at > 0; at--) {
      assert(at < items.length, 'an index of the items')
      const other = randomBelow(this.#environment.random, at + 1)
      const moved = items[at] as T
      items[at] = items[other] as T
      items[other] = moved
    }
    return items
  }
}

/** Names of servers for a sentence. */
export function listServers(servers: readonly HostPort[]): string {
  return servers.map(formatHostPort).join(', ')
}
