/** ListPartitionReassignments: the moves that the metadata tells of, which a cluster began. */
import type { PartitionImage } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponse,
  listPartitionReassignmentsApi,
} from '../../protocol/generated/46-list-partition-reassignments.ts'
import type { Handler } from './handler.ts'

/** Handles ListPartitionReassignments 0. */
export const listPartitionReassignments: Handler<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse
> = {
  api: listPartitionReassignmentsApi,

  handle(request, _call, broker) {
    const { topicsByName } = broker.image()
    const asked = request.topics?.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => topicsByName.get(name)?.partitions[index]),
    }))
    const topics = (asked ?? [...topicsByName.values()])
      .map(({ name, partitions }) => ({ name, partitions: partitions.flatMap(moveOf) }))
      .filter(({ partitions }) => partitions.length > 0)
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, errorMessage: null, topics }
  },

  refusal(_request, errorCode) {
    return { throttleTimeMs: 0, errorCode, errorMessage: null, topics: [] }
  },
}

type Move = ListPartitionReassignmentsResponse['topics'][number]['partitions'][number]

function moveOf(partition: PartitionImage | undefined): Move[] {
  if (partition === undefined) return []
  const { index: partitionIndex, replicas, addingReplicas, removingReplicas } = partition
  const isMoving = addingReplicas.length + removingReplicas.length > 0
  return isMoving ? [{ partitionIndex, replicas, addingReplicas, removingReplicas }] : []
}
