/**
 * Keys and values of the records in `__consumer_offsets`.
 *
 *     key    int16 kind of the record, then the key's body
 *     value  int16 version, then the value's body; a null value is a tombstone
 */
import type { Decoded, RecordCodec } from './codec.ts'
import * as group from './generated/record/group.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** A record of the group coordinator's log; `value` is null when the record deletes its key. */
export type GroupRecord =
  | Pair<'OffsetCommit', group.OffsetCommitKey, group.OffsetCommitValue>
  | Pair<'GroupMetadata', group.GroupMetadataKey, group.GroupMetadataValue>
  | Pair<'LegacyOffsetCommit', group.LegacyOffsetCommitKey, group.LegacyOffsetCommitValue>

/** A record to encode: fields with a default may be left out. */
export type GroupRecordInput =
  | Pair<'OffsetCommit', group.OffsetCommitKey, group.OffsetCommitValueInput>
  | Pair<'GroupMetadata', group.GroupMetadataKey, group.GroupMetadataValueInput>

/** A record of a kind, or with a value of a version, that has no schema. */
export interface UnknownGroupRecord {
  readonly name: null
  readonly kind: number
  /** Key and value with their prefixes. */
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

interface Pair<Name, Key, Value> {
  readonly name: Name
  readonly key: Key
  /** Version of the value; 0 for a tombstone, which has none. */
  readonly version: number
  readonly value: Value | null
}

interface Kind {
  readonly name: GroupRecord['name']
  readonly key: RecordCodec<unknown, unknown>
  readonly value: RecordCodec<unknown, unknown>
}

const kinds = [
  kind('LegacyOffsetCommit', group.legacyOffsetCommitKey, group.legacyOffsetCommitValue),
  kind('OffsetCommit', group.offsetCommitKey, group.offsetCommitValue),
  kind('GroupMetadata', group.groupMetadataKey, group.groupMetadataValue),
]
const byNumber = new Map(kinds.map((one) => [one.key.key, one]))
const byName = new Map(kinds.map((one) => [one.name, one]))

/** Reads a record. What is broken is an error; what is merely unknown is kept. */
export function decodeGroupRecord(
  key: Uint8Array,
  value: Uint8Array | null,
): Decoded<GroupRecord | UnknownGroupRecord> {
  const keyReader = new Reader(key)
  const number = keyReader.int16()
  if (keyReader.error !== null) return broken('key', keyReader.error)
  const kind = byNumber.get(number)
  const unknown: UnknownGroupRecord = { name: null, kind: number, key, value }
  if (kind === undefined) return { value: unknown, error: null }
  const decodedKey = kind.key.decode(keyReader, 0)
  if (keyReader.error !== null) return broken(kind.key.name, keyReader.error)
  if (value === null) return known(kind, decodedKey, 0, null)
  const reader = new Reader(value)
  const version = reader.int16()
  if (reader.error === null && (version < 0 || version > kind.value.versionMax)) {
    return { value: unknown, error: null }
  }
  const decodedValue = reader.error === null ? kind.value.decode(reader, version) : null
  if (reader.error !== null) return broken(kind.value.name, reader.error)
  return known(kind, decodedKey, version, decodedValue)
}

/** Key and value of a record. Throws an `Error` when the version cannot carry the fields. */
export function encodeGroupRecord(record: GroupRecordInput): {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
} {
  const kind = byName.get(record.name)
  if (kind === undefined) throw new Error(`no group record is called ${record.name}`)
  const key = prefixed(kind.key, kind.key.key, 0, record.key)
  if (record.value === null) return { key, value: null }
  return { key, value: prefixed(kind.value, record.version, record.version, record.value) }
}

function prefixed(
  codec: RecordCodec<unknown, unknown>,
  prefix: number,
  version: number,
  body: unknown,
): Uint8Array {
  const writer = new Writer()
  writer.int16(prefix)
  codec.encode(writer, version, body)
  if (writer.error !== null) throw new Error(`${codec.name}: ${writer.error}`)
  return writer.finish()
}

function kind<Key, Value, ValueInput>(
  name: GroupRecord['name'],
  key: RecordCodec<Key>,
  value: RecordCodec<Value, ValueInput>,
): Kind {
  // Name, key and value belong together here and in the types of the records, nowhere else.
  return {
    name,
    key: key as RecordCodec<unknown, unknown>,
    value: value as RecordCodec<unknown, unknown>,
  }
}

function known(
  kind: Kind,
  key: unknown,
  version: number,
  value: unknown,
): Decoded<GroupRecord | UnknownGroupRecord> {
  return { value: { name: kind.name, key, version, value } as GroupRecord, error: null }
}

function broken(what: string, error: string): { readonly value: null; readonly error: string } {
  return { value: null, error: `${what}: ${error}` }
}
