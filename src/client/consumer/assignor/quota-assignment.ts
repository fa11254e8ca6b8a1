/**
 * Sticky assignment of partitions that all members want: each gets the same number, or one more.
 * What a member holds it keeps, up to its quota; the rest goes around in turn, first to members of
 * a rack that holds a replica where racks matter.
 */
import { assert } from '../../../base/assert.ts'
import type { Owner, Ownership } from './ownership.ts'
import type { PartitionIndex } from './partition-index.ts'
import { racksMatter } from './racks.ts'

/** Partitions of each member, by its index, and those that another member must give up first. */
export interface QuotaAssignment {
  readonly assigned: readonly (readonly number[])[]
  readonly moving: ReadonlySet<number>
}

/** Divides all partitions of the index among members with equal subscriptions. */
export function assignByQuota(ownership: Ownership, index: PartitionIndex): QuotaAssignment {
  return new Quotas(ownership, index).assign()
}

class Quotas {
  readonly #index: PartitionIndex
  readonly #owners: readonly Owner[]
  readonly #contested: ReadonlySet<number>
  readonly #assigned: number[][]
  readonly #moving = new Set<number>()
  /** Who must give up a partition, unless it gets it again. */
  readonly #givenUp = new Map<number, number>()
  /** Members with less than the least that each gets; then those that may get one more. */
  readonly #hungry: number[] = []
  #content: number[] = []
  readonly #least: number
  readonly #most: number
  /** How many members may still get one more than the least. */
  #extra: number
  readonly #withRacks: boolean

  constructor(ownership: Ownership, index: PartitionIndex) {
    const { owners, contested } = ownership
    this.#index = index
    this.#owners = owners
    this.#contested = contested
    assert(owners.length > 0, 'a group has a member')
    this.#assigned = owners.map(() => [])
    this.#least = Math.floor(index.size / owners.length)
    this.#extra = index.size % owners.length
    this.#most = this.#least + (this.#extra > 0 ? 1 : 0)
    const racks = new Set(owners.map(({ rackId }) => rackId).filter((rack) => rack !== null))
    this.#withRacks = racksMatter(racks, index.racks)
  }

  assign(): QuotaAssignment {
    for (const member of this.#owners.keys()) this.#keepOwned(member)
    let free = this.#unassigned()
    if (this.#withRacks) free = this.#assignInRacks(free)
    this.#assignInTurn(free)
    assert(this.#assigned.flat().length === this.#index.size, 'every partition is assigned once')
    return { assigned: this.#assigned, moving: this.#moving }
  }

  #keepOwned(member: number): void {
    const owned: number[] = []
    for (const id of this.#owners[member]?.owned ?? []) {
      if (this.#withRacks && !this.#isNear(member, id)) this.#givenUp.set(id, member)
      else owned.push(id)
    }
    owned.sort((a, b) => {
      const byNumber = this.#index.at(a).partition - this.#index.at(b).partition
      return byNumber === 0 ? a - b : byNumber
    })
    assert(this.#most - this.#least <= 1, 'quotas differ by one at most')
    let keeps = this.#least
    if (owned.length < this.#least) {
      this.#hungry.push(member)
      keeps = owned.length
    } else if (owned.length >= this.#most && this.#extra > 0) {
      keeps = this.#most
      this.#spendExtra()
    } else if (this.#extra > 0) this.#content.push(member)
    this.#assigned[member] = owned.slice(0, keeps)
    for (const id of owned.slice(keeps)) this.#givenUp.set(id, member)
  }

  #spendExtra(): void {
    assert(this.#extra > 0, 'only so many get one more')
    this.#extra--
    if (this.#extra === 0) this.#content = []
  }

  /** In the order of ids; where members have racks, those with the fewest members near first. */
  #unassigned(): number[] {
    const taken = new Set(this.#assigned.flat())
    const free = Array.from({ length: this.#index.size }, (_, id) => id)
    const near = new Map<string, number>()
    for (const { rackId } of this.#owners) {
      if (rackId !== null) near.set(rackId, (near.get(rackId) ?? 0) + 1)
    }
    const candidates = (id: number): number => {
      let count = 0
      for (const rack of this.#index.racksOf(id)) count += near.get(rack) ?? 0
      return count
    }
    return free.filter((id) => !taken.has(id)).sort((a, b) => candidates(a) - candidates(b))
  }

  /** Returns what could not be placed near a replica. */
  #assignInRacks(free: readonly number[]): number[] {
    let next = 0
    return free.filter((id) => {
      const at = this.#nextNear(this.#hungry, next, id)
      if (at >= 0) {
        next = this.#feed(at, id)
        return false
      }
      const place = this.#nextNear(this.#content, 0, id)
      const member = this.#content[place]
      if (member === undefined) return true
      this.#give(id, member)
      this.#content.splice(place, 1)
      this.#spendExtra()
      return false
    })
  }

  /** Gives a partition to a hungry member; returns where the turn goes on. */
  #feed(at: number, id: number): number {
    const member = this.#hungry[at]
    assert(member !== undefined, 'a place among the hungry')
    let next = at + 1
    if (this.#give(id, member) >= this.#least) {
      this.#hungry.splice(at, 1)
      if (this.#extra > 0) this.#content.push(member)
      next = at
    }
    return this.#hungry.length === 0 ? 0 : next % this.#hungry.length
  }

  #assignInTurn(free: readonly number[]): void {
    let next = 0
    for (const id of free) {
      if (next >= this.#hungry.length) next = 0
      const hungry = this.#hungry[next]
      if (hungry === undefined) {
        const member = this.#content.shift()
        assert(member !== undefined, 'quotas add up to the number of partitions')
        this.#give(id, member)
      } else if (this.#give(id, hungry) === this.#least) {
        this.#hungry.splice(next, 1)
        this.#content.push(hungry)
      } else next++
    }
  }

  #nextNear(members: readonly number[], from: number, id: number): number {
    for (let i = 0; i < members.length; i++) {
      const at = (from + i) % members.length
      const member = members[at] ?? -1
      if (this.#owners[member]?.rackId !== null && this.#isNear(member, id)) return at
    }
    return -1
  }

  /** Whether the member has no rack, or the partition has a replica in it. */
  #isNear(member: number, id: number): boolean {
    const rack = this.#owners[member]?.rackId ?? null
    return rack === null || this.#index.racksOf(id).has(rack)
  }

  /** Returns how many the member then has. */
  #give(id: number, member: number): number {
    assert(member < this.#owners.length, 'a member of the group')
    const loser = this.#givenUp.get(id)
    if ((loser !== undefined && loser !== member) || this.#contested.has(id)) this.#moving.add(id)
    return this.#assigned[member]?.push(id) ?? 0
  }
}
