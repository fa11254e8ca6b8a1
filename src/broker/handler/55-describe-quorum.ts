/** DescribeQuorum: who votes on the metadata log. This node is the only voter, and leads. */
import { metadataTopic } from '../../metadata/topic-name.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeQuorumRequest,
  type DescribeQuorumResponseInput,
  describeQuorumApi,
} from '../../protocol/generated/55-describe-quorum.ts'
import type { BrokerContext } from '../context.ts'
import type { Call, Handler } from './handler.ts'

/** First version with directory ids and addresses of the voters. */
const addressesSince = 2

/** Handles DescribeQuorum 0 to 2. */
export const describeQuorum: Handler<DescribeQuorumRequest, DescribeQuorumResponseInput> = {
  api: describeQuorumApi,

  handle(request, call, broker) {
    const [topic, ...others] = request.topics
    if (topic === undefined) return { errorCode: ErrorCode.NONE, errorMessage: '', topics: [] }
    const [partition] = topic.partitions
    const isMetadata =
      others.length === 0 &&
      topic.topicName === metadataTopic &&
      topic.partitions.length === 1 &&
      partition?.partitionIndex === 0
    return isMetadata ? described(call, broker) : unknown(request)
  },

  refusal(_request, errorCode) {
    return { errorCode, errorMessage: null, topics: [] }
  },
}

type PartitionResult = DescribeQuorumResponseInput['topics'][number]['partitions'][number]

function described(call: Call, broker: BrokerContext): DescribeQuorumResponseInput {
  const { controller, nodeId } = broker
  const image = broker.image()
  const now = broker.clock.now()
  const hasAddresses = call.version >= addressesSince
  const voter = image.quorum.voters.find(({ voterId }) => voterId === nodeId)
  const self = {
    replicaId: nodeId,
    ...(hasAddresses ? { replicaDirectoryId: controller.properties.directoryId } : {}),
    logEndOffset: controller.logEndOffset,
    // A leader has always just caught up with itself.
    lastFetchTimestamp: now,
    lastCaughtUpTimestamp: now,
  }
  const partition: PartitionResult = {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId: nodeId,
    leaderEpoch: image.epoch,
    highWatermark: image.offset + 1,
    currentVoters: [self],
    observers: [],
  }
  // Where the voters stand in configuration files, the controller's registration has the address.
  const listeners = voter?.endpoints ?? image.controllers.get(nodeId)?.listeners ?? []
  const addresses = listeners.map(({ name, host, port }) => ({ name, host, port }))
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: [{ topicName: metadataTopic, partitions: [partition] }],
    ...(hasAddresses ? { nodes: [{ nodeId, listeners: addresses }] } : {}),
  }
}

/** Only the metadata log has voters, and only it may be asked for. */
function unknown({ topics }: DescribeQuorumRequest): DescribeQuorumResponseInput {
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        errorMessage: `Only partition 0 of ${metadataTopic} has voters; ask for it alone.`,
        leaderId: 0,
        leaderEpoch: 0,
        highWatermark: 0,
        currentVoters: [],
        observers: [],
      })),
    })),
  }
}
