import { assert } from '../../base/assert.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'
import type { ProducerBatch } from './producer-batch.ts'

/**
 * The batches of one partition that wait to be sent, oldest first. The last may still be filled;
 * retried ones come back to the place that they had.
 */
export class PartitionBatches {
  readonly topic: string
  readonly partition: number
  /**
   * Id of the topic as a broker told it last, all zero where none did. It is kept while the topic
   * is away: requests from version 13 of Produce on have no names.
   */
  topicId: Uuid = zeroUuid
  /** Node that leads the partition; -1 while nobody is known to. */
  leaderId = -1
  /** Batches in requests that have not been answered. */
  onWire = 0
  readonly #queue: ProducerBatch[] = []
  #ordinal = 0

  constructor(topic: string, partition: number) {
    assert(partition >= 0, 'partitions count from 0')
    this.topic = topic
    this.partition = partition
  }

  /** Batches that wait. */
  get length(): number {
    return this.#queue.length
  }

  /** The oldest batch that waits. */
  get head(): ProducerBatch | undefined {
    return this.#queue[0]
  }

  /** The batch that still takes records, if there is one. */
  get open(): ProducerBatch | undefined {
    const last = this.#queue[this.#queue.length - 1]
    return last === undefined || last.isFull ? undefined : last
  }

  /** The batches that wait, oldest first. */
  get waiting(): readonly ProducerBatch[] {
    return this.#queue
  }

  /** Place of the next new batch. */
  nextPlace(): { readonly ordinal: number; readonly span: number } {
    return { ordinal: this.#ordinal++, span: 1 }
  }

  /** Adds a new batch behind all others. */
  push(batch: ProducerBatch): void {
    assert(batch.ordinal >= (this.#queue.at(-1)?.ordinal ?? 0), 'a new batch comes last')
    this.#queue.push(batch)
  }

  /** Takes the oldest batch out; it gets no more records. */
  shift(): ProducerBatch | undefined {
    const batch = this.#queue.shift()
    if (batch !== undefined) batch.isFull = true
    return batch
  }

  /** Puts a batch that is to be sent again before all younger ones. */
  restore(batch: ProducerBatch): void {
    assert(batch.isFull, 'what was sent gets no more records')
    assert(!this.#queue.includes(batch), 'a batch waits once')
    let at = this.#queue.length
    while (at > 0 && (this.#queue[at - 1] as ProducerBatch).ordinal > batch.ordinal) at--
    this.#queue.splice(at, 0, batch)
  }

  /** Takes out the batches that `isOver` names; returns them, oldest first. */
  removeWhere(isOver: (batch: ProducerBatch) => boolean): readonly ProducerBatch[] {
    const removed = this.#queue.filter(isOver)
    if (removed.length === 0) return removed
    const kept = this.#queue.filter((batch) => !isOver(batch))
    this.#queue.splice(0, this.#queue.length, ...kept)
    for (const batch of removed) batch.isFull = true
    return removed
  }
}
