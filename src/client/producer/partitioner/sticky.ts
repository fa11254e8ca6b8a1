import { assert } from '../../../base/assert.ts'
import { type Random, randomBelow } from '../../../base/random.ts'
import type { PartitionedRecord, TopicLoad, TopicPartitioner } from './partitioner.ts'

/**
 * Uniform sticky partitioning (KIP-794): records go to one partition until a batch's worth of bytes
 * went there, so that batches are full; then to another, by chance. A partition with many batches
 * waiting, as behind a slow broker, is the less likely the more of them there are.
 */
export class StickyPartitioner implements TopicPartitioner {
  readonly #random: Random
  readonly #switchBytes: number
  #current = -1
  #bytes = 0

  /** @param switchBytes is the batch size. */
  constructor(random: Random, switchBytes: number) {
    assert(switchBytes > 0, 'a batch has a size')
    this.#random = random
    this.#switchBytes = switchBytes
  }

  choose(_record: PartitionedRecord, load: TopicLoad): number {
    if (this.#current < 0 || this.#current >= load.partitionCount) {
      this.#current = choose(this.#random, load)
      this.#bytes = 0
    }
    return this.#current
  }

  appended(partition: number, bytes: number, isBatchFull: boolean): void {
    if (partition !== this.#current) return
    this.#bytes += bytes
    // A batch that is not full is filled first, but not for ever: it may be sent and be followed
    // by another one at any time.
    const isOver = this.#bytes >= this.#switchBytes && isBatchFull
    if (isOver || this.#bytes >= 2 * this.#switchBytes) this.#current = -1
  }
}

function choose(random: Random, load: TopicLoad): number {
  const { available, partitionCount } = load
  if (available.length === 0) return randomBelow(random, partitionCount)
  const lengths = available.length < partitionCount ? undefined : load.queueLengths()
  const longest = lengths === undefined ? 0 : Math.max(...lengths)
  if (lengths === undefined || lengths.every((length) => length === longest)) {
    return available[randomBelow(random, available.length)] as number
  }
  // A weight of 1 for the longest queue, and one more for each batch that a queue is shorter.
  const weights = lengths.map((length) => longest + 1 - length)
  let left = randomBelow(
    random,
    weights.reduce((sum, weight) => sum + weight, 0),
  )
  for (const [at, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return available[at] as number
  }
  assert(false, 'the weights cover every number below their sum')
}
