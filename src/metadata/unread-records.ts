/**
 * Records that this version cannot read, because their key or their version is newer than the
 * schemas: which of them can stay in the log unread, and what that means for later records.
 *
 * A record of an unknown key is kept as it stands. So is a newer version of a record that is only
 * retained (credentials, quotas, ACLs, tokens): but nobody can tell which of its family such a
 * record replaced or removed, so all later records of the family are kept behind it, in the order
 * of the log. Read again behind what was read before it, all this says the same as the log did.
 *
 * A newer version of what is interpreted (a topic, a partition, a config, a broker, a level of a
 * feature, the brackets of a transaction) cannot stay unread: the node would act on less than the
 * log says. There the start is refused.
 */
import {
  type MetadataRecordName,
  metadataRecordName,
  type UnknownMetadataRecord,
} from '../protocol/metadata-record.ts'

/** Records that can replace or remove one another. */
export type RecordFamily = 'credentials' | 'quotas' | 'acls' | 'tokens' | 'migration'

const families: { readonly [Name in MetadataRecordName]?: RecordFamily } = {
  UserScramCredentialRecord: 'credentials',
  RemoveUserScramCredentialRecord: 'credentials',
  ClientQuotaRecord: 'quotas',
  AccessControlEntryRecord: 'acls',
  RemoveAccessControlEntryRecord: 'acls',
  DelegationTokenRecord: 'tokens',
  RemoveDelegationTokenRecord: 'tokens',
  ZkMigrationStateRecord: 'migration',
}

/** The family of a record that is retained; undefined for all others. */
export function familyOf(
  record: { readonly name: MetadataRecordName } | UnknownMetadataRecord,
): RecordFamily | undefined {
  const name = record.name ?? metadataRecordName(record.key)
  return name === undefined ? undefined : families[name]
}

/** Whether a record that cannot be read changes nothing that this version acts on. */
export function canStayUnread(record: UnknownMetadataRecord): boolean {
  const name = metadataRecordName(record.key)
  return name === undefined || families[name] !== undefined
}
