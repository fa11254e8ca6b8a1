/** The partitions of an assignment by number: 0, 1, ... in the order of topic and partition. */
import { assert } from '../../../base/assert.ts'
import { compareText, type TopicPartition } from '../../topic-partition.ts'
import type { PartitionRacks } from './assignor.ts'

/** Ids of partitions, valid within one assignment. */
export class PartitionIndex {
  /** Topics in order. */
  readonly topics: readonly string[]
  /** Number of all partitions; ids are less. */
  readonly size: number
  readonly #partitions: readonly TopicPartition[]
  readonly #racks: readonly ReadonlySet<string>[]
  readonly #first = new Map<string, number>()
  readonly #count = new Map<string, number>()

  constructor(topics: ReadonlyMap<string, PartitionRacks>) {
    const sorted = [...topics].sort(([a], [b]) => compareText(a, b))
    const partitions: TopicPartition[] = []
    const racks: ReadonlySet<string>[] = []
    for (const [topic, of] of sorted) {
      this.#first.set(topic, partitions.length)
      this.#count.set(topic, of.length)
      for (const [partition, names] of of.entries()) {
        partitions.push({ topic, partition })
        racks.push(new Set(names))
      }
    }
    this.topics = sorted.map(([topic]) => topic)
    this.size = partitions.length
    assert(racks.length === this.size, 'every partition has its racks')
    this.#partitions = partitions
    this.#racks = racks
  }

  /** The partition with this id. */
  at(id: number): TopicPartition {
    const partition = this.#partitions[id]
    assert(partition !== undefined, 'an id of this index')
    return partition
  }

  /** The id of a partition, or undefined when it does not exist. */
  idOf({ topic, partition }: TopicPartition): number | undefined {
    const first = this.#first.get(topic)
    if (first === undefined || partition < 0 || partition >= this.countOf(topic)) return undefined
    return first + partition
  }

  /** Number of a topic's partitions. */
  countOf(topic: string): number {
    return this.#count.get(topic) ?? 0
  }

  /** Ids of a topic's partitions. */
  idsOf(topic: string): number[] {
    const first = this.#first.get(topic) ?? 0
    return Array.from({ length: this.countOf(topic) }, (_, partition) => first + partition)
  }

  /** Racks that hold a replica of the partition. */
  racksOf(id: number): ReadonlySet<string> {
    const racks = this.#racks[id]
    assert(racks !== undefined, 'an id of this index')
    return racks
  }

  /** Racks of all partitions, by id. */
  get racks(): readonly ReadonlySet<string>[] {
    return this.#racks
  }
}
