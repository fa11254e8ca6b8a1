import { assert } from '../../base/assert.ts'
import type { BatchBuilder } from '../../record/batch-builder.ts'
import type { Deliveries } from './delivery.ts'
import type { PartitionBatches } from './partition-batches.ts'
import type { SequencedBatch } from './sequences.ts'

/** A batch of one partition from its first record until its outcome is known. */
export class ProducerBatch implements SequencedBatch {
  readonly owner: PartitionBatches
  readonly builder: BatchBuilder
  /** Who waits for its records. */
  readonly deliveries: Deliveries
  /** When its first record came, by the monotonic clock. */
  readonly createdMs: number
  /** Place among the batches of its partition; parts of one that was split share its span. */
  readonly ordinal: number
  /** The batch owns the places from `ordinal` up to `ordinal + span`. */
  readonly span: number
  /** No record is added any more. */
  isFull = false
  /** Its outcome is known, or it was replaced by its parts. */
  isDone = false
  /** Part of a request that has not been answered. */
  isOnWire = false
  /** Writes of its bytes that have not ended: above 0 a socket may read them. */
  writes = 0
  /** A request with it got no clear answer: it may be stored, whatever later answers say. */
  isFateUnknown = false
  /** See {@link SequencedBatch}; it neither waits in its partition nor is it under way then. */
  isAside = false
  /** Requests that it was part of. */
  attempts = 0
  /** Not sent before this moment of the monotonic clock; above 0 it is a retry. */
  retryAtMs = 0
  producerId = -1
  producerEpoch = -1
  baseSequence = -1
  isSequenceReset = false
  /** The bytes to send where they are not the builder's own: compressed, or being compressed. */
  compressed: Buffer | undefined

  constructor(
    owner: PartitionBatches,
    builder: BatchBuilder,
    deliveries: Deliveries,
    createdMs: number,
    place: { readonly ordinal: number; readonly span: number },
  ) {
    assert(place.span > 0, 'a batch has a place of its own')
    this.owner = owner
    this.builder = builder
    this.deliveries = deliveries
    this.createdMs = createdMs
    this.ordinal = place.ordinal
    this.span = place.span
  }

  get recordsCount(): number {
    return this.builder.recordsCount
  }

  /** Bytes that it takes of a request; uncompressed as long as nobody has compressed it. */
  get bytes(): number {
    return this.compressed?.length ?? this.builder.bytes
  }
}
