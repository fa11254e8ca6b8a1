/**
 * Metadata records and the bytes of the log: batches to append, and what stands in batches read.
 * A batch holds either metadata records or control records, never both.
 */
import { asBuffer } from '../base/as-buffer.ts'
import { assert } from '../base/assert.ts'
import {
  type ControlRecord,
  decodeControlRecord,
  encodeControlRecord,
} from '../protocol/control-record.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecords,
  type MetadataRecord,
  type MetadataRecordInput,
  metadataRecordName,
  type UnknownMetadataRecord,
} from '../protocol/metadata-record.ts'
import {
  type BatchHeader,
  batchAttributes,
  decodeBatches,
  encodeBatch,
  lastOffsetOf,
  newBatch,
  type ReadBatch,
} from '../protocol/record-batch.ts'
import { MetadataError } from './error.ts'
import { canStayUnread } from './unread-records.ts'

/** A record as the log has it: one without a name is kept and not read. */
export type LoggedRecord = MetadataRecord | UnknownMetadataRecord

/** A record to write: unread ones go back as they stood. */
export type LoggedRecordInput = MetadataRecordInput | UnknownMetadataRecord

/** What one batch of the log holds. */
export interface LogBatch {
  readonly lastOffset: number
  readonly epoch: number
  readonly timestamp: number
  readonly records: readonly LoggedRecord[]
  readonly controls: readonly ControlRecord[]
}

/** Which place in the log a batch is written for; the log itself assigns it when it appends. */
export type BatchPlace = Pick<BatchHeader, 'baseOffset' | 'partitionLeaderEpoch'>

/** The bytes of one batch of metadata records, all of the same time. */
export function encodeRecords(
  records: readonly LoggedRecordInput[],
  timestamp: number,
  place?: BatchPlace,
): Uint8Array {
  assert(records.length > 0, 'a batch of the metadata log has a record')
  const values = encodeMetadataRecords(records)
  return encodeBatch(
    newBatch(
      values.map((value) => ({ timestamp, key: null, value })),
      place,
    ),
  )
}

/** The bytes of one batch of control records, all of the same time. */
export function encodeControls(
  records: readonly ControlRecord[],
  timestamp: number,
  place?: BatchPlace,
): Uint8Array {
  assert(records.length > 0, 'a control batch has a record')
  const pairs = records.map((record) => ({ timestamp, ...encodeControlRecord(record) }))
  return encodeBatch(newBatch(pairs, { ...place, attributes: batchAttributes.control }))
}

/**
 * Reads all whole batches of a range of the log or of a snapshot file. Throws a
 * {@link MetadataError} for broken bytes, and for a record whose newer version changes what only
 * its reader knows: see `unread-records.ts`.
 */
export function decodeLog(bytes: Uint8Array): {
  readonly batches: readonly LogBatch[]
  readonly bytesRead: number
} {
  const { batches, bytesRead } = decodeLogBatches(bytes)
  return { batches: batches.map(readBatch), bytesRead }
}

/** The same, but for the records, which {@link recordsIn} and {@link controlsIn} read. */
export function decodeLogBatches(bytes: Uint8Array): {
  readonly batches: readonly ReadBatch[]
  readonly bytesRead: number
} {
  const decoded = decodeBatches(asBuffer(bytes))
  if (decoded.value === null) throw new MetadataError(`the metadata log is broken ${decoded.error}`)
  assert(decoded.value.bytesRead <= bytes.length, 'no more is read than there is')
  return decoded.value
}

function readBatch(batch: ReadBatch): LogBatch {
  return {
    lastOffset: lastOffsetOf(batch),
    epoch: batch.partitionLeaderEpoch,
    timestamp: batch.maxTimestamp,
    records: [...recordsIn(batch)],
    controls: controlsIn(batch),
  }
}

/**
 * The metadata records of a batch, none of a control batch. One after the other: a batch may hold
 * ten thousand, and of those that were applied nothing need stay. Throws as {@link decodeLog}.
 */
export function* recordsIn(batch: ReadBatch): Generator<LoggedRecord> {
  if (isControl(batch)) return
  for (const record of batch.records) {
    const offset = batch.baseOffset + record.offsetDelta
    if (record.value === null) {
      throw new MetadataError(`the metadata log has a record without value at offset ${offset}`)
    }
    const decoded = decodeMetadataRecord(record.value)
    if (decoded.value === null) throw new MetadataError(`${decoded.error} at offset ${offset}`)
    if (decoded.value.name === null && !canStayUnread(decoded.value)) {
      const { key, version } = decoded.value
      throw new MetadataError(
        `the metadata log has a ${metadataRecordName(key)} of version ${version} at offset ` +
          `${offset}, which only a newer version reads; open the data directory with that`,
      )
    }
    yield decoded.value
  }
}

/** The control records of a batch; those of unknown types are made to be passed over. */
export function controlsIn(batch: ReadBatch): ControlRecord[] {
  if (!isControl(batch)) return []
  const controls: ControlRecord[] = []
  for (const record of batch.records) {
    const decoded = decodeControlRecord(record)
    if (decoded.value === null) throw new MetadataError(decoded.error)
    if (decoded.value.name !== null) controls.push(decoded.value)
  }
  return controls
}

function isControl(batch: ReadBatch): boolean {
  return (batch.attributes & batchAttributes.control) !== 0
}
