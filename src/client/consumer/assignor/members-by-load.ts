/** Members in the order of how many partitions they have, then of their index. */
import { assert } from '../../../base/assert.ts'

/** A sorted list that follows the loads; a member is taken out before its load changes. */
export class MembersByLoad {
  readonly #loadOf: (member: number) => number
  readonly #members: number[] = []

  constructor(loadOf: (member: number) => number) {
    this.#loadOf = loadOf
  }

  /** From the least to the most loaded. */
  get members(): readonly number[] {
    return this.#members
  }

  add(member: number): void {
    const place = this.#placeOf(member)
    assert(this.#members[place] !== member, 'a member is listed once')
    this.#members.splice(place, 0, member)
  }

  remove(member: number): void {
    const place = this.#placeOf(member)
    assert(this.#members[place] === member, 'a member leaves before its load changes')
    this.#members.splice(place, 1)
  }

  /** The first place whose member does not come before this one. */
  #placeOf(member: number): number {
    let low = 0
    let high = this.#members.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(this.#members[middle] ?? 0, member) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(a: number, b: number): number {
    return this.#loadOf(a) - this.#loadOf(b) || a - b
  }
}
