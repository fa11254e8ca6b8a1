/** The settings of a consumer, all of them given and checked. */
import type { Checksum } from '../../record/batch-header.ts'
import type { RecordHeader } from '../../record/headers.ts'
import type { Deserializer } from '../../record/serializer.ts'
import type { SerializationError } from '../error.ts'
import type { BackoffOptions } from '../network/backoff.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { Assignor } from './assignor/assignor.ts'
import type { OffsetReset } from './offset-reset.ts'

/** A record of which key or value could not be deserialised, as it was fetched. */
export interface RawRecord extends TopicPartition {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/**
 * What to do about a record that a deserializer refuses: `fail` throws, and the record comes again
 * until `seek` passes it; `skip` passes it; a function is told of it and passes it, unless it
 * throws.
 */
export type OnDeserializeError =
  | 'fail'
  | 'skip'
  | ((error: SerializationError, record: RawRecord) => void)

/** Times in ms, sizes in bytes; see the options of the same names. */
export interface ConsumerSettings {
  readonly clientId: string
  /** Null: no group, so that only `assign` works and nothing is committed. */
  readonly groupId: string | null
  readonly groupInstanceId: string | null
  /** `Infinity` turns it off. */
  readonly autoCommitIntervalMs: number
  readonly autoOffsetReset: OffsetReset
  readonly readCommitted: boolean
  readonly partitionAssignors: readonly Assignor[]
  /** Null: none. */
  readonly rackId: string | null
  readonly excludeInternalTopics: boolean
  readonly fetchMinBytes: number
  readonly fetchMaxWaitMs: number
  readonly fetchMaxBytes: number
  readonly maxPartitionFetchBytes: number
  readonly maxPollRecords: number
  readonly maxPollIntervalMs: number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly requestTimeoutMs: number
  readonly defaultApiTimeoutMs: number
  readonly metadataMaxAgeMs: number
  readonly retryBackoff: BackoffOptions
  /** Undefined: checksums are not compared. */
  readonly checksum: Checksum | undefined
  /** Undefined: bytes as they are. */
  readonly keyDeserializer: Deserializer<unknown> | undefined
  readonly valueDeserializer: Deserializer<unknown> | undefined
  readonly onDeserializeError: OnDeserializeError
}
