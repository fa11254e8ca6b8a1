/**
 * ListOffsets: the ends of a log, or the first record that is not older than a timestamp. One
 * partition that fails does not fail the others.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ListOffsetsPartition,
  type ListOffsetsPartitionResponseInput,
  type ListOffsetsRequest,
  type ListOffsetsResponseInput,
  listOffsetsApi,
} from '../../protocol/generated/02-list-offsets.ts'
import { decodeBatchHeader, lastOffsetOf } from '../../protocol/record-batch.ts'
import { type PartitionLog, type ReadLimit, StorageError } from '../../storage/log-store.ts'
import type { BrokerContext } from '../context.ts'
import type { Call, Handler } from './handler.ts'
import { type LedPartition, ledPartition } from './led-partition.ts'
import { untilReadable } from './readable-end.ts'

/** Timestamps below zero ask for something else than a time. */
const latest = -1
const earliest = -2
const ofMaxTimestamp = -3
const earliestLocal = -4

/** First version that knows each of them; the last two ask for what is in remote storage. */
const knownSince: ReadonlyMap<number, number> = new Map([
  [latest, 1],
  [earliest, 1],
  [ofMaxTimestamp, 7],
  [earliestLocal, 8],
  [-5, 9],
  [-6, 11],
])

/** First version that has leader epochs. */
const leaderEpochSince = 4

/** Who asks: ordinary clients see what is committed, replicas and debuggers everything. */
const replicaClient = -1
const isolationUncommitted = 0
const isolationCommitted = 1

/** Handles ListOffsets 1 to 11. */
export const listOffsets: Handler<ListOffsetsRequest, ListOffsetsResponseInput> = {
  api: listOffsetsApi,

  async handle(request, call, broker) {
    const limit = limitOf(request)
    const repeated = new Set<string>()
    const firsts = withoutRepeats(request, repeated)
    const topics = firsts.map(async ({ name, partitions }) => {
      const answers = partitions.map(async (asked): Promise<ListOffsetsPartitionResponseInput> => {
        return repeated.has(keyOf(name, asked))
          ? failed(asked, ErrorCode.INVALID_REQUEST)
          : answer(name, asked, limit, call, broker)
      })
      return { name, partitions: await Promise.all(answers) }
    })
    return { topics: await Promise.all(topics) }
  },

  refusal(request, code) {
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((asked) => failed(asked, code)),
      })),
    }
  },
}

/** How far the asking side may look; undefined for an isolation level that does not exist. */
function limitOf({ replicaId, isolationLevel }: ListOffsetsRequest): ReadLimit | undefined {
  if (replicaId !== replicaClient) return 'logEndOffset'
  if (isolationLevel === isolationUncommitted) return 'highWatermark'
  return isolationLevel === isolationCommitted ? 'lastStableOffset' : undefined
}

/**
 * Each topic of which there is a question once, and each of its partitions. One that is asked for
 * again goes into `repeated`: it gets one answer, and that is an error, because nobody can tell
 * which of the timestamps was meant.
 */
function withoutRepeats(
  { topics }: ListOffsetsRequest,
  repeated: Set<string>,
): ListOffsetsRequest['topics'] {
  const firsts = new Map<string, Map<number, ListOffsetsPartition>>()
  for (const { name, partitions } of topics) {
    const known = firsts.get(name) ?? new Map<number, ListOffsetsPartition>()
    firsts.set(name, known)
    for (const asked of partitions) {
      if (known.has(asked.partitionIndex)) repeated.add(keyOf(name, asked))
      else known.set(asked.partitionIndex, asked)
    }
  }
  const topicsOnce = [...firsts].map(([name, known]) => ({
    name,
    partitions: [...known.values()],
  }))
  return topicsOnce.filter(({ partitions }) => partitions.length > 0)
}

function keyOf(topic: string, { partitionIndex }: ListOffsetsPartition): string {
  return `${topic}/${partitionIndex}`
}

