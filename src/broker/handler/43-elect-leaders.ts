/** ElectLeaders: a single node always has the leaders that it can have. */
import { ElectionType, electionRefusal } from '../../controller/elect-leaders.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  electLeadersApi,
} from '../../protocol/generated/43-elect-leaders.ts'
import type { BrokerContext } from '../context.ts'
import type { Handler } from './handler.ts'

/** First version that asks for a type of election, and has an error code of the whole. */
const typesSince = 1

/** Handles ElectLeaders 0 to 2. */
export const electLeaders: Handler<ElectLeadersRequest, ElectLeadersResponse> = {
  api: electLeadersApi,

  handle(request, call, broker) {
    const { electionType } = request
    // Kafka looks at the type only where there is something to elect.
    if (request.topicPartitions?.length === 0) {
      return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, replicaElectionResults: [] }
    }
    const isKnown = electionType === ElectionType.PREFERRED || electionType === ElectionType.UNCLEAN
    if (!isKnown) {
      const message = `Unknown election type ${electionType}`
      return failed(request, ErrorCode.INVALID_REQUEST, message, call.version)
    }
    const replicaElectionResults =
      request.topicPartitions?.map(({ topic, partitions }) => ({
        topic,
        partitionResult: partitions.map((index) => elect(broker, topic, index, electionType)),
      })) ?? electEverywhere(broker, electionType)
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, replicaElectionResults }
  },

  refusal(request, code, call) {
    return failed(request, code, null, call.version)
  },
}

type TopicResult = ElectLeadersResponse['replicaElectionResults'][number]
type PartitionResult = TopicResult['partitionResult'][number]

function elect(
  broker: BrokerContext,
  topic: string,
  partitionId: number,
  electionType: number,
): PartitionResult {
  const { code, message } = electionRefusal(broker.image(), topic, partitionId, electionType)
  return { partitionId, errorCode: code, errorMessage: message }
}

/** Of all topics, only the partitions that would need a leader are told. */
function electEverywhere(broker: BrokerContext, electionType: number): TopicResult[] {
  return [...broker.image().topicsByName.values()].map(({ name, partitions }) => ({
    topic: name,
    partitionResult: partitions
      .map(({ index }) => elect(broker, name, index, electionType))
      .filter(({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED),
  }))
}

function failed(
  { topicPartitions }: ElectLeadersRequest,
  code: number,
  errorMessage: string | null,
  version: number,
): ElectLeadersResponse {
  return {
    throttleTimeMs: 0,
    errorCode: version >= typesSince ? code : ErrorCode.NONE,
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({
        partitionId,
        errorCode: code,
        errorMessage,
      })),
    })),
  }
}
