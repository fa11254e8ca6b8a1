/**
 * Sticky assignment where members want different topics: what is held stays, what is free goes to
 * the least loaded member that wants it, and then partitions move one by one as long as that makes
 * the loads more equal. If in the end they are not, the moves are undone.
 */
import { assert } from '../../../base/assert.ts'
import { MembersByLoad } from './members-by-load.ts'
import { Movements } from './movements.ts'
import type { Owner, Ownership } from './ownership.ts'
import type { PartitionIndex } from './partition-index.ts'
import { racksMatter } from './racks.ts'

/** Divides the partitions of the index; the result is each member's, by its index. */
export function assignBySearch(
  ownership: Ownership,
  index: PartitionIndex,
): readonly (readonly number[])[] {
  return new Search(ownership, index).assign()
}

class Search {
  readonly #index: PartitionIndex
  readonly #owners: readonly Owner[]
  readonly #previous: ReadonlyMap<number, number>
  readonly #wants: readonly ReadonlySet<string>[]
  /** Members that want a topic. */
  readonly #candidates = new Map<string, number[]>()
  /** All partitions, those of topics with few candidates first. */
  readonly #sorted: readonly number[]
  readonly #withRacks: boolean
  readonly #byLoad: MembersByLoad
  readonly #movements = new Map<string, Movements>()
  #assigned: number[][]
  #ownerOf = new Map<number, number>()
  /** Somebody holds what it may no longer hold, so that something moves in any case. */
  #revokes = false

