/**
 * Records that are kept as they are, by their identity, until something interprets them; and
 * records that change no image.
 */
import type {
  ClientQuotaRecord,
  UserScramCredentialRecord,
} from '../protocol/generated/record/metadata.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { MetadataDelta } from './delta.ts'

/** False when the record is of another kind. */
export function applyRetainedRecord(delta: MetadataDelta, record: MetadataRecord): boolean {
  switch (record.name) {
    case 'UserScramCredentialRecord':
      delta.retained.set(scramKey(record.value), { ...record, value: ownBytes(record.value) })
      return true
    case 'RemoveUserScramCredentialRecord':
      delta.retained.delete(scramKey(record.value))
      return true
    case 'ClientQuotaRecord':
      if (record.value.remove) delta.retained.delete(quotaKey(record.value))
      else delta.retained.set(quotaKey(record.value), record)
      return true
    case 'AccessControlEntryRecord':
      delta.retained.set(`acl/${record.value.id}`, record)
      return true
    case 'RemoveAccessControlEntryRecord':
      delta.retained.delete(`acl/${record.value.id}`)
      return true
    case 'DelegationTokenRecord':
      delta.retained.set(`token/${record.value.tokenId}`, record)
      return true
    case 'RemoveDelegationTokenRecord':
      delta.retained.delete(`token/${record.value.tokenId}`)
      return true
    case 'ZkMigrationStateRecord':
      delta.retained.set('zookeeper', record)
      return true
    case 'NoOpRecord':
    case 'BeginTransactionRecord':
    case 'EndTransactionRecord':
    case 'AbortTransactionRecord':
      return true
    default:
      return false
  }
}

function scramKey(record: { readonly name: string; readonly mechanism: number }): string {
  return `scram/${record.mechanism}/${record.name}`
}

/** Entities name each of their types once, in any order. */
function quotaKey(record: ClientQuotaRecord): string {
  const parts = record.entity.map((part) => JSON.stringify([part.entityType, part.entityName]))
  return `quota/${parts.sort().join()}/${record.key}`
}

/** Byte fields are views of a frame or file that will not stay. */
function ownBytes(record: UserScramCredentialRecord): UserScramCredentialRecord {
  return {
    ...record,
    salt: Uint8Array.from(record.salt),
    storedKey: Uint8Array.from(record.storedKey),
    serverKey: Uint8Array.from(record.serverKey),
  }
}
