/**
 * What goes into the next request to a node. A request costs more than a few records in it: so as
 * soon as one batch is due, every partition that the node leads sends its oldest batch along,
 * whether it is full or not.
 */
import { assert } from '../../base/assert.ts'
import type { PartitionBatches } from './partition-batches.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** Bounds of one request. */
export interface DrainBounds {
  /** Most bytes of batches in one request; a batch that is larger alone goes alone. */
  readonly maxRequestSize: number
  readonly nowMs: number
  /** Whether the oldest batch of its partition may be sent at all now. */
  readonly mayTake: (batch: ProducerBatch) => boolean
}

/** What was taken, and the partitions in the order of their next turn. */
export interface Drained {
  readonly batches: readonly ProducerBatch[]
  /** Those that still have batches; who had no turn comes first. */
  readonly waiting: PartitionBatches[]
}

/** Takes at most one batch of each partition, the oldest, in the order given. */
export function drain(partitions: readonly PartitionBatches[], bounds: DrainBounds): Drained {
  const { maxRequestSize, nowMs, mayTake } = bounds
  assert(maxRequestSize > 0, 'a request has room')
  const batches: ProducerBatch[] = []
  const visited: PartitionBatches[] = []
  let bytes = 0
  let at = 0
  for (; at < partitions.length; at++) {
    const partition = partitions[at] as PartitionBatches
    const head = partition.head
    if (head === undefined) continue
    if (head.retryAtMs <= nowMs && mayTake(head)) {
      if (batches.length > 0 && bytes + head.bytes > maxRequestSize) break
      partition.shift()
      batches.push(head)
      bytes += head.bytes
    }
    if (partition.length > 0) visited.push(partition)
  }
  assert(bytes <= maxRequestSize || batches.length === 1, 'a request keeps its bound')
  return { batches, waiting: [...partitions.slice(at), ...visited] }
}

/** When batches of a node are due. */
export interface Urgency {
  readonly lingerMs: number
  /** What waits is sent at once: a flush, a close, or a full buffer. */
  readonly isUrgent: boolean
}

/**
 * When a partition next has a batch that is due, by the monotonic clock: 0 for at once, Infinity
 * where nothing waits or only an answer can change that.
 */
export function dueAtMs(
  partition: PartitionBatches,
  urgency: Urgency,
  mayTake: (batch: ProducerBatch) => boolean,
): number {
  const head = partition.head
  if (head === undefined || !mayTake(head)) return Infinity
  if (head.retryAtMs > 0) return head.retryAtMs
  if (head.isFull || partition.length > 1 || urgency.isUrgent) return 0
  return head.createdMs + urgency.lingerMs
}
