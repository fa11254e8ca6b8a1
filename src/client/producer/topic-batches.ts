import { assert } from '../../base/assert.ts'
import { zeroUuid } from '../../protocol/uuid.ts'
import type { Accumulator } from './accumulator.ts'
import { PartitionBatches } from './partition-batches.ts'
import type { PartitionedRecord, TopicLoad, TopicPartitioner } from './partitioner/partitioner.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { TopicView } from './producer-network.ts'

/** A topic that is produced to: its partitions, as far as they are known, and who chooses. */
export class TopicBatches implements TopicLoad {
  readonly name: string
  readonly #partitioner: TopicPartitioner
  readonly #partitions: PartitionBatches[] = []
  /** What was taken in last; the same object again is no news. */
  #view: TopicView | undefined
  #available: readonly number[] = []

  constructor(name: string, partitioner: TopicPartitioner) {
    this.name = name
    this.#partitioner = partitioner
  }

  /** Whether the brokers have told of it. */
  get isKnown(): boolean {
    return this.#view !== undefined
  }

  get partitionCount(): number {
    return this.#view?.partitions.length ?? 0
  }

  get available(): readonly number[] {
    return this.#available
  }

  queueLengths(): readonly number[] {
    return this.#partitions.slice(0, this.partitionCount).map(({ length }) => length)
  }

  /** Takes in what the brokers tell: new partitions, other leaders. */
  update(view: TopicView | undefined, accumulator: Accumulator): void {
    if (view === undefined || view === this.#view) return
    this.#view = view
    const hasId = view.id !== zeroUuid
    const count = Math.max(view.partitions.length, this.#partitions.length)
    for (let index = 0; index < count; index++) {
      const partition = this.#partitions[index] ?? new PartitionBatches(this.name, index)
      this.#partitions[index] = partition
      assert(partition.partition === index, 'a partition at its index')
      // While brokers are upgraded, one without topic ids may be the next to be asked.
      if (hasId) partition.topicId = view.id
      // A topic that was made anew may have fewer partitions: nobody leads the others.
      accumulator.moveTo(partition, view.partitions[index]?.leader ?? -1)
    }
    this.#available = this.#partitions
      .map(({ partition }) => partition)
      .filter((index) => (this.#partitions[index]?.leaderId ?? -1) >= 0)
  }

  /** The partition of a record: the one that it names, or the partitioner's. */
  partitionFor(
    record: PartitionedRecord,
    explicit: number | undefined,
  ): PartitionBatches | undefined {
    assert(this.isKnown, 'partitions are chosen once they are known')
    return this.#partitions[explicit ?? this.#partitioner.choose(record, this)]
  }

  /** A record that the partitioner placed has gone into a batch. */
  appended(batch: ProducerBatch, bytes: number): void {
    assert(bytes > 0, 'a record takes room')
    this.#partitioner.appended(batch.owner.partition, bytes, batch.isFull)
  }
}
