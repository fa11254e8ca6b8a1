import { assert } from '../../base/assert.ts'
import { describeAclsApi } from '../../protocol/generated/29-describe-acls.ts'
import { createAclsApi } from '../../protocol/generated/30-create-acls.ts'
import { deleteAclsApi } from '../../protocol/generated/31-delete-acls.ts'
import { type AdminContext, answerOf, ask, check, settle, settleOne } from './settle.ts'
import { numberOf, wordOf } from './words.ts'

const resourceTypes = [
  'unknown',
  'any',
  'topic',
  'group',
  'cluster',
  'transactional-id',
  'delegation-token',
  'user',
] as const
const patternTypes = ['unknown', 'any', 'match', 'literal', 'prefixed'] as const
const operations = [
  'unknown',
  'any',
  'all',
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'cluster-action',
  'describe-configs',
  'alter-configs',
  'idempotent-write',
  'create-tokens',
  'describe-tokens',
  'two-phase-commit',
] as const
const permissions = ['unknown', 'any', 'deny', 'allow'] as const

/** Who may, or may not, do what with what. */
export interface Acl {
  readonly resourceType: (typeof resourceTypes)[number]
  readonly resourceName: string
  /** `literal` is this name (or `*` for all), `prefixed` all that begin so. */
  readonly patternType: (typeof patternTypes)[number]
  /** As `User:alice`, or `User:*`. */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: (typeof operations)[number]
  readonly permission: (typeof permissions)[number]
}

/** Which ACLs are meant; what is left out matches any. */
export type AclFilter = Partial<Acl>

/** See `Admin.describeAcls`. */
export function describeAcls(context: AdminContext, filter: AclFilter): Promise<readonly Acl[]> {
  const what = 'Cannot describe ACLs'
  return settleOne(context, what, async (deadline) => {
    const response = await ask(context, 'any', describeAclsApi, filterOf(filter), deadline)
    check(what, response.errorCode, response.errorMessage)
    return response.resources.flatMap(({ acls, ...resource }) =>
      acls.map((acl) => aclOf({ ...resource, ...acl })),
    )
  })
}

/** See `Admin.createAcls`. */
export async function createAcls(context: AdminContext, acls: readonly Acl[]): Promise<void> {
  await settle(context, 'Cannot create ACLs', acls, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const creations = pending.map((acl) => ({
      resourceType: numberOf('type of resource', resourceTypes, acl.resourceType),
      resourceName: acl.resourceName,
      resourcePatternType: numberOf('type of pattern', patternTypes, acl.patternType),
      principal: acl.principal,
      host: acl.host,
      operation: numberOf('operation', operations, acl.operation),
      permissionType: numberOf('permission', permissions, acl.permission),
    }))
    const { results } = await ask(context, 'controller', createAclsApi, { creations }, deadline)
    return pending.map((acl, at) => {
      const what = `Cannot create an ACL of ${acl.principal} on ${acl.resourceType}`
      return answerOf(what, results[at], () => null)
    })
  })
}

/** See `Admin.deleteAcls`. */
export async function deleteAcls(
  context: AdminContext,
  filters: readonly AclFilter[],
): Promise<readonly Acl[]> {
  const what = 'Cannot delete ACLs'
  const deleted = await settle(context, what, filters, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const request = { filters: pending.map(filterOf) }
    const { filterResults } = await ask(context, 'controller', deleteAclsApi, request, deadline)
    return pending.map((_, at) =>
      answerOf(what, filterResults[at], ({ matchingAcls }) =>
        matchingAcls.map((acl) => {
          check(what, acl.errorCode, acl.errorMessage)
          return aclOf(acl)
        }),
      ),
    )
  })
  return deleted.flat()
}

function filterOf(filter: AclFilter) {
  return {
    resourceTypeFilter: numberOf('type of resource', resourceTypes, filter.resourceType ?? 'any'),
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: numberOf('type of pattern', patternTypes, filter.patternType ?? 'any'),
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: numberOf('operation', operations, filter.operation ?? 'any'),
    permissionType: numberOf('permission', permissions, filter.permission ?? 'any'),
  }
}

function aclOf(acl: {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}): Acl {
  const { resourceName, principal, host } = acl
  return {
    resourceType: wordOf(resourceTypes, acl.resourceType),
    resourceName,
    patternType: wordOf(patternTypes, acl.patternType),
    principal,
    host,
    operation: wordOf(operations, acl.operation),
    permission: wordOf(permissions, acl.permissionType),
  }
}
