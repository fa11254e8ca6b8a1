/** What a {@link LogError} may be about; the names do not change. */
export type LogErrorCode =
  /** The directory cannot be opened; the message says why, and what to do. */
  | 'NOT_OPENED'
  /** An option, or an argument of a call, that cannot be used; nothing was written. */
  | 'INVALID_CONFIG'
  /** A record that cannot be stored; of its call nothing was. */
  | 'INVALID_RECORD'
  /** A record, or the batch of a call, above `max.message.bytes`; nothing was written. */
  | 'MESSAGE_TOO_LARGE'
  /** The offset is below the log's start or above its end. */
  | 'OFFSET_OUT_OF_RANGE'
  /** What is stored there cannot be read; `odradek log verify` tells more. */
  | 'CORRUPT_MESSAGE'
  /** A deserializer refused a key or value. */
  | 'DESERIALIZATION_FAILED'
  /** The disk has no room: nothing was appended, and the same call works once it has some. */
  | 'DISK_FULL'
  /** A write or flush failed, and the store is closed; opening it again verifies what is there. */
  | 'LOG_FAILED'
  /** The queue has no room, and its consumers need what is there; nothing was put. */
  | 'QUEUE_FULL'
  /** The message is not in these hands any more: its lease ran out. */
  | 'LEASE_LOST'
  /** The log was closed or deleted, or the call's `AbortSignal` ended it. */
  | 'LOG_CLOSED'

/**
 * What every error of the embedded log is. Look at `code`, which is stable; messages are for people
 * and may change.
 *
 * @example
 * ```ts
 * import { Log, LogError } from 'odradek'
 *
 * const log = await Log.open('./data/audit')
 * await log.append({ value: 'v' }).catch((error: unknown) => {
 *   if (error instanceof LogError && error.retriable) console.log('later:', error.code)
 *   else throw error
 * })
 * await log.close()
 * ```
 */
export class LogError extends Error {
  readonly code: LogErrorCode

  constructor(code: LogErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'LogError'
    this.code = code
  }

  /** Whether the same call may succeed later without a change. */
  get retriable(): boolean {
    return this.code === 'DISK_FULL' || this.code === 'QUEUE_FULL'
  }
}
