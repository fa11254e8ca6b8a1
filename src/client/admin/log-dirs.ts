import { assert } from '../../base/assert.ts'
import { groupedBy } from '../../base/grouped.ts'
import { alterReplicaLogDirsApi } from '../../protocol/generated/34-alter-replica-log-dirs.ts'
import { describeLogDirsApi } from '../../protocol/generated/35-describe-log-dirs.ts'
import { ProtocolError } from '../error.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { ofBrokers } from './brokers.ts'
import { byTopic, onTargets, outcomesFrom } from './partitions.ts'
import { type AdminContext, ask, check, each, requireBroker, settle } from './settle.ts'

/** A log directory of a broker and what lies in it. */
export interface LogDirDescription {
  readonly broker: number
  readonly path: string
  /** What is wrong with the directory: KAFKA_STORAGE_ERROR once its disk has failed. */
  readonly error: ProtocolError | null
  /** Of the volume, in bytes; -1 when not known. */
  readonly totalBytes: number
  /** Of the volume, in bytes; -1 when not known. */
  readonly usableBytes: number
  readonly partitions: readonly LogDirPartition[]
}

/** A partition's replica in a log directory. */
export interface LogDirPartition extends TopicPartition {
  readonly sizeBytes: number
  /** How far its log end is behind the high watermark, in records. */
  readonly offsetLag: number
  /** Whether it is a copy that is to replace the current one. */
  readonly isFuture: boolean
}

/** A replica that is to lie in another directory of its broker. */
export interface ReplicaMove extends TopicPartition {
  readonly broker: number
  /** Absolute, one of the broker's `log.dirs`. */
  readonly path: string
}

/** See `Admin.describeLogDirs`. */
export function describeLogDirs(
  context: AdminContext,
  brokers: readonly number[] | undefined,
): Promise<readonly LogDirDescription[]> {
  const summary = 'Cannot describe log directories'
  return ofBrokers(context, summary, brokers, async (broker, deadline) => {
    await requireBroker(context, broker, deadline)
    const request = { topics: null }
    const response = await ask(context, broker, describeLogDirsApi, request, deadline)
    check(`Cannot describe the log directories of broker ${broker}`, response.errorCode)
    return response.results.map((one) => directoryOf(broker, one))
  })
}

/** See `Admin.alterReplicaLogDirs`. */
export async function alterReplicaLogDirs(
  context: AdminContext,
  moves: readonly ReplicaMove[],
): Promise<void> {
  const what = 'Cannot move the replica of'
  await settle(context, 'Cannot move replicas', moves, async (all, deadline) => {
    const brokers = await each(all, async ({ broker }) => {
      await requireBroker(context, broker, deadline)
      return broker
    })
    return onTargets(all, brokers, async (broker, pending) => {
      const dirs = [...groupedBy(pending, ({ path }) => path)].map(([path, items]) => ({
        path,
        topics: byTopic(items).map(({ name, items: of }) => ({
          name,
          partitions: of.map(({ partition }) => partition),
        })),
      }))
      assert(dirs.length > 0, 'nothing is asked for nothing')
      const response = await ask(context, broker, alterReplicaLogDirsApi, { dirs }, deadline)
      const topics = response.results.map(({ topicName: name, partitions }) => ({
        name,
        partitions,
      }))
      return outcomesFrom(what, pending, topics, () => ({}))
    })
  })
}

function directoryOf(
  broker: number,
  found: {
    readonly errorCode: number
    readonly logDir: string
    readonly totalBytes: number
    readonly usableBytes: number
    readonly topics: readonly {
      readonly name: string
      readonly partitions: readonly {
        readonly partitionIndex: number
        readonly partitionSize: number
        readonly offsetLag: number
        readonly isFutureKey: boolean
      }[]
    }[]
  },
): LogDirDescription {
  const { logDir: path, totalBytes, usableBytes } = found
  const partitions = found.topics.flatMap(({ name: topic, partitions: all }) =>
    all.map((one) => ({
      topic,
      partition: one.partitionIndex,
      sizeBytes: one.partitionSize,
      offsetLag: one.offsetLag,
      isFuture: one.isFutureKey,
    })),
  )
  const { errorCode } = found
  const what = `Directory ${path} of broker ${broker} cannot be used`
  const error = errorCode === 0 ? null : new ProtocolError(what, errorCode)
  return { broker, path, error, totalBytes, usableBytes, partitions }
}
