/**
 * Groups of types that are not served here (KIP-848 consumer groups, share and streams groups),
 * whose records stand in a log that Apache Kafka wrote. They keep their ids, and their records stay
 * until somebody deletes the group or, where Kafka allows that, a classic group takes its place.
 *
 * The keys of all their records begin alike:
 *
 *     int16 kind   string group id   ...
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { UnknownGroupRecord } from '../../protocol/group-record.ts'
import { Reader } from '../../protocol/reader.ts'
import { Writer } from '../../protocol/writer.ts'

/** Kafka's names of the types. */
export type ForeignType = 'consumer' | 'share' | 'streams'

/**
 * Kinds of their records, in the order in which a group's have to be deleted: Apache Kafka does not
 * load a log in which a member goes before its assignment, or a group before all else that it has.
 */
const kinds: readonly (readonly [ForeignType, readonly number[]])[] = [
  ['consumer', [8, 7, 6, 5, 4, 16, 3]],
  ['share', [14, 13, 12, 10, 15, 11]],
  ['streams', [22, 21, 20, 19, 18, 23, 17]],
]

/** Kinds with the epoch of the assignment, whose deletion Kafka awaits even where there is none. */
const assignmentEpochKinds: Readonly<Record<ForeignType, number>> = {
  consumer: 6,
  share: 12,
  streams: 20,
}

const typeOf = new Map(kinds.flatMap(([type, all]) => all.map((kind) => [kind, type] as const)))

/** Kinds with one record for each member. */
const memberKinds: ReadonlySet<number> = new Set([5, 10, 19])

/** One such group. Invariant: it has a record. */
export interface ForeignGroup {
  readonly groupId: string
  readonly type: ForeignType
  /** Keys of its records, by their bytes in hexadecimal. */
  readonly keys: ReadonlyMap<string, Uint8Array>
  /** Members that its records have, whether they are still there or not. */
  readonly members: number
}

/** Keys to delete a group by, in an order in which Apache Kafka takes them. */
export function tombstoneKeys({ groupId, type, keys }: ForeignGroup): Uint8Array[] {
  const epochKey = groupKey(assignmentEpochKinds[type], groupId)
  const all = new Map([...keys, [Buffer.from(epochKey).toString('hex'), epochKey]])
  const order = kinds.find(([one]) => one === type)?.[1] ?? []
  return [...all.values()].sort((a, b) => order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)))
}

/** The foreign groups of one shard: what replaying their records gives. */
export class ForeignGroups {
  readonly #groups = new Map<string, { group: ForeignGroup; keys: Map<string, Uint8Array> }>()
  /** Nobody can give a sign of life here, so all of their members are gone after a session. */
  readonly #membersGoneAt: number

  /** `membersGoneAt`: when the sessions end of members that were there at the load; monotonic. */
  constructor(membersGoneAt: number) {
    this.#membersGoneAt = membersGoneAt
  }

  /** Applies a record of a kind without a schema; of one that nobody knows it makes nothing. */
  apply({ kind, key, value }: UnknownGroupRecord): void {
    const type = typeOf.get(kind)
    const reader = new Reader(key)
    reader.int16()
    const groupId = reader.string(false)
    if (type === undefined || reader.error !== null) return
    const hex = Buffer.from(key).toString('hex')
    const keys = this.#groups.get(groupId)?.keys ?? new Map<string, Uint8Array>()
    if (value === null) keys.delete(hex)
    else keys.set(hex, Uint8Array.from(key))
    if (keys.size === 0) {
      this.#groups.delete(groupId)
      return
    }
    const members = [...keys.values()].filter((one) => memberKinds.has(kindOf(one))).length
    this.#groups.set(groupId, { group: { groupId, type, keys, members }, keys })
  }

  get(groupId: string): ForeignGroup | undefined {
    return this.#groups.get(groupId)?.group
  }

  values(): ForeignGroup[] {
    return [...this.#groups.values()].map(({ group }) => group)
  }

  /** All records of the group have tombstones by now. */
  delete(groupId: string): void {
    this.#groups.delete(groupId)
  }

  /** Whether nobody is in the group any more. */
  isEmpty(group: ForeignGroup, now: number): boolean {
    return group.members === 0 || now >= this.#membersGoneAt
  }

  /** Whether an empty group of the classic protocol may take the place of this one. */
  joinRefusal(group: ForeignGroup, memberId: string, now: number): number {
    if (group.type === 'share' || !this.isEmpty(group, now)) {
      return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    }
    return memberId === '' ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  }

  /** Whether somebody who is no member may commit offsets in its name. */
  commitRefusal(group: ForeignGroup, generationId: number, now: number): number {
    if (group.type === 'share') return ErrorCode.GROUP_ID_NOT_FOUND
    const isAlone = generationId < 0 && this.isEmpty(group, now)
    return isAlone ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  }

  /** Whether it may be deleted. What a share group has in another topic could not be. */
  deleteRefusal(group: ForeignGroup, now: number): number {
    if (group.type === 'share') return ErrorCode.GROUP_ID_NOT_FOUND
    return this.isEmpty(group, now) ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP
  }
}

/** The key of a record that a group has once. */
function groupKey(kind: number, groupId: string): Uint8Array {
  const writer = new Writer()
  writer.int16(kind)
  writer.string(false, groupId)
  assert(writer.error === null, 'the id was read from such a key')
  return writer.finish()
}

function kindOf(key: Uint8Array): number {
  assert(key.length >= 2, 'a key has a kind')
  return new DataView(key.buffer, key.byteOffset, key.byteLength).getInt16(0)
}
