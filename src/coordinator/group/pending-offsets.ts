/**
 * Offsets that transactions have written and not yet committed, while a log is replayed. Pure.
 *
 * Of a partition's commits the one that stands last in the log counts, as in Apache Kafka, and a
 * transaction's stands where it was written, not where its marker is: what comes later, committed,
 * makes an earlier pending one void.
 */
import { assert } from '../../base/assert.ts'
import type { CommittedOffset, OffsetTable } from './offsets.ts'

interface Pending {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly value: CommittedOffset
  /** Offset of the record in the coordinator's log. */
  readonly at: number
}

/** What open transactions wrote, by producer id. */
export class PendingOffsets {
  /** Invariant: no map in it is empty. */
  readonly #producers = new Map<number, Map<string, Pending>>()

  /** Notes what a transaction of `producerId` wrote at offset `at` of the coordinator's log. */
  add(
    producerId: number,
    group: string,
    topic: string,
    partition: number,
    value: CommittedOffset,
    at: number,
  ): void {
    assert(producerId >= 0, 'a transaction has a producer')
    const pending = this.#producers.get(producerId) ?? new Map<string, Pending>()
    const key = keyOf(group, topic, partition)
    assert((pending.get(key)?.at ?? -1) < at, 'a log is replayed in its order')
    pending.set(key, { group, topic, partition, value, at })
    this.#producers.set(producerId, pending)
  }

  /** Ends a transaction: what it wrote goes to `offsets`, unless a later commit is there. */
  commit(producerId: number, offsets: OffsetTable): void {
    const pending = this.#producers.get(producerId)
    this.#producers.delete(producerId)
    for (const { group, topic, partition, value, at } of pending?.values() ?? []) {
      offsets.apply(group, topic, partition, value)
      this.supersede(group, topic, partition, at)
    }
  }

  /** Ends a transaction: what it wrote never was. */
  abort(producerId: number): void {
    this.#producers.delete(producerId)
  }

  /** A commit or a tombstone at offset `at` counts now: what is pending from before it does not. */
  supersede(group: string, topic: string, partition: number, at: number): void {
    if (this.#producers.size === 0) return
    const key = keyOf(group, topic, partition)
    for (const [producerId, pending] of this.#producers) {
      if ((pending.get(key)?.at ?? Infinity) > at) continue
      pending.delete(key)
      if (pending.size === 0) this.#producers.delete(producerId)
    }
  }
}

/** A group id may hold any character. */
function keyOf(group: string, topic: string, partition: number): string {
  return JSON.stringify([group, topic, partition])
}
