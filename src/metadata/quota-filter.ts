/** Which entities with quotas DescribeClientQuotas asks for. The rules are Apache Kafka 4.3.1's. */
import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { type ClientQuota, type QuotaEntity, quotaEntityTypes } from './client-quotas.ts'

/** How a component of a filter matches the name of its type, by Kafka's numbers. */
export const QuotaMatch = { EXACT: 0, DEFAULT: 1, ANY: 2 } as const

/** Field by field as in the request. */
export interface QuotaFilter {
  readonly components: readonly {
    readonly entityType: string
    readonly matchType: number
    readonly match: string | null
  }[]
  /** Entities with further types do not match. */
  readonly strict: boolean
}

/** Why a filter is none. */
export interface QuotaFilterRefusal {
  readonly code: number
  readonly message: string
}

/** The quotas that match, in their order, or why nothing can. */
export function filterQuotas(
  quotas: Iterable<ClientQuota>,
  filter: QuotaFilter,
): ClientQuota[] | QuotaFilterRefusal {
  const refusal = filterProblem(filter.components)
  if (refusal !== undefined) return refusal
  assert(filter.components.length <= quotaEntityTypes.length, 'no type stands twice')
  return [...quotas].filter(({ entity }) => matches(entity, filter))
}

function matches(entity: QuotaEntity, { components, strict }: QuotaFilter): boolean {
  if (strict && entity.size !== components.length) return false
  return components.every(({ entityType, matchType, match }) => {
    const name = entity.get(entityType)
    if (name === undefined) return false
    return matchType === QuotaMatch.ANY || name === match
  })
}

function filterProblem(components: QuotaFilter['components']): QuotaFilterRefusal | undefined {
  const seen = new Set<string>()
  for (const component of components) {
    const { entityType: type } = component
    if (type === '') return invalid('Invalid empty entity type.')
    if (seen.has(type)) {
      return invalid(`Entity type ${type} cannot appear more than once in the filter.`)
    }
    if (!(quotaEntityTypes as readonly string[]).includes(type)) {
      const message = `Custom entity type ${type} not supported`
      return { code: ErrorCode.UNSUPPORTED_VERSION, message }
    }
    const problem = matchProblem(component)
    if (problem !== undefined) return invalid(problem)
    seen.add(type)
    assert(seen.size <= quotaEntityTypes.length, 'each type is known')
  }
  if (!seen.has('ip') || seen.size === 1) return undefined
  return invalid(
    'Invalid entity filter component combination. IP filter component should not be used with ' +
      'user or clientId filter component.',
  )
}

function matchProblem({ matchType, match }: QuotaFilter['components'][number]): string | undefined {
  switch (matchType) {
    case QuotaMatch.EXACT:
      if (match !== null) return undefined
      return 'Request specified MATCH_TYPE_EXACT, but set match string to null.'
    case QuotaMatch.DEFAULT:
      if (match === null) return undefined
      return 'Request specified MATCH_TYPE_DEFAULT, but also specified a match string.'
    case QuotaMatch.ANY:
      if (match === null) return undefined
      return 'Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.'
    default:
      return `Unknown match type ${matchType}`
  }
}

function invalid(message: string): QuotaFilterRefusal {
  return { code: ErrorCode.INVALID_REQUEST, message }
}
