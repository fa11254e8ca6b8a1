/**
 * Appends a coordinator's records and tells when they are committed. State changes by replaying a
 * record, and an answer waits until the record cannot be lost: so every write is append, wait for
 * the high watermark, then go on.
 */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { encodeBatch, newBatch } from '../protocol/record-batch.ts'
import { type PartitionLog, StorageError } from '../storage/log-store.ts'

/** A record as bytes; a null value deletes its key. */
export interface LogRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** One partition of a coordinator's topic. Writes are committed in the order of the calls. */
export class LogWriter {
  readonly #log: PartitionLog
  readonly #clock: Clock

  constructor(log: PartitionLog, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Appends the records as one batch, all or none; resolves with an error code when committed. */
  async write(records: readonly LogRecord[]): Promise<number> {
    if (records.length === 0) return ErrorCode.NONE
    const timestamp = this.#clock.now()
    try {
      const batch = encodeBatch(newBatch(records.map((record) => ({ timestamp, ...record }))))
      const { baseOffset, lastOffset, requiredHighWatermark } = this.#log.append(batch)
      assert(lastOffset - baseOffset + 1 === records.length, 'each record has its offset')
      assert(requiredHighWatermark > lastOffset, 'what is waited for takes in the last record')
      await this.#log.committed(requiredHighWatermark)
      return ErrorCode.NONE
    } catch (error) {
      return error instanceof StorageError ? coordinatorError(error.code) : rethrow(error)
    }
  }
}

function rethrow(error: unknown): never {
  throw error
}

/**
 * How a failure of the coordinator's own log looks to a client of the group, as in Apache Kafka.
 */
function coordinatorError(code: number): number {
  switch (code) {
    case ErrorCode.KAFKA_STORAGE_ERROR:
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
      return ErrorCode.NOT_COORDINATOR
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
      return ErrorCode.INVALID_COMMIT_OFFSET_SIZE
    default:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
  }
}
