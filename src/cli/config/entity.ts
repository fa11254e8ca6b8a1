import type { ConfigResourceType, QuotaEntity } from '../../client/index.ts'

/** What has configs at a cluster, by the words of the command line. */
export const entityKinds = [
  'topic',
  'broker',
  'broker-logger',
  'group',
  'client-metrics',
  'user',
  'client-id',
  'ip',
] as const

/** One of {@link entityKinds}. */
export type EntityKind = (typeof entityKinds)[number]

/** Whose configs a command is about. */
export interface Entity {
  readonly kind: EntityKind
  /** Undefined for all of the kind; null for what applies to those without configs of their own. */
  readonly name: string | null | undefined
  /** Of a user: only what holds for it with this client id. */
  readonly clientId: string | undefined
}

/** Kinds that have quotas, and no other configs. */
type QuotaKind = 'user' | 'client-id' | 'ip'

/** Whether a kind has quotas. */
export function hasQuotas(kind: EntityKind): kind is QuotaKind {
  return kind === 'user' || kind === 'client-id' || kind === 'ip'
}

/** Whether a kind has configs. */
export function hasConfigs(kind: EntityKind): kind is ConfigResourceType {
  return !hasQuotas(kind)
}

/** `topic orders`, `broker (default)`, `user alice, client-id till` */
export function entityInWords({ kind, name, clientId }: Entity): string {
  const own = `${kind} ${name ?? '(default)'}`
  return clientId === undefined ? own : `${own}, client-id ${clientId}`
}

/** Whose quota a quota is, as an entity. */
export function entityOfQuota(kind: EntityKind, quota: QuotaEntity): Entity {
  const { user, ip, 'client-id': clientId } = quota
  if (kind === 'user') {
    return { kind, name: user ?? null, clientId: clientId ?? undefined }
  }
  return { kind, name: (kind === 'ip' ? ip : clientId) ?? null, clientId: undefined }
}
