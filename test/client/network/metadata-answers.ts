/** Answers to Metadata as tests need them. */
import type {
  MetadataResponse,
  MetadataResponsePartition,
  MetadataResponseTopic,
} from '../../../src/protocol/generated/03-metadata.ts'

export function partitionOf(
  partitionIndex: number,
  leaderId: number,
  leaderEpoch: number,
): MetadataResponsePartition {
  const nodes = [leaderId]
  return {
    errorCode: 0,
    partitionIndex,
    leaderId,
    leaderEpoch,
    replicaNodes: nodes,
    isrNodes: nodes,
    offlineReplicas: [],
  }
}

export function topicOf(
  name: string,
  partitions: readonly MetadataResponsePartition[],
): MetadataResponseTopic {
  return {
    errorCode: 0,
    name,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAw',
    isInternal: false,
    partitions,
    topicAuthorizedOperations: 0,
  }
}

/** Brokers 1 and 2, of which 1 takes requests for the controller. */
export function answerOf(topics: readonly MetadataResponseTopic[]): MetadataResponse {
  return {
    throttleTimeMs: 0,
    brokers: [1, 2].map((nodeId) => ({ nodeId, host: '127.0.0.1', port: nodeId, rack: null })),
    clusterId: 'cluster',
    controllerId: 1,
    topics,
    clusterAuthorizedOperations: 0,
    errorCode: 0,
  }
}