async function answer(
  topic: string,
  asked: ListOffsetsPartition,
  limit: ReadLimit | undefined,
  call: Call,
  broker: BrokerContext,
): Promise<ListOffsetsPartitionResponseInput> {
  const { partitionIndex, timestamp } = asked
  if (timestamp < 0 && call.version < (knownSince.get(timestamp) ?? Infinity)) {
    return failed(asked, ErrorCode.UNSUPPORTED_VERSION)
  }
  const led = ledPartition(broker, topic, partitionIndex, asked.currentLeaderEpoch)
  if (typeof led === 'number') return failed(asked, led)
  if (limit === undefined) return failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
  try {
    const found = await find(led, timestamp, limit, broker)
    const epoch = call.version >= leaderEpochSince ? { leaderEpoch: found.leaderEpoch } : {}
    const { offset } = found
    return {
      partitionIndex,
      errorCode: ErrorCode.NONE,
      offset,
      timestamp: found.timestamp,
      ...epoch,
    }
  } catch (error) {
    if (error instanceof StorageError) return failed(asked, error.code)
    broker.logger.error(`ListOffsets of ${topic}-${partitionIndex} failed`, error)
    return failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
  }
}

interface Found {
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

const nothing: Found = { offset: -1, timestamp: -1, leaderEpoch: -1 }

async function find(
  { log, leaderEpoch }: LedPartition,
  timestamp: number,
  limit: ReadLimit,
  broker: BrokerContext,
): Promise<Found> {
  if (timestamp === earliest || timestamp === earliestLocal) {
    const offset = log.logStartOffset()
    const isEmpty = offset === log.logEndOffset()
    return { offset, timestamp: -1, leaderEpoch: isEmpty ? leaderEpoch : log.leaderEpochAt(offset) }
  }
  // What remains below zero asks for remote storage, which holds nothing here.
  if (timestamp < 0 && timestamp !== latest && timestamp !== ofMaxTimestamp) return nothing
  if (limit !== 'logEndOffset') await untilReadable(log, broker.timers)
  if (timestamp === latest) return { offset: endOf(log, limit), timestamp: -1, leaderEpoch }
  if (timestamp !== ofMaxTimestamp) return firstAtLeast(log, timestamp, limit, broker)
  return ofLargest(log, limit, broker)
}

/**
 * Of a compressed batch that begins below the log start the youngest records may be deleted: then
 * what is left of it counts, and what is behind it.
 */
async function ofLargest(
  log: PartitionLog,
  limit: ReadLimit,
  broker: BrokerContext,
  from = 0,
): Promise<Found> {
  const found = await log.lookupMaxTimestamp(limit, from)
  const { compressedBatch, leaderEpoch } = found
  if (compressedBatch === undefined) return found
  const record = await broker.batchOpener.find(compressedBatch, 'largest', found.offset)
  if (record?.timestamp === found.timestamp) return { ...record, leaderEpoch }
  const behind = behindOf(compressedBatch)
  assert(behind > found.offset, 'the search goes on behind the batch')
  const rest = await ofLargest(log, limit, broker, behind)
  const isLeft = record !== undefined && record.timestamp >= rest.timestamp
  return isLeft ? { ...record, leaderEpoch } : rest
}

function behindOf(batch: Uint8Array): number {
  const header = decodeBatchHeader(batch).value
  assert(header !== null, 'a batch that was opened has a header')
  return lastOffsetOf(header) + 1
}

/** The records of a compressed batch that are young enough may all lie below the log start. */
async function firstAtLeast(
  log: PartitionLog,
  timestamp: number,
  limit: ReadLimit,
  broker: BrokerContext,
): Promise<Found> {
  for (let from = 0; ; ) {
    const found = await log.lookupTimestamp(timestamp, limit, from)
    const { compressedBatch, leaderEpoch } = found
    if (compressedBatch === undefined) return found
    const record = await broker.batchOpener.find(compressedBatch, timestamp, found.offset)
    if (record !== undefined) return { ...record, leaderEpoch }
    from = behindOf(compressedBatch)
    assert(from > found.offset, 'the search goes on behind the batch')
  }
}

function endOf(log: PartitionLog, limit: ReadLimit): number {
  switch (limit) {
    case 'highWatermark':
      return log.highWatermark()
    case 'lastStableOffset':
      return log.lastStableOffset()
    case 'logEndOffset':
      return log.logEndOffset()
  }
}

function failed(asked: ListOffsetsPartition, errorCode: number): ListOffsetsPartitionResponseInput {
  return { partitionIndex: asked.partitionIndex, errorCode }
}
