/**
 * The value of a record in the metadata log.
 *
 *     unsigned varint  frame version, 1
 *     unsigned varint  record key, see `schema/record/metadata.ts`
 *     unsigned varint  version of the record's body
 *     ...              the body, to the end of the value
 */
import { assert } from '../base/assert.ts'
import type { Decoded, RecordCodec } from './codec.ts'
import {
  type MetadataRecordInputs,
  type MetadataRecordTypes,
  metadataRecords,
} from './generated/record/metadata.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Names of the records that have a schema. */
export type MetadataRecordName = keyof MetadataRecordTypes

/** A metadata record, told apart by `name`. */
export type MetadataRecord = {
  [Name in MetadataRecordName]: {
    readonly name: Name
    readonly version: number
    readonly value: MetadataRecordTypes[Name]
    /** The record as it stands, only where it has tagged fields that `value` lacks. */
    readonly raw?: UnknownMetadataRecord
  }
}[MetadataRecordName]

/** A metadata record to encode: fields with a default may be left out. */
export type MetadataRecordInput = {
  [Name in MetadataRecordName]: {
    readonly name: Name
    readonly version: number
    readonly value: MetadataRecordInputs[Name]
  }
}[MetadataRecordName]

/** A record as it stands: of a key or version newer than our schemas; `bytes` is the body. */
export interface UnknownMetadataRecord {
  readonly name: null
  readonly key: number
  readonly version: number
  readonly bytes: Uint8Array
}

const frameVersion = 1

/** The kind of a record by its key, whatever the version; undefined for one without a schema. */
export function metadataRecordName(key: number): MetadataRecordName | undefined {
  return byKey.get(key)?.name as MetadataRecordName | undefined
}

const byKey = new Map(metadataRecords.map((codec) => [codec.key, codec]))
const byName = new Map(metadataRecords.map((codec) => [codec.name, codec]))

/**
 * Reads the value of a metadata record. Byte fields are views of `bytes`. What is broken, or in
 * another frame version, is an error; what is merely unknown is kept.
 */
export function decodeMetadataRecord(
  bytes: Uint8Array,
): Decoded<MetadataRecord | UnknownMetadataRecord> {
  const reader = new Reader(bytes)
  const frame = reader.unsignedVarint()
  const key = reader.unsignedVarint()
  const version = reader.unsignedVarint()
  if (reader.error !== null) return broken(reader.error)
  if (frame !== frameVersion) return broken(`frame version ${frame}`)
  const start = reader.position
  const raw = (): UnknownMetadataRecord => {
    return { name: null, key, version, bytes: bytes.subarray(start) }
  }
  const codec = byKey.get(key)
  if (codec === undefined || version > codec.versionMax || version < codec.versionMin) {
    return { value: raw(), error: null }
  }
  const value = codec.decode(reader, version)
  if (reader.error === null && reader.remaining > 0) reader.fail('bytes behind the record')
  if (reader.error !== null) return broken(`${codec.name}: ${reader.error}`)
  const record = { name: codec.name, version, value } as MetadataRecord
  return { value: reader.skippedTag ? { ...record, raw: raw() } : record, error: null }
}

/**
 * The value of a metadata record, of an unknown one as it stood. Throws an `Error` when the version
 * cannot carry the fields.
 */
export function encodeMetadataRecord(
  record: MetadataRecordInput | UnknownMetadataRecord,
): Uint8Array {
  const writer = new Writer()
  writeMetadataRecord(writer, record)
  return writer.finish()
}

/** The values of many records, in one buffer. Throws as {@link encodeMetadataRecord}. */
export function encodeMetadataRecords(
  records: readonly (MetadataRecordInput | UnknownMetadataRecord)[],
): Uint8Array[] {
  const writer = new Writer(records.length * recordBytesUsual)
  const ends = records.map((record) => {
    writeMetadataRecord(writer, record)
    return writer.position
  })
  const bytes = writer.finish()
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
}

/** About as long as the record of a partition. */
const recordBytesUsual = 96

function writeMetadataRecord(
  writer: Writer,
  record: MetadataRecordInput | UnknownMetadataRecord,
): void {
  writer.unsignedVarint(frameVersion)
  if (record.name === null) {
    writer.unsignedVarint(record.key)
    writer.unsignedVarint(record.version)
    writer.raw(record.bytes)
    return
  }
  // The pair of name and value is checked by the type of `record`; the table does not know it.
  const codec = byName.get(record.name) as RecordCodec<unknown, unknown> | undefined
  assert(codec !== undefined, 'a metadata record that has a name has a codec')
  writer.unsignedVarint(codec.key)
  writer.unsignedVarint(record.version)
  codec.encode(writer, record.version, record.value)
  if (writer.error !== null) throw new Error(`${codec.name}: ${writer.error}`)
}

function broken(error: string): { readonly value: null; readonly error: string } {
  return { value: null, error: `metadata record: ${error}` }
}
