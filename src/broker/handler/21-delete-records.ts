/**
 * DeleteRecords: what lies before an offset is gone for consumers at once, and from the disk when
 * whole segments are below it.
 */
import { topicSettings } from '../../metadata/config/topic-settings.ts'
import { configsOf, internalTopics, ResourceType } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DeleteRecordsPartition,
  type DeleteRecordsPartitionResult,
  type DeleteRecordsRequest,
  type DeleteRecordsResponse,
  deleteRecordsApi,
} from '../../protocol/generated/21-delete-records.ts'
import { StorageError } from '../../storage/log-store.ts'
import type { BrokerContext } from '../context.ts'
import type { Handler } from './handler.ts'
import { ledPartition } from './led-partition.ts'
import { untilReadable } from './readable-end.ts'

/** The offset that stands for the high watermark. */
const highWatermark = -1

/** Handles DeleteRecords 0 to 2. The answer of each partition is where its log now starts. */
export const deleteRecords: Handler<DeleteRecordsRequest, DeleteRecordsResponse> = {
  api: deleteRecordsApi,

  async handle(request, _call, broker) {
    const topics = [...partitionsByTopic(request)].map(async ([name, asked]) => {
      const answers = [...asked.values()].map((partition) => deleteBefore(name, partition, broker))
      return { name, partitions: await Promise.all(answers) }
    })
    return { throttleTimeMs: 0, topics: await Promise.all(topics) }
  },

  refusal(request, code) {
    const topics = [...partitionsByTopic(request)].map(([name, asked]) => ({
      name,
      partitions: [...asked.values()].map((partition) => failed(partition, code)),
    }))
    return { throttleTimeMs: 0, topics }
  },
}

/** Each partition once: of a partition that stands twice, the last offset counts. */
function partitionsByTopic({
  topics,
}: DeleteRecordsRequest): ReadonlyMap<string, ReadonlyMap<number, DeleteRecordsPartition>> {
  const byTopic = new Map<string, Map<number, DeleteRecordsPartition>>()
  for (const { name, partitions } of topics) {
    if (partitions.length === 0) continue
    const asked = byTopic.get(name) ?? new Map<number, DeleteRecordsPartition>()
    for (const partition of partitions) asked.set(partition.partitionIndex, partition)
    byTopic.set(name, asked)
  }
  return byTopic
}

async function deleteBefore(
  topic: string,
  asked: DeleteRecordsPartition,
  broker: BrokerContext,
): Promise<DeleteRecordsPartitionResult> {
  const { partitionIndex, offset } = asked
  const led = ledPartition(broker, topic, partitionIndex, -1)
  if (led === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return failed(asked, led)
  if (internalTopics.has(topic)) return failed(asked, ErrorCode.INVALID_TOPIC_EXCEPTION)
  if (typeof led === 'number') return failed(asked, led)
  const texts = configsOf(broker.image(), ResourceType.TOPIC, topic)
  const { compacted, deleted } = topicSettings(texts, broker.config())
  if (compacted && !deleted) {
    return failed(asked, ErrorCode.POLICY_VIOLATION)
  }
  const { log } = led
  try {
    // What is committed already can go at once.
    const isBehind = offset !== highWatermark && offset <= log.highWatermark()
    if (!isBehind) await untilReadable(log, broker.timers)
    const from = offset === highWatermark ? log.highWatermark() : offset
    if (from < 0 || from > log.highWatermark()) return failed(asked, ErrorCode.OFFSET_OUT_OF_RANGE)
    const lowWatermark = await log.deleteUpTo(from)
    return { partitionIndex, lowWatermark, errorCode: ErrorCode.NONE }
  } catch (error) {
    if (error instanceof StorageError) return failed(asked, error.code)
    broker.logger.error(`DeleteRecords of ${topic}-${partitionIndex} failed`, error)
    return failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
  }
}

function failed(
  { partitionIndex }: DeleteRecordsPartition,
  errorCode: number,
): DeleteRecordsPartitionResult {
  return { partitionIndex, lowWatermark: -1, errorCode }
}
