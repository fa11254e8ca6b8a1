import { assert } from '../../base/assert.ts'
import { describeClientQuotasApi } from '../../protocol/generated/48-describe-client-quotas.ts'
import { alterClientQuotasApi } from '../../protocol/generated/49-alter-client-quotas.ts'
import { type AdminContext, answerOf, ask, check, settle, settleOne } from './settle.ts'

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
    const answers = new Map(response.entries.map((one) => [nameOf(one.entity), one]))
    return pending.map(({ entity }) => {
      const name = nameOf(partsOf(entity))
      return answerOf(`Cannot alter the quotas of ${name}`, answers.get(name), () => null)
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
