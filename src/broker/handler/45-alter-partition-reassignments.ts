/** AlterPartitionReassignments: a single node moves nothing, and says so of each partition. */
import type { Refusal } from '../../controller/decision.ts'
import { reassignmentRefusal } from '../../controller/reassign-partitions.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponseInput,
  alterPartitionReassignmentsApi,
  type ReassignablePartition,
} from '../../protocol/generated/45-alter-partition-reassignments.ts'
import type { Handler } from './handler.ts'

/** Handles AlterPartitionReassignments 0 and 1. */
export const alterPartitionReassignments: Handler<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponseInput
> = {
  api: alterPartitionReassignmentsApi,

  handle(request, _call, broker) {
    const image = broker.image()
    return answer(request, ErrorCode.NONE, (name, { partitionIndex, replicas }) =>
      reassignmentRefusal(image, name, partitionIndex, replicas),
    )
  },

  refusal(request, code) {
    return answer(request, code, () => ({ code, message: '' }))
  },
}

function answer(
  { allowReplicationFactorChange, topics }: AlterPartitionReassignmentsRequest,
  errorCode: number,
  judge: (topic: string, partition: ReassignablePartition) => Refusal | undefined,
): AlterPartitionReassignmentsResponseInput {
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => {
      const refusal = judge(name, partition)
      return {
        partitionIndex: partition.partitionIndex,
        errorCode: refusal?.code ?? ErrorCode.NONE,
        errorMessage: refusal?.message ?? null,
      }
    }),
  }))
  return {
    throttleTimeMs: 0,
    // Kafka answers a request for nothing without looking at it.
    allowReplicationFactorChange: topics.length === 0 || allowReplicationFactorChange,
    errorCode,
    errorMessage: null,
    responses,
  }
}
