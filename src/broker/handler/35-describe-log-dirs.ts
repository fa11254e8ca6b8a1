/** DescribeLogDirs: what lies in each log directory, and how much room its disk has. */
import { assert } from '../../base/assert.ts'
import type { DescribedDirectory } from '../../engine/data-directories.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponseInput,
  type DescribeLogDirsResultInput,
  describeLogDirsApi,
} from '../../protocol/generated/35-describe-log-dirs.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import type { BrokerContext } from '../context.ts'
import type { Handler } from './handler.ts'

/** Handles DescribeLogDirs 1 to 5. Every directory is named, also if nothing asked for is in it. */
export const describeLogDirs: Handler<DescribeLogDirsRequest, DescribeLogDirsResponseInput> = {
  api: describeLogDirsApi,

  handle({ topics }, _call, broker) {
    const asked = topics === null ? undefined : namesOf(topics)
    const logs = openLogs(broker)
    const cordoned = broker.image().brokers.get(broker.nodeId)?.cordonedDirectories ?? []
    const results = broker.directories.describe().map((directory) => {
      if (directory.disk === undefined) return failed(directory.path)
      const own = logs.filter(
        ({ topic, partition }) =>
          broker.directories.pathOf(topic, partition) === directory.path &&
          (asked === undefined || asked.has(`${topic}-${partition}`)),
      )
      const isCordoned = directory.id !== undefined && cordoned.includes(directory.id)
      return describe(directory, own, isCordoned)
    })
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, results }
  },

  // Before version 3 only a directory can say that something failed.
  refusal: (_request, errorCode, { version }) => {
    const results = version < 3 ? [{ errorCode, logDir: '', topics: [] }] : []
    return { throttleTimeMs: 0, errorCode, results }
  },
}

function namesOf(topics: NonNullable<DescribeLogDirsRequest['topics']>): ReadonlySet<string> {
  return new Set(
    topics.flatMap(({ topic, partitions }) => partitions.map((index) => `${topic}-${index}`)),
  )
}

function openLogs(broker: BrokerContext): PartitionLog[] {
  return [...broker.image().topicsByName.values()].flatMap(({ name, partitions }) =>
    partitions.flatMap(({ index }) => broker.logs.find(name, index) ?? []),
  )
}

function describe(
  { path, disk }: DescribedDirectory,
  logs: readonly PartitionLog[],
  isCordoned: boolean,
): DescribeLogDirsResultInput {
  assert(disk !== undefined, 'only a directory that works is described')
  const byTopic = new Map<string, PartitionLog[]>()
  for (const log of logs) {
    const known = byTopic.get(log.topic)
    if (known === undefined) byTopic.set(log.topic, [log])
    else known.push(log)
  }
  return {
    errorCode: ErrorCode.NONE,
    logDir: path,
    topics: [...byTopic].map(([name, own]) => ({
      name,
      partitions: own.map((log) => ({
        partitionIndex: log.partition,
        partitionSize: log.sizeBytes(),
        offsetLag: 0, // of the leader's log, which never is behind itself
        isFutureKey: false,
      })),
    })),
    totalBytes: disk.totalBytes,
    usableBytes: disk.usableBytes,
    isCordoned,
  }
}

function failed(logDir: string): DescribeLogDirsResultInput {
  return { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir, topics: [] }
}
