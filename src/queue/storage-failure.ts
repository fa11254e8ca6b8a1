import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { type PartitionLog, StorageError } from '../storage/log-store.ts'
import { LogError, type LogErrorCode } from './log-error.ts'

const codes: ReadonlyMap<number, LogErrorCode> = new Map([
  [ErrorCode.OFFSET_OUT_OF_RANGE, 'OFFSET_OUT_OF_RANGE'],
  [ErrorCode.CORRUPT_MESSAGE, 'CORRUPT_MESSAGE'],
  [ErrorCode.RECORD_LIST_TOO_LARGE, 'MESSAGE_TOO_LARGE'],
])

/**
 * The log's error for one of its storage; any other stays as it is. `offlineReason` is that of its
 * directory, empty while that works.
 */
export function storageFailure(
  error: unknown,
  log: Pick<PartitionLog, 'topic' | 'partition' | 'online'>,
  offlineReason: string,
): unknown {
  if (!(error instanceof StorageError)) return error
  assert(error.code !== ErrorCode.NONE, 'an error has a code')
  const name = `${log.topic}-${log.partition}`
  if (offlineReason !== '') {
    return new LogError('LOG_FAILED', `${name} failed: ${offlineReason}.`, error)
  }
  if (!log.online()) return new LogError('LOG_CLOSED', `${name} is closed or deleted.`, error)
  // A directory that works refuses only for a shortage, of room or of descriptors, that passes.
  const code = codes.get(error.code) ?? 'DISK_FULL'
  return new LogError(code, `${name}: ${error.message.replace(/\.$/, '')}.`, error)
}
