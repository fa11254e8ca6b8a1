/** What tools outside the broker use of Kafka's formats. */
export { type ControlRecord, decodeControlRecord } from './control-record.ts'
export { crc32c } from './crc32c.ts'
export { ErrorCode, type ErrorInfo, errorInfo } from './error-codes.ts'
export { type MetadataResponseTopic, metadataApi } from './generated/03-metadata.ts'
export { createTopicsApi } from './generated/19-create-topics.ts'
export { deleteTopicsApi } from './generated/20-delete-topics.ts'
export { describeConfigsApi } from './generated/32-describe-configs.ts'
export { decodeGroupRecord, type GroupRecord } from './group-record.ts'
export { decodeMetadataRecord, type MetadataRecord } from './metadata-record.ts'
export {
  producerSnapshotVersion,
  readSnapshotEntry,
  readSnapshotHead,
  snapshotCrcMatches,
} from './producer-snapshot.ts'
export { Reader } from './reader.ts'
export {
  type BatchCompression,
  type BatchRecord,
  batchAttributes,
  batchHeaderBytes,
  batchOverheadBytes,
  codecOf,
  crcMatches,
  decodeBatch,
  decodeBatchHeader,
  lastOffsetOf,
  offsetOf,
  type ReadBatch,
  type ReadBatchHeader,
  timestampOf,
} from './record-batch.ts'
export { type Uuid, zeroUuid } from './uuid.ts'
