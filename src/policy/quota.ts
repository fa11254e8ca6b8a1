/**
 * Which quota holds for a client. Pure. The precedence is Apache Kafka's: what is set on a user
 * with a client id goes before what is set on the user alone, that before what is set on client ids
 * alone, and in each case a name goes before the default.
 */
import { assert } from '../base/assert.ts'

/** What can be limited per user and client id. */
export type ClientQuotaKey =
  | 'producer_byte_rate'
  | 'consumer_byte_rate'
  | 'request_percentage'
  | 'controller_mutation_rate'

/** Quotas as they are set on one entity; a name of null is the default of its type. */
export interface SetQuota {
  readonly entity: ReadonlyMap<string, string | null>
  readonly values: ReadonlyMap<string, number>
}

/** A limit in force. */
export interface QuotaLimit {
  /** A second; Infinity: none. */
  readonly limit: number
  /** For all client ids of the user together, instead of for each by itself. */
  readonly shared: boolean
}

/** The limits of one user's clients. */
export interface QuotaLimits {
  /** Of client ids that no quota names. */
  readonly others: QuotaLimit
  readonly clients: ReadonlyMap<string, QuotaLimit>
}

const unlimited: QuotaLimit = { limit: Number.POSITIVE_INFINITY, shared: false }

/** `undefined`: the entity does not have the type. */
type Names = readonly [user: string | null | undefined, clientId: string | null | undefined]

/** The limits of this user's clients for one key. */
export function quotaLimits(
  quotas: Iterable<SetQuota>,
  user: string,
  key: ClientQuotaKey,
): QuotaLimits {
  const limits = new Map<string, number>()
  const named = new Set<string>()
  for (const { entity, values } of quotas) {
    const limit = values.get(key)
    if (limit === undefined || entity.has('ip')) continue
    assert(limit > 0, 'a quota leaves room for something')
    const clientId = entity.get('client-id')
    limits.set(nameOf([entity.get('user'), clientId]), limit)
    if (typeof clientId === 'string') named.add(clientId)
  }
  const limitOf = (clientId: string | undefined): QuotaLimit => {
    for (const names of inOrder(user, clientId)) {
      const limit = limits.get(nameOf(names))
      if (limit !== undefined) return { limit, shared: names[1] === undefined }
    }
    return unlimited
  }
  const clients = new Map([...named].map((clientId) => [clientId, limitOf(clientId)]))
  return { others: limitOf(undefined), clients }
}

/** The entities whose quotas hold for a client, the first that has one; undefined: not named. */
function inOrder(user: string, clientId: string | undefined): Names[] {
  const named = (of: string | null | undefined): Names[] =>
    clientId === undefined ? [] : [[of, clientId]]
  return [
    ...named(user),
    [user, null],
    [user, undefined],
    ...named(null),
    [null, null],
    [null, undefined],
    ...named(undefined),
    [undefined, null],
  ]
}

function nameOf(names: Names): string {
  assert(names[0] !== undefined || names[1] !== undefined, 'an entity has a name')
  return JSON.stringify(names.map((name) => (name === undefined ? 0 : name)))
}
