/**
 * OffsetForLeaderEpoch: where the records of a leader epoch end. A consumer whose position lies
 * behind that knows that the log was cut, and an answer of -1 makes it reset its position.
 */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type EpochEndOffsetInput,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponseInput,
  type OffsetForLeaderPartition,
  offsetForLeaderEpochApi,
} from '../../protocol/generated/23-offset-for-leader-epoch.ts'
import type { BrokerContext } from '../context.ts'
import type { Handler } from './handler.ts'
import { type LedPartition, ledPartition } from './led-partition.ts'

/** Handles OffsetForLeaderEpoch 2 to 4. */
export const offsetForLeaderEpoch: Handler<
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponseInput
> = {
  api: offsetForLeaderEpochApi,

  handle(request, _call, broker) {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((asked) => answer(topic, asked, broker)),
      })),
    }
  },

  refusal(request, errorCode) {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
      })),
    }
  },
}

function answer(
  topic: string,
  { partition, currentLeaderEpoch, leaderEpoch }: OffsetForLeaderPartition,
  broker: BrokerContext,
): EpochEndOffsetInput {
  const led = ledPartition(broker, topic, partition, currentLeaderEpoch)
  if (typeof led === 'number') return { partition, errorCode: led }
  return { partition, errorCode: ErrorCode.NONE, ...endOf(led, leaderEpoch) }
}

/**
 * As if each leader noted the start of its epoch at once, which Apache Kafka does: our logs know
 * an epoch from its first record on, so the current one may be missing there.
 */
function endOf(
  { log, leaderEpoch: current }: LedPartition,
  asked: number,
): { readonly leaderEpoch: number; readonly endOffset: number } {
  const logEnd = log.logEndOffset()
  if (asked === -1 || asked > current) return { leaderEpoch: -1, endOffset: -1 }
  // Below all others: it ends where the first one begins, which the log start moves along.
  if (asked < -1) return { leaderEpoch: asked, endOffset: log.logStartOffset() }
  if (asked === current) return { leaderEpoch: current, endOffset: logEnd }
  const found = log.endOffsetOf(asked)
  if (found.endOffset !== -1) return found
  // All records are of earlier epochs than the one asked for, or there are none.
  const isEmpty = logEnd === log.logStartOffset()
  return { leaderEpoch: isEmpty ? asked : log.leaderEpochAt(logEnd - 1), endOffset: logEnd }
}
