import { assert } from '../base/assert.ts'

/** Consecutive producer ids that nobody else will get. */
export interface ProducerIdBlock {
  readonly first: number
  readonly length: number
}

/**
 * Gives out producer ids one by one, from blocks that the controller has logged before. Ids of a
 * block that a stop cuts short are lost, which is what makes an id never return.
 */
export class ProducerIds {
  readonly #allocate: () => Promise<ProducerIdBlock>
  #next = 0
  /** Invariant: ids from #next up to here, exclusive, are ours. */
  #end = 0
  #pending: Promise<void> | undefined

  constructor(allocate: () => Promise<ProducerIdBlock>) {
    this.#allocate = allocate
  }

  /** The next id. Rejects as the allocation of a block does. */
  async next(): Promise<number> {
    // A waiter may find the new block used up by those who waited before it, hence the loop.
    while (this.#next === this.#end) {
      this.#pending ??= this.#refill()
      await this.#pending
    }
    return this.#next++
  }

  async #refill(): Promise<void> {
    try {
      const { first, length } = await this.#allocate()
      assert(length > 0 && first >= this.#end, 'blocks of producer ids ascend')
      this.#next = first
      this.#end = first + length
    } finally {
      this.#pending = undefined
    }
  }
}
