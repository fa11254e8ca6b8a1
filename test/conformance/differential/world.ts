/** What both brokers hold, as far as the requests that are made up have to know it. */
import { type Random, randomBelow } from '../../../src/base/random.ts'
import { pick } from '../malformed/mutations.ts'
import type { IdPairs, Ref } from './ids.ts'

/** A topic that is there. */
export interface Topic {
  readonly name: string
  readonly id: Ref
  readonly partitions: number
}

/** Somebody who is, was or may become a member of a group; sends by a connection of its own. */
export interface Member {
  readonly slot: string
  readonly group: string
  readonly instance: string | null
  id: Ref | ''
  generation: number
  /** Whom the leader has to give an assignment; empty for all others. */
  followers: readonly (Ref | string)[]
}

/** A producer with an id, and what it sends next. */
export interface Producer {
  readonly id: Ref
  readonly epoch: number
  /** By topic and partition. */
  readonly sequences: Map<string, number>
}

/** A fetch session. */
export interface FetchSession {
  readonly id: Ref
  epoch: number
}

const groupsMax = 4
const membersMax = 3
const keptMax = 6

/** Grows by what both brokers answered alike. */
export class World {
  readonly ids: IdPairs
  readonly random: Random
  topics: readonly Topic[] = []
  readonly groups = new Set<string>()
  readonly members: Member[] = []
  readonly producers: Producer[] = []
  readonly sessions: FetchSession[] = []
  /** Slots whose last request has no answer yet. */
  readonly busy = new Set<string>()
  /** Topics whose batches the brokers may have compressed anew, by name. */
  readonly recompressed = new Set<string>()
  /** Topics and groups in which the brokers differ already, by name. */
  readonly tainted = new Set<string>()
  /** Member ids by group and instance id, with a slash between. */
  readonly instances = new Map<string, string>()
  /** Who led the last generation of a group, by its name. */
  readonly #leaders = new Map<string, { readonly member: string; hasLeft: boolean }>()
  /** Log end offsets by topic and partition, as far as they are known. */
  readonly ends = new Map<string, number>()
  #names = 0

  constructor(ids: IdPairs, random: Random) {
    this.ids = ids
    this.random = random
  }

  below(bound: number): number {
    return randomBelow(this.random, bound)
  }

  /** True in so many of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  pick<T>(items: readonly T[]): T {
    return pick(items, this.random)
  }

  /** A name that was not there before. */
  newName(prefix: string): string {
    return `${prefix}${++this.#names}`
  }

  topic(): Topic | undefined {
    return this.topics.length === 0 ? undefined : this.pick(this.topics)
  }

  partition(topic: Topic): number {
    return this.chance(97) ? this.below(topic.partitions) : topic.partitions
  }

  /** The log end offset of a partition, or 0. */
  end(topic: Topic, partition: number): number {
    return this.ends.get(`${topic.name}-${partition}`) ?? 0
  }

  /** An offset of a partition: within, at its ends or beside. */
  offset(topic: Topic, partition: number): number {
    const end = this.end(topic, partition)
    if (this.chance(20)) return this.pick([0, end, end + 1, end - 1, -1, -2])
    return this.below(end + 1)
  }

  /** A group, at times a new one. */
  group(): string {
    if (this.groups.size < groupsMax || this.chance(2)) {
      const name = this.newName('group-')
      this.groups.add(name)
      for (let n = 0; n < membersMax; n++) this.members.push(newMember(name, n))
    }
    return this.pick([...this.groups])
  }

  /** A member of a group that has no request under way. */
  member(): Member | undefined {
    this.group()
    const free = this.members.filter(({ slot }) => !this.busy.has(slot))
    return free.length === 0 ? undefined : this.pick(free)
  }

  /** Both have told who leads a group. */
  leads(group: string, member: string): void {
    this.#leaders.set(group, { member, hasLeft: false })
  }

  /** Both have let a member go. */
  left(group: string, member: string): void {
    const leader = this.#leaders.get(group)
    if (leader?.member === member) leader.hasLeft = true
  }

  /** True if the leader of a group's last generation is gone. */
  isLeaderless(group: string): boolean {
    return this.#leaders.get(group)?.hasLeft === true
  }

  forgetGroup(name: string): void {
    this.groups.delete(name)
    const rest = this.members.filter((member) => member.group !== name)
    this.members.splice(0, this.members.length, ...rest)
  }

  keep<T>(list: T[], item: T): void {
    list.push(item)
    if (list.length > keptMax) list.shift()
  }

  /** Leaves a topic or group alone from now on. */
  taint(name: string): void {
    this.tainted.add(name)
    this.topics = this.topics.filter((topic) => topic.name !== name)
    this.forgetGroup(name)
    // A session goes on telling of its topics.
    this.sessions.splice(0)
  }
}

function newMember(group: string, n: number): Member {
  const instance = n === 2 ? `${group}-static` : null
  return { slot: `${group}/${n}`, group, instance, id: '', generation: -1, followers: [] }
}

/** A topic by all the names that requests have for one; each API takes its own. */
export function naming(topic: Topic): object {
  const { name, id } = topic
  return { name, topic: name, topicName: name, topicId: id }
}
