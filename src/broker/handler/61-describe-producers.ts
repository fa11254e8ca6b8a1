/** DescribeProducers: the idempotent and transactional producers that a partition remembers. */
import { assert } from '../../base/assert.ts'
import { topicNameProblem } from '../../metadata/topic-name.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeProducersPartition,
  type DescribeProducersRequest,
  type DescribeProducersResponse,
  describeProducersApi,
} from '../../protocol/generated/61-describe-producers.ts'
import type { BrokerContext } from '../context.ts'
import type { Handler } from './handler.ts'
import { ledPartition } from './led-partition.ts'

/** Handles DescribeProducers 0. */
export const describeProducers: Handler<DescribeProducersRequest, DescribeProducersResponse> = {
  api: describeProducersApi,

  handle: (request, _call, broker) =>
    answer(request, (topic, index) => describe(broker, topic, index)),

  refusal: (request, code) => answer(request, (_topic, index) => failed(index, code)),
}

function answer(
  { topics }: DescribeProducersRequest,
  partitionOf: (topic: string, index: number) => DescribeProducersPartition,
): DescribeProducersResponse {
  const described = topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => partitionOf(name, index)),
  }))
  return { throttleTimeMs: 0, topics: described }
}

function describe(broker: BrokerContext, topic: string, index: number): DescribeProducersPartition {
  if (topicNameProblem(topic) !== undefined) {
    return failed(index, ErrorCode.INVALID_TOPIC_EXCEPTION)
  }
  const led = ledPartition(broker, topic, index, -1)
  if (typeof led === 'number') return failed(index, led)
  assert(led.log.partition === index, 'a log is that of its partition')
  const activeProducers = led.log.producers().map((producer) => ({
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    lastSequence: producer.lastSequence,
    lastTimestamp: producer.lastTimestamp,
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: producer.transactionFirstOffset,
  }))
  return { ...failed(index, ErrorCode.NONE), activeProducers }
}

function failed(partitionIndex: number, errorCode: number): DescribeProducersPartition {
  return { partitionIndex, errorCode, errorMessage: null, activeProducers: [] }
}
