/** A topic that another thread of this process has open: what a {@link SharedLog} leads to. */
import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { StorageError } from '../storage/log-store.ts'
import { findOpenLogs, type OpenLog } from '../storage/open-logs.ts'
import { LogError } from './log-error.ts'
import { partitionAt, type ReadablePartition, type ReadableTopic } from './readable-topic.ts'
import { storageFailure } from './storage-failure.ts'
import { Tail } from './tail.ts'

/**
 * Where a log is, for other threads of its process: what `Log.share` gives, to be handed on by
 * `workerData` or `postMessage`. Means nothing to another process.
 */
export interface SharedLog {
  /** Absolute path of its directory. */
  readonly directory: string
  readonly name: string
  /** Of its topic, which a topic of the same name that is made later does not have. */
  readonly topicId: string
  /** What a compressed batch may become, in bytes. */
  readonly maxUncompressedBatchBytes: number
}

/** See the head of this file. Has the partitions that were open when it was found. */
export class SharedTopic implements ReadableTopic {
  readonly name: string
  readonly partitions: readonly ReadablePartition[]

  private constructor(name: string, logs: readonly OpenLog[]) {
    assert(logs.length > 0, 'a topic has a partition')
    this.name = name
    this.partitions = logs.map((log, index) => {
      assert(log.partition === index, 'partitions come in their order')
      const explain = (error: unknown): unknown => storageFailure(error, log, log.offlineReason())
      return { log, tail: new Tail(log), explain }
    })
  }

  /** @throws {LogError} LOG_CLOSED, LOG_FAILED */
  static async find({ directory, name, topicId }: SharedLog): Promise<SharedTopic> {
    const logs = await findOpenLogs(directory, name, topicId)
    if (logs.length === 0) {
      const what = `The log ${name} of ${directory} is not open in this process`
      throw new LogError('LOG_CLOSED', `${what}: it was closed or deleted.`)
    }
    const topic = new SharedTopic(name, logs)
    for (const index of logs.keys()) topic.partition(index)
    return topic
  }

  /** @throws {LogError} INVALID_CONFIG; LOG_CLOSED, LOG_FAILED once the owner has it no more */
  partition(index: number | undefined): ReadablePartition {
    const found = partitionAt(this, index)
    if (found.log.online()) return found
    const error = new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'it is not in service any more')
    throw found.explain(error)
  }
}
