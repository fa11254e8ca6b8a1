/** Compares two answers field by field, up to the rules of the fields. */
import { isDeepStrictEqual } from 'node:util'
import { compareBatches } from './batches.ts'
import { type Id, type IdPairs, isStruct, type Side } from './ids.ts'

/** How a field is compared that may differ. */
export type Rule =
  /** An id that each broker chooses: the two have to stand for each other all through a run. */
  | { readonly how: 'id'; readonly kind: string }
  /** The same of an id that is told elsewhere: here no pair is formed. */
  | { readonly how: 'known id'; readonly kind: string }
  /** The same, or both a time of now, give or take `ms`. */
  | { readonly how: 'time'; readonly ms: number }
  /** A list without an order: sorted by these fields before it is compared. */
  | { readonly how: 'set'; readonly by: readonly string[] }
  /** A list in which ours may lack elements; those of one `by` are compared. */
  | { readonly how: 'subset'; readonly by: string }
  /** Record batches; see batches.ts. */
  | { readonly how: 'records' }
  /** Not compared at all. */
  | { readonly how: 'any' }

/** The rule of a field, by the API's name and the path in its answer. */
export type RuleOf = (path: string) => Rule | undefined

/** One place in which two answers differ. */
export interface Fault {
  /** The API's name and the path, `[]` for any element. */
  readonly path: string
  readonly kafka: unknown
  readonly odradek: unknown
}

/** What a comparison needs to know. */
export interface Terms {
  readonly ruleOf: RuleOf
  readonly ids: IdPairs
  /** Names of topics and groups that differ already: what lists say of them is left out. */
  readonly isTainted: (value: unknown) => boolean
}

/** All places in which two answers differ; `path` is the API's name. */
export function compare(kafka: unknown, odradek: unknown, path: string, terms: Terms): Fault[] {
  const rule = terms.ruleOf(path)
  if (rule !== undefined && rule.how !== 'set') {
    return compareByRule(kafka, odradek, path, rule, terms)
  }
  if (Array.isArray(kafka) && Array.isArray(odradek)) {
    return compareLists(kafka, odradek, path, rule?.by, terms)
  }
  if (isStruct(kafka) && isStruct(odradek)) {
    return Object.keys(kafka).flatMap((name) =>
      compare(kafka[name], odradek[name], `${path}.${name}`, terms),
    )
  }
  return isDeepStrictEqual(plainBytes(kafka), plainBytes(odradek)) ? [] : [{ path, kafka, odradek }]
}

