import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { describeClientQuotasApi } from '../../protocol/generated/48-describe-client-quotas.ts'
import { alterClientQuotasApi } from '../../protocol/generated/49-alter-client-quotas.ts'
import { describeUserScramCredentialsApi } from '../../protocol/generated/50-describe-user-scram-credentials.ts'
import { ClientError } from '../error.ts'
import {
  type AdminContext,
  ask,
  check,
  outcomeOf,
  settle,
  settleOne,
  unanswered,
} from './settle.ts'
import { wordOf } from './words.ts'

/** Whom a quota is for. A name, or null for the default of all that have no quota of their own. */
export interface QuotaEntity {
  readonly user?: string | null
  readonly 'client-id'?: string | null
  readonly ip?: string | null
}

/** The quotas of one entity, as `{ producer_byte_rate: 1048576 }`. */
export interface QuotaDescription {
  readonly entity: QuotaEntity
  readonly values: Readonly<Record<string, number>>
}

/** Quotas to set; null takes one away. */
export interface QuotaAlteration {
  readonly entity: QuotaEntity
  readonly values: Readonly<Record<string, number | null>>
}

/** Which entities to describe: for each kind a name, null for the default, or 'any' of them. */
export interface QuotaFilter {
  readonly user?: string | null | { readonly any: true }
  readonly 'client-id'?: string | null | { readonly any: true }
  readonly ip?: string | null | { readonly any: true }
}

/** How a user's password is stored at the brokers. */
export interface ScramCredentials {
  readonly user: string
  readonly credentials: readonly {
    readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'unknown'
    readonly iterations: number
  }[]
}

const mechanisms = ['unknown', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** See `Admin.describeClientQuotas`. */
export function describeClientQuotas(
  context: AdminContext,
  filter: QuotaFilter,
  strict: boolean,
): Promise<readonly QuotaDescription[]> {
  const what = 'Cannot describe quotas'
  return settleOne(context, what, async (deadline) => {
    const components = Object.entries(filter).map(([entityType, match]) => ({
      entityType,
      matchType: typeof match === 'string' ? 0 : match === null ? 1 : 2,
      match: typeof match === 'string' ? match : null,
    }))
    const request = { components, strict }
    const response = await ask(context, 'any', describeClientQuotasApi, request, deadline)
    check(what, response.errorCode, response.errorMessage)
    return (response.entries ?? []).map(({ entity, values }) => ({
      entity: Object.fromEntries(entity.map((part) => [part.entityType, part.entityName])),
      values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
    }))
  })
}

/** See `Admin.alterClientQuotas`. */
export async function alterClientQuotas(
  context: AdminContext,
  alterations: readonly QuotaAlteration[],
  validateOnly: boolean,
): Promise<void> {
  await settle(context, 'Cannot alter quotas', alterations, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const entries = pending.map(({ entity, values }) => ({
      entity: partsOf(entity),
      ops: Object.entries(values).map(([key, value]) => ({
        key,
        value: value ?? 0,
        remove: value === null,
      })),
    }))
    const request = { entries, validateOnly }
    const response = await ask(context, 'controller', alterClientQuotasApi, request, deadline)
    return pending.map(({ entity }) => {
      const what = `Cannot alter the quotas of ${nameOf(partsOf(entity))}`
      const found = response.entries.find((one) => nameOf(one.entity) === nameOf(partsOf(entity)))
      if (found === undefined) return unanswered(what)
      return outcomeOf(what, found.errorCode, found.errorMessage, () => null)
    })
  })
}

/** See `Admin.describeUserScramCredentials`. */
export function describeUserScramCredentials(
  context: AdminContext,
  users: readonly string[] | undefined,
): Promise<readonly ScramCredentials[]> {
  const what = 'Cannot describe the credentials of users'
  return settleOne(context, what, async (deadline) => {
    const request = { users: users?.map((name) => ({ name })) ?? null }
    const api = describeUserScramCredentialsApi
    const response = await ask(context, 'any', api, request, deadline)
    check(what, response.errorCode, response.errorMessage)
    return response.results.flatMap((one) => {
      const outcome = outcomeOf(`${what}: ${one.user}`, one.errorCode, one.errorMessage, () => ({
        user: one.user,
        credentials: one.credentialInfos.map(({ mechanism, iterations }) => ({
          mechanism: wordOf(mechanisms, mechanism),
          iterations,
        })),
      }))
      // A user without credentials is no failure of the call.
      if (one.errorCode === ErrorCode.RESOURCE_NOT_FOUND) return []
      if (outcome instanceof ClientError) throw outcome
      return [outcome]
    })
  })
}

interface EntityPart {
  readonly entityType: string
  readonly entityName: string | null
}

function partsOf(entity: QuotaEntity): readonly EntityPart[] {
  return Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }))
}

/** A name that is the same in whatever order the parts come. */
function nameOf(parts: readonly EntityPart[]): string {
  assert(
    parts.every(({ entityType }) => entityType !== ''),
    'a part has a kind',
  )
  return parts
    .map(({ entityType, entityName }) => `${entityType} ${entityName ?? '(default)'}`)
    .sort()
    .join(', ')
}