  constructor(ownership: Ownership, index: PartitionIndex) {
    this.#index = index
    this.#owners = ownership.owners
    this.#previous = ownership.previous
    this.#wants = ownership.owners.map(({ topics }) => new Set(topics))
    for (const topic of index.topics) this.#candidates.set(topic, [])
    for (const [member, { topics }] of this.#owners.entries()) {
      for (const topic of topics) this.#candidates.get(topic)?.push(member)
    }
    // The sort is stable: topics with equally many candidates stay in order.
    this.#sorted = [...index.topics]
      .sort((a, b) => this.#candidatesOf(a).length - this.#candidatesOf(b).length)
      .flatMap((topic) => index.idsOf(topic))
    const racks = new Set(this.#owners.map(({ rackId }) => rackId).filter((rack) => rack !== null))
    this.#withRacks = racksMatter(racks, index.racks)
    this.#assigned = this.#owners.map(() => [])
    this.#byLoad = new MembersByLoad((member) => this.#load(member))
  }

  assign(): readonly (readonly number[])[] {
    for (const [member, { owned }] of this.#owners.entries()) this.#keepOwned(member, owned)
    for (const member of this.#owners.keys()) this.#byLoad.add(member)
    const isFirst = this.#ownerOf.size === 0
    assert(this.#byLoad.members.length === this.#owners.length, 'all members are asked')
    const free = this.#sorted.filter((id) => !this.#ownerOf.has(id))
    if (this.#withRacks) for (const id of free) this.#place(id, true)
    for (const id of free) if (!this.#ownerOf.has(id)) this.#place(id, false)
    this.#balance(free, isFirst)
    return this.#assigned
  }

  #keepOwned(member: number, owned: readonly number[]): void {
    for (const id of owned) {
      if (this.#mayHave(member, id) && this.#isNear(member, id)) {
        this.#assigned[member]?.push(id)
        assert(!this.#ownerOf.has(id), 'a partition has one owner')
        this.#ownerOf.set(id, member)
      } else this.#revokes = true
    }
  }

  /** Gives a partition to the least loaded member that may have it, if there is one. */
  #place(id: number, inRack: boolean): void {
    for (const member of this.#byLoad.members) {
      if (!this.#mayHave(member, id) || (inRack && !this.#isNear(member, id))) continue
      this.#byLoad.remove(member)
      this.#assigned[member]?.push(id)
      this.#ownerOf.set(id, member)
      this.#byLoad.add(member)
      return
    }
  }

  #balance(free: readonly number[], isFirst: boolean): void {
    const isMovable = (id: number): boolean => this.#candidatesFor(id).length >= 2
    for (const member of this.#owners.keys()) {
      if (!this.#canTakePart(member)) this.#byLoad.remove(member)
    }
    const before = { assigned: this.#assigned.map((ids) => [...ids]), ownerOf: this.#ownerOf }
    this.#ownerOf = new Map(this.#ownerOf)
    const scoreBefore = this.#score()
    if (!this.#revokes) this.#moveWhatHelps(free.filter(isMovable))
    const moved = this.#moveWhatHelps(this.#sorted.filter(isMovable))
    if (isFirst || !moved || this.#score() < scoreBefore) return
    this.#assigned = before.assigned
    this.#ownerOf = before.ownerOf
  }

  /** Whether the member may gain or lose a partition. */
  #canTakePart(member: number): boolean {
    if (this.#load(member) < this.#mostOf(member)) return true
    return this.#assigned[member]?.some((id) => this.#candidatesFor(id).length >= 2) === true
  }

  /** Sum of the differences in load between any two members that take part; 0 is perfect. */
  #score(): number {
    const loads = this.#byLoad.members.map((member) => this.#load(member)).sort((a, b) => a - b)
    assert(loads.length <= this.#owners.length, 'a member counts once')
    let score = 0
    let sum = 0
    for (const [i, load] of loads.entries()) {
      score += i * load - sum
      sum += load
    }
    return score
  }

  /** Moves partitions of the list, over and over, until nothing helps; whether any was moved. */
  #moveWhatHelps(ids: readonly number[]): boolean {
    let movedAny = false
    for (let moved = true; moved; ) {
      moved = false
      for (const id of ids) {
        if (this.#isBalanced()) break
        const to = this.#betterOwner(id)
        if (to === undefined) continue
        this.#move(id, to)
        moved = true
      }
      movedAny ||= moved
    }
    return movedAny
  }

  #betterOwner(id: number): number | undefined {
    const load = this.#load(this.#owner(id))
    const previous = this.#previous.get(id)
    const wants = this.#candidatesFor(id)
    if (previous !== undefined && wants.includes(previous) && load > this.#load(previous) + 1) {
      return previous
    }
    if (!wants.some((member) => load > this.#load(member) + 1)) return undefined
    return this.#byLoad.members.find((member) => this.#mayHave(member, id))
  }

  #move(wanted: number, to: number): void {
    const { topic } = this.#index.at(wanted)
    const movements = this.#movements.get(topic) ?? new Movements()
    this.#movements.set(topic, movements)
    const id = movements.instead(wanted, this.#owner(wanted), to)
    const from = this.#owner(id)
    if (from === to) return
    assert(this.#mayHave(to, id), 'a partition moves to who wants it')
    this.#byLoad.remove(from)
    this.#byLoad.remove(to)
    movements.record(id, from, to)
    this.#assigned[from] = this.#assigned[from]?.filter((one) => one !== id) ?? []
    this.#assigned[to]?.push(id)
    this.#ownerOf.set(id, to)
    this.#byLoad.add(to)
    this.#byLoad.add(from)
  }

  /** Whether no member could get a partition from one that has at least two more. */
  #isBalanced(): boolean {
    const members = this.#byLoad.members
    const last = members.at(-1)
    if (last === undefined) return true
    const most = this.#load(last)
    for (const member of members) {
      const load = this.#load(member)
      if (load >= most - 1) return true
      if (load === this.#mostOf(member)) continue
      for (const topic of this.#wants[member] ?? []) {
        if (this.#hasBusierOwner(topic, load + 1)) return false
      }
    }
    return true
  }

  #hasBusierOwner(topic: string, load: number): boolean {
    return this.#index.idsOf(topic).some((id) => this.#load(this.#owner(id)) > load)
  }

  #load(member: number): number {
    return this.#assigned[member]?.length ?? 0
  }

  /** How many partitions the member wants. */
  #mostOf(member: number): number {
    let most = 0
    for (const topic of this.#wants[member] ?? []) most += this.#index.countOf(topic)
    return most
  }

  #owner(id: number): number {
    const owner = this.#ownerOf.get(id)
    assert(owner !== undefined, 'a partition that somebody wants has an owner')
    return owner
  }

  #candidatesOf(topic: string): readonly number[] {
    return this.#candidates.get(topic) ?? []
  }

  #candidatesFor(id: number): readonly number[] {
    return this.#candidatesOf(this.#index.at(id).topic)
  }

  #mayHave(member: number, id: number): boolean {
    return this.#wants[member]?.has(this.#index.at(id).topic) === true
  }

  /** Whether racks do not matter, the member has none, or the partition has a replica in it. */
  #isNear(member: number, id: number): boolean {
    const rack = this.#owners[member]?.rackId ?? null
    return !this.#withRacks || rack === null || this.#index.racksOf(id).has(rack)
  }
}