function plainBytes(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

function compareByRule(
  kafka: unknown,
  odradek: unknown,
  path: string,
  rule: Exclude<Rule, { how: 'set' }>,
  terms: Terms,
): Fault[] {
  const { ids } = terms
  const unlike = (same: boolean): Fault[] => (same ? [] : [{ path, kafka, odradek }])
  switch (rule.how) {
    case 'any':
      return []
    case 'id':
      return unlike(ids.bind(rule.kind, kafka as Id | null, odradek as Id | null))
    case 'known id':
      return unlike(ids.agree(rule.kind, kafka as Id, odradek as Id))
    case 'time':
      return unlike(kafka === odradek || (isNow(kafka, rule.ms) && isNow(odradek, rule.ms)))
    case 'subset':
      return compareSubset(kafka, odradek, path, rule.by, terms)
    case 'records': {
      if (kafka === null || odradek === null) return unlike(kafka === odradek)
      const faults = compareBatches(kafka as Uint8Array, odradek as Uint8Array, ids)
      return faults.map((fault) => ({ ...fault, path: `${path}.${fault.field}` }))
    }
  }
}

function isNow(value: unknown, ms: number): boolean {
  return Math.abs(Number(value) - Date.now()) <= ms
}

function compareSubset(
  kafka: unknown,
  odradek: unknown,
  path: string,
  by: string,
  terms: Terms,
): Fault[] {
  const theirs = new Map((kafka as Record<string, unknown>[]).map((item) => [item[by], item]))
  return (odradek as Record<string, unknown>[]).flatMap((item) =>
    compare(theirs.get(item[by]), item, `${path}[]`, terms),
  )
}

function compareLists(
  kafkaAll: readonly unknown[],
  odradekAll: readonly unknown[],
  path: string,
  by: readonly string[] | undefined,
  terms: Terms,
): Fault[] {
  const [kafka, odradek] = (['kafka', 'odradek'] as const).map((side) => {
    const all = side === 'kafka' ? kafkaAll : odradekAll
    const known = all.filter((item) => !isOurOwn(item) && !tainted(item, terms))
    return by === undefined ? known : sorted(known, by, side, `${path}[]`, terms)
  }) as [unknown[], unknown[]]
  if (kafka.length !== odradek.length) {
    const [only, ours] = [kafka.map(brief), odradek.map(brief)]
    const lacks = (list: readonly string[]) => (item: string) => !list.includes(item)
    return [
      {
        path: `${path}.length`,
        kafka: [kafka.length, ...only.filter(lacks(ours))],
        odradek: [odradek.length, ...ours.filter(lacks(only))],
      },
    ]
  }
  return kafka.flatMap((item, index) => compare(item, odradek[index], `${path}[]`, terms))
}

/** Our own configs, which Kafka cannot know. */
function isOurOwn(item: unknown): boolean {
  return isStruct(item) && typeof item['name'] === 'string' && item['name'].startsWith('odradek.')
}

/** Fields that name a topic, a group or another resource. */
const namingFields = ['name', 'topic', 'topicName', 'groupId', 'resourceName'] as const

function tainted(item: unknown, { isTainted }: Terms): boolean {
  return isStruct(item) ? namingFields.some((name) => isTainted(item[name])) : isTainted(item)
}

/** What names an element of a list, for a report. */
function brief(item: unknown): string {
  if (!isStruct(item)) return String(item)
  const name = item['name'] ?? item['groupId'] ?? item['resourceName'] ?? item['partitionIndex']
  return name === undefined ? JSON.stringify(item) : String(name)
}

function sorted(
  list: readonly unknown[],
  by: readonly string[],
  side: Side,
  path: string,
  { ruleOf, ids }: Terms,
): unknown[] {
  const field = (item: unknown, name: string): unknown => {
    if (!isStruct(item)) return item
    const rule = ruleOf(`${path}.${name}`)
    const value = item[name]
    if (Array.isArray(value)) return value.map((one) => JSON.stringify(one)).sort()
    if (rule?.how !== 'id') return plainBytes(value)
    const id = item[name] as Id
    return ids.ref(rule.kind, side, id)?.toString() ?? beginningOf(id)
  }
  const key = (item: unknown): string =>
    JSON.stringify(by.length === 0 ? item : by.map((name) => field(item, name)))
  return merged(
    list
      .map((item) => ({ item, key: key(item) }))
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))),
  )
}

/** How each broker ends a member id: Kafka with a UUID in hexadecimal, ours in base64url. */
const randomEnd = /-(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{22})$/

/** A member id without its random end: the name of its client or instance. */
function beginningOf(id: Id): string {
  return typeof id === 'string' ? id.replace(randomEnd, '') : ''
}

/** Partitions of one topic in two places of an answer are as good as in one. */
function merged(sorted: readonly { readonly item: unknown; readonly key: string }[]): unknown[] {
  const items: unknown[] = []
  let before = ''
  for (const { item, key } of sorted) {
    const last = items.at(-1)
    const [left, right] = [last, item].map((one) => (isStruct(one) ? one['partitions'] : undefined))
    if (key === before && isStruct(last) && Array.isArray(left) && Array.isArray(right)) {
      items[items.length - 1] = { ...last, partitions: [...left, ...right] }
    } else {
      items.push(item)
    }
    before = key
  }
  return items
}
