import type { LoggedRecordInput } from '../../src/metadata/records.ts'
import type { MetadataRecordInput } from '../../src/protocol/metadata-record.ts'

/** Records of which this version has to know every one. */
export function readRecords(records: readonly LoggedRecordInput[]): MetadataRecordInput[] {
  return records.map((record) => {
    if (record.name === null) throw new Error(`a record of unknown key ${record.key}`)
    return record
  })
}
