/** The part of an admin that says who may do what, and how much of it. */
import { assert } from '../../base/assert.ts'
import type { Acl, AclFilter } from './acls.ts'
import * as acls from './acls.ts'
import type { QuotaAlteration, QuotaDescription, QuotaFilter } from './quotas.ts'
import * as quotas from './quotas.ts'
import type { ScramAlteration, ScramCredentials } from './scram-users.ts'
import * as scramUsers from './scram-users.ts'
import type { AdminContext } from './settle.ts'

/** Quotas, passwords and ACLs; `Admin` has them with everything else. */
export abstract class AccessAdmin {
  readonly #context: AdminContext

  protected constructor(context: AdminContext) {
    assert(context.timeoutMs > 0, 'a call gets time')
    this.#context = context
  }

  /** What every call needs; not for programs. */
  protected get context(): AdminContext {
    return this.#context
  }

  /**
   * Quotas of the entities that a filter matches: all without one. `strict` leaves out entities
   * that have further parts.
   *
   * @example
   * ```ts
   * console.log(await admin.describeClientQuotas({ user: 'alice' }))
   * ```
   */
  describeClientQuotas(
    filter: QuotaFilter = {},
    options: { readonly strict?: boolean } = {},
  ): Promise<readonly QuotaDescription[]> {
    return quotas.describeClientQuotas(this.context, filter, options.strict ?? false)
  }

  /**
   * Sets quotas, or takes them away by null. Rates are in bytes a second, times in percent.
   *
   * @example
   * ```ts
   * await admin.alterClientQuotas([
   *   { entity: { user: 'alice' }, values: { producer_byte_rate: 1_048_576 } },
   * ])
   * ```
   */
  alterClientQuotas(
    alterations: readonly QuotaAlteration[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    return quotas.alterClientQuotas(this.context, alterations, options.validateOnly ?? false)
  }

  /**
   * How the passwords of these users, or of all, are stored.
   *
   * @example
   * ```ts
   * console.log(await admin.describeUserScramCredentials(['alice']))
   * ```
   */
  describeUserScramCredentials(users?: readonly string[]): Promise<readonly ScramCredentials[]> {
    return scramUsers.describeUserScramCredentials(this.context, users)
  }

  /**
   * Sets passwords of users for SCRAM, or takes them away by null. They are salted and hashed here
   * and never leave the program. RESOURCE_NOT_FOUND for a password to take away that is not there,
   * DUPLICATE_RESOURCE for a user who is named twice in one call.
   *
   * @example
   * ```ts
   * await admin.alterUserScramCredentials([
   *   { user: 'alice', mechanism: 'SCRAM-SHA-512', password: 'correct horse', iterations: 8192 },
   *   { user: 'bob', mechanism: 'SCRAM-SHA-256', password: null },
   * ])
   * ```
   */
  alterUserScramCredentials(alterations: readonly ScramAlteration[]): Promise<void> {
    return scramUsers.alterUserScramCredentials(this.context, alterations)
  }

  /**
   * ACLs that a filter matches. SECURITY_DISABLED where the broker has no authorizer.
   *
   * @example
   * ```ts
   * console.log(await admin.describeAcls({ principal: 'User:alice' }))
   * ```
   */
  describeAcls(filter: AclFilter = {}): Promise<readonly Acl[]> {
    return acls.describeAcls(this.context, filter)
  }

  /**
   * Creates ACLs.
   *
   * @example
   * ```ts
   * await admin.createAcls([
   *   {
   *     resourceType: 'topic',
   *     resourceName: 'orders',
   *     patternType: 'literal',
   *     principal: 'User:alice',
   *     host: '*',
   *     operation: 'read',
   *     permission: 'allow',
   *   },
   * ])
   * ```
   */
  createAcls(newAcls: readonly Acl[]): Promise<void> {
    return acls.createAcls(this.context, newAcls)
  }

  /**
   * Deletes the ACLs that any of the filters matches, and tells which.
   *
   * @example
   * ```ts
   * console.log(await admin.deleteAcls([{ principal: 'User:alice' }]))
   * ```
   */
  deleteAcls(filters: readonly AclFilter[]): Promise<readonly Acl[]> {
    return acls.deleteAcls(this.context, filters)
  }
}
