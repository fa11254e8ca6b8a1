/**
 * Logs that a thread of this process has open, for another one to read. A visitor keeps nothing
 * open: when the directory is closed, fails, or the topic is deleted, its logs are out of service
 * too, and whoever waits for them is told.
 */
import { ErrorCode } from '../protocol/error-codes.ts'
import { uuidToBytes } from '../protocol/uuid.ts'
import { type ReadableLog, StorageError } from './log-store.ts'
import { nativeStorage } from './native-binding.ts'
import { NativePartitionLog } from './native-log-store.ts'

/** A log that is visited. */
export interface OpenLog extends ReadableLog {
  /** Why its directory failed; empty where that did not. */
  offlineReason(): string
}

/** The partitions of a topic in the directory at `path`, from 0 on; none where it is not open. */
export async function findOpenLogs(
  path: string,
  topic: string,
  topicId: string,
): Promise<readonly OpenLog[]> {
  const id = new Uint8Array(16)
  if (!uuidToBytes(topicId, id)) return []
  const found = await nativeStorage().findOpenLogs(path, topic, id)
  return found.map((log, i) => new NativePartitionLog(topic, i, topicId, log, refuseCheckpoint))
}

/** Asked for by who replaces segments, which no visitor does. */
async function refuseCheckpoint(): Promise<never> {
  const message = 'the directory is open in another thread'
  throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, message)
}
