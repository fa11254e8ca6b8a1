/**
 * Decides AlterClientQuotas. Each entity is judged by itself: one that is refused changes nothing,
 * and no other. What is refused, and in which words, is Apache Kafka 4.3.1's.
 */
import { assert } from '../base/assert.ts'
import {
  type QuotaEntity,
  quotaEntityKey,
  quotaEntityOf,
  quotaEntityTypes,
  quotasOf,
} from '../metadata/client-quotas.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Decision, Refusal } from './decision.ts'

/** What a request wants of one entity; field by field as in it. */
export interface QuotaAlteration {
  readonly entity: readonly { readonly entityType: string; readonly entityName: string | null }[]
  readonly ops: readonly {
    readonly key: string
    readonly value: number
    readonly remove: boolean
  }[]
}

/** What became of one entity: undefined is "as asked". */
export interface QuotaAlterationResult {
  readonly entity: QuotaEntity
  readonly refusal: Refusal | undefined
}

const userAndClientKeys: ReadonlySet<string> = new Set([
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
])
const ipKeys: ReadonlySet<string> = new Set(['connection_creation_rate'])

/** Largest value of the quotas that are whole numbers; the others may be any. */
const integralMax: ReadonlyMap<string, readonly [type: string, max: number]> = new Map([
  ['producer_byte_rate', ['a LONG', 2 ** 63]],
  ['consumer_byte_rate', ['a LONG', 2 ** 63]],
  ['connection_creation_rate', ['an INT', 2 ** 31 - 1]],
])

/** Of a whole number's quota, what may be left of it by arithmetic of the client. */
const fractionMax = 1e-6

/** See the head of this file: one result for each entity, in the order of the request. */
export function decideAlterClientQuotas(
  request: {
    readonly entries: readonly QuotaAlteration[]
    readonly validateOnly: boolean
    /** Names of hosts that have no address. */
    readonly unknownHosts?: readonly string[]
  },
  image: MetadataImage,
): Decision<QuotaAlterationResult[]> {
  const records: MetadataRecordInput[] = []
  const results = new Map<string, QuotaAlterationResult>()
  const unknownHosts = new Set(request.unknownHosts)
  for (const { entity: parts, ops } of request.entries) {
    const entity = quotaEntityOf(parts)
    const key = quotaEntityKey(entity)
    const isRepeated = results.has(key) || new Set(ops.map((op) => op.key)).size < ops.length
    const outcome = isRepeated
      ? invalid(`Ignoring duplicate entity ${describe(entity)}`)
      : alter(entity, ops, image, unknownHosts)
    const refusal = Array.isArray(outcome) ? undefined : outcome
    if (Array.isArray(outcome)) records.push(...outcome)
    results.set(key, { entity, refusal })
  }
  assert(results.size <= request.entries.length, 'an entity has one result')
  return { records: request.validateOnly ? [] : records, response: [...results.values()] }
}

/** The records that change one entity, or why it cannot be changed so. */
function alter(
  entity: QuotaEntity,
  ops: QuotaAlteration['ops'],
  image: MetadataImage,
  unknownHosts: ReadonlySet<string>,
): MetadataRecordInput[] | Refusal {
  const problem = entityProblem(entity, unknownHosts)
  if (problem !== undefined) return invalid(problem)
  assert(entity.size > 0, 'a quota is set on something')
  const keys = entity.has('ip') ? ipKeys : userAndClientKeys
  const current = quotasOf(image).get(quotaEntityKey(entity))?.values
  const records: MetadataRecordInput[] = []
  for (const { key, value, remove } of ops) {
    const known = current?.get(key)
    const refused = remove ? undefined : valueProblem(keys, key, value)
    if (refused !== undefined) return invalid(refused)
    const isChange = remove ? known !== undefined : known !== value
    if (isChange) records.push(quotaRecord(entity, key, remove ? undefined : value))
  }
  return records
}

function entityProblem(entity: QuotaEntity, unknownHosts: ReadonlySet<string>): string | undefined {
  if (entity.size === 0) return 'Invalid empty client quota entity'
  for (const [type, name] of entity) {
    if (!(quotaEntityTypes as readonly string[]).includes(type)) {
      return `Unhandled client quota entity type: ${type}`
    }
    if (name === '') return `Empty ${type} not supported`
  }
  if (!entity.has('ip')) return undefined
  if (entity.size > 1) {
    const others = 'IP entity should not be combined with User or ClientId'
    return `Invalid quota entity combination, ${others}`
  }
  const host = entity.get('ip') ?? null
  if (host === null || !unknownHosts.has(host)) return undefined
  return `${host} is not a valid IP or resolvable host.`
}

function valueProblem(keys: ReadonlySet<string>, key: string, value: number): string | undefined {
  if (!keys.has(key)) return `Invalid configuration key ${key}`
  if (!(value > 0)) return `Quota ${key} must be greater than 0`
  const bound = integralMax.get(key)
  if (bound === undefined) return undefined
  const [type, max] = bound
  if (value > max) return `Proposed value for ${key} is too large for ${type}.`
  return value % 1 > fractionMax ? `${key} cannot be a fractional value.` : undefined
}

function quotaRecord(
  entity: QuotaEntity,
  key: string,
  value: number | undefined,
): MetadataRecordInput {
  assert(entity.size > 0 && entity.size <= 2, 'an entity was judged before')
  assert(value === undefined || value > 0, 'a quota leaves room for something')
  const parts = [...entity].map(([entityType, entityName]) => ({ entityType, entityName }))
  return {
    name: 'ClientQuotaRecord',
    version: 0,
    value: { entity: parts, key, value: value ?? 0, remove: value === undefined },
  }
}

function describe(entity: QuotaEntity): string {
  const parts = [...entity].map(([type, name]) => `${type}=${name}`)
  return `ClientQuotaEntity(entries={${parts.join(', ')}})`
}

function invalid(message: string): Refusal {
  return { code: ErrorCode.INVALID_REQUEST, message }
}
