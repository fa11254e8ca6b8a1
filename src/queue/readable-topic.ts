/** A topic for who reads it, whether this thread has it open or another one. */
import { assert } from '../base/assert.ts'
import type { ReadableLog } from '../storage/log-store.ts'
import { LogError } from './log-error.ts'
import type { Tail } from './tail.ts'

/** A partition as it is read. */
export interface ReadablePartition {
  readonly log: ReadableLog
  readonly tail: Tail
  /** The log's error for one of the storage. */
  readonly explain: (error: unknown) => unknown
}

/** See the head of this file. */
export interface ReadableTopic {
  readonly name: string
  readonly partitions: readonly ReadablePartition[]
  /**
   * The partition of that number; without one the only one there is.
   *
   * @throws {LogError} INVALID_CONFIG
   */
  partition(index: number | undefined): ReadablePartition
}

/** What {@link ReadableTopic.partition} answers. */
export function partitionAt<Partition>(
  { name, partitions }: { readonly name: string; readonly partitions: readonly Partition[] },
  index: number | undefined,
): Partition {
  const { length } = partitions
  assert(length > 0, 'a topic has a partition')
  if (index === undefined && length > 1) {
    throw new LogError('INVALID_CONFIG', `${name} has ${length} partitions; name one.`)
  }
  const found = partitions[index ?? 0]
  if (found !== undefined) return found
  const what = `${name} has no partition ${index}`
  throw new LogError('INVALID_CONFIG', `${what}; it has 0 to ${length - 1}.`)
}
