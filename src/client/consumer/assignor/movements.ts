/**
 * Which partitions a search has moved, so that it does not move one partition of a topic from A to
 * B and another one from B to A.
 */

import { assert } from '../../../base/assert.ts'

interface Movement {
  readonly from: number
  readonly to: number
}

/** Movements of the partitions of one topic, between members by their index. */
export class Movements {
  readonly #movements = new Map<number, Movement>()
  readonly #between = new Map<string, Set<number>>()

  /**
   * The partition to move instead of `id` from one member to another: one that went the other way
   * goes back, if there is one.
   */
  instead(id: number, from: number, to: number): number {
    const origin = this.#movements.get(id)?.from ?? from
    const back = this.#between.get(pairOf(to, origin))
    if (back === undefined) return id
    return Math.min(...back)
  }

  /** Notes that a partition moved. */
  record(id: number, from: number, to: number): void {
    assert(from !== to, 'a movement leads elsewhere')
    const earlier = this.#movements.get(id)
    if (earlier !== undefined) this.#forget(id, earlier)
    const origin = earlier?.from ?? from
    if (origin === to) return
    this.#movements.set(id, { from: origin, to })
    const pair = pairOf(origin, to)
    const known = this.#between.get(pair)
    if (known === undefined) this.#between.set(pair, new Set([id]))
    else known.add(id)
  }

  #forget(id: number, movement: Movement): void {
    this.#movements.delete(id)
    const pair = pairOf(movement.from, movement.to)
    const ids = this.#between.get(pair)
    ids?.delete(id)
    if (ids?.size === 0) this.#between.delete(pair)
  }
}

function pairOf(from: number, to: number): string {
  return `${from}>${to}`
}
