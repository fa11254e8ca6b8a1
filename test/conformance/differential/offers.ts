/** What may be asked: each API in the versions that both brokers advertise. */
import { randomBelow } from '../../../src/base/random.ts'
import type { AnyApi } from '../../../src/protocol/codec.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import { call } from '../malformed/call.ts'
import { RawConnection } from '../raw-connection.ts'
import { adminSources } from './admin-drafts.ts'
import { type Cell, Coverage } from './coverage.ts'
import type { Source } from './draft.ts'
import { hasEdges } from './edges.ts'
import { groupSources } from './group-drafts.ts'
import type { Peer } from './peer.ts'
import { recordSources } from './record-drafts.ts'
import { topicSources } from './topic-drafts.ts'
import type { World } from './world.ts'

/** All sources of requests. */
export const sources: readonly Source[] = [
  ...recordSources,
  ...topicSources,
  ...groupSources,
  ...adminSources,
]

const edgePercent = 18
const mangledPercent = 1
/** So many requests go where the fewest were sent so far. */
const rarestPercent = 12

/** One API in the versions that both advertise. */
export interface Offer {
  readonly source: Source
  readonly api: AnyApi
  readonly versionMin: number
  readonly versionMax: number
  /** The highest version that one of the two has. */
  readonly advertisedMax: number
}

/** See the head of this file. */
export class Offers {
  readonly coverage: Coverage
  /** APIs that ours answers and nobody asks. */
  readonly unasked: readonly string[]
  /** Versions that ours answers and Kafka does not have. */
  readonly onlyOurs: readonly string[]
  readonly #offers: readonly Offer[]
  readonly #weights: number

  constructor(
    offers: readonly Offer[],
    unasked: readonly string[] = [],
    onlyOurs: readonly string[] = [],
  ) {
    this.#offers = offers
    this.unasked = unasked
    this.onlyOurs = onlyOurs
    this.#weights = offers.reduce((sum, { source }) => sum + source.weight, 0)
    this.coverage = new Coverage(
      offers.map(({ api: { key, name }, versionMin, versionMax }) => {
        return { key, name, versionMin, versionMax }
      }),
    )
  }

  /** What to ask next, in which version and made how. */
  choice(world: World): { readonly offer: Offer; readonly cell: Cell } {
    const rarest = world.chance(rarestPercent) ? this.coverage.rarest() : undefined
    const wanted = this.#offers.find(({ source }) => source.key === rarest?.key)
    if (rarest !== undefined && wanted !== undefined) return { offer: wanted, cell: rarest }
    const offer = this.#byWeight(world)
    const { source, versionMin, versionMax } = offer
    const version = versionMin + randomBelow(world.random, versionMax - versionMin + 1)
    const isEdge = world.chance(edgePercent) && hasEdges(source.key, version)
    const isInvalid = world.chance(mangledPercent)
    const making = isInvalid ? 'invalid' : isEdge ? 'edge' : 'valid'
    return { offer, cell: { key: source.key, version, making } }
  }

  #byWeight({ random }: World): Offer {
    let at = (random.uint32() / 2 ** 32) * this.#weights
    for (const offer of this.#offers) {
      at -= offer.source.weight
      if (at < 0) return offer
    }
    return this.#offers[0] as Offer
  }
}

/** Asks both what they have. */
export async function negotiated(one: Peer, other: Peer): Promise<Offers> {
  const [kafka, odradek] = await Promise.all([advertised(one), advertised(other)])
  const offers = sources.flatMap((source) => {
    const [theirs, ours] = [kafka.get(source.key), odradek.get(source.key)]
    const api = apis.get(source.key)
    if (theirs === undefined || ours === undefined || api === undefined) return []
    const versionMin = Math.max(theirs[0], ours[0], api.request.versionMin)
    const versionMax = Math.min(theirs[1], ours[1], api.request.versionMax)
    return [{ source, api, versionMin, versionMax, advertisedMax: Math.max(theirs[1], ours[1]) }]
  })
  const asked = new Set(offers.map(({ source }) => source.key))
  const unasked = [...odradek.keys()].filter((key) => !asked.has(key))
  const onlyOurs = offers.flatMap(({ api: { key, name }, versionMax }) => {
    const [, max] = odradek.get(key) ?? [0, 0]
    const above = Array.from({ length: max - versionMax }, (_, n) => versionMax + 1 + n)
    return above.map((version) => `${name} v${version}`)
  })
  const reason = 'no source, or Kafka has no such version'
  return new Offers(
    offers,
    unasked.map((key) => `API ${key}: ${reason}`),
    onlyOurs,
  )
}

async function advertised(peer: Peer): Promise<Map<number, readonly [number, number]>> {
  const connection = await RawConnection.open(peer.broker.port)
  const { apiKeys } = await call(connection, apiVersionsApi, 3, {
    clientSoftwareName: 'differential',
    clientSoftwareVersion: '1',
  })
  connection.close()
  return new Map(
    apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
  )
}
