/**
 * Records that are kept as they are, by their identity, until something interprets them; those that
 * nobody here can read; and records that change no image.
 */
import { assert } from '../base/assert.ts'
import type { ClientQuotaRecord } from '../protocol/generated/record/metadata.ts'
import type { MetadataRecord, UnknownMetadataRecord } from '../protocol/metadata-record.ts'
import type { MetadataDelta } from './delta.ts'
import type { LoggedRecord } from './records.ts'
import { canStayUnread, familyOf } from './unread-records.ts'

/** False when the record is of another kind. */
export function applyRetainedRecord(delta: MetadataDelta, record: LoggedRecord): boolean {
  const family = familyOf(record)
  if (record.name === null || (family !== undefined && delta.hasUnread(family))) {
    assert(record.name !== null || canStayUnread(record), 'what is interpreted was refused before')
    delta.keepUnread(ownBytes(record))
    return true
  }
  switch (record.name) {
    case 'UserScramCredentialRecord':
      delta.retained.set(scramKey(record.value), ownBytes(record))
      return true
    case 'RemoveUserScramCredentialRecord':
      delta.retained.delete(scramKey(record.value))
      return true
    case 'ClientQuotaRecord':
      if (record.value.remove) delta.retained.delete(quotaKey(record.value))
      else delta.retained.set(quotaKey(record.value), ownBytes(record))
      return true
    case 'AccessControlEntryRecord':
      delta.retained.set(`acl/${record.value.id}`, ownBytes(record))
      return true
    case 'RemoveAccessControlEntryRecord':
      delta.retained.delete(`acl/${record.value.id}`)
      return true
    case 'DelegationTokenRecord':
      delta.retained.set(`token/${record.value.tokenId}`, ownBytes(record))
      return true
    case 'RemoveDelegationTokenRecord':
      delta.retained.delete(`token/${record.value.tokenId}`)
      return true
    case 'ZkMigrationStateRecord':
      delta.retained.set('zookeeper', ownBytes(record))
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
function ownBytes(record: MetadataRecord): MetadataRecord
function ownBytes(record: LoggedRecord): LoggedRecord
function ownBytes(record: LoggedRecord): LoggedRecord {
  if (record.name === null) return ownRaw(record)
  const own = record.raw === undefined ? record : { ...record, raw: ownRaw(record.raw) }
  if (own.name !== 'UserScramCredentialRecord') return own
  const { salt, storedKey, serverKey } = own.value
  const secrets = {
    salt: Uint8Array.from(salt),
    storedKey: Uint8Array.from(storedKey),
    serverKey: Uint8Array.from(serverKey),
  }
  return { ...own, value: { ...own.value, ...secrets } }
}

function ownRaw(record: UnknownMetadataRecord): UnknownMetadataRecord {
  return { ...record, bytes: Uint8Array.from(record.bytes) }
}
