import { channel } from 'node:diagnostics_channel'
import { assert } from '../../base/assert.ts'
import type { TopicPartition } from '../topic-partition.ts'

/**
 * Name of the channel of `node:diagnostics_channel` on which consumers tell of partitions that
 * change hands in their groups. The messages are {@link RebalanceEvent}s.
 */
export const rebalanceChannelName = 'odradek:client:rebalance'

/**
 * Partitions that a consumer got or gave up, told when its hooks have run.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import { type RebalanceEvent, rebalanceChannelName } from 'odradek/client'
 *
 * subscribe(rebalanceChannelName, (message) => {
 *   const { groupId, generationId, assigned, revoked, isLost } = message as RebalanceEvent
 *   console.log(groupId, generationId, assigned.length, revoked.length, isLost)
 * })
 * ```
 */
export interface RebalanceEvent {
  readonly clientId: string
  readonly groupId: string
  /** Empty for one that is out of the group. */
  readonly memberId: string
  /** Of the group; -1 outside of one. */
  readonly generationId: number
  /** What it got beside what it had. */
  readonly assigned: readonly TopicPartition[]
  /** What it gave up. */
  readonly revoked: readonly TopicPartition[]
  /** The group had given it to others already: nothing could be committed. */
  readonly isLost: boolean
}

const rebalances = channel(rebalanceChannelName)

/** Tells who listens. */
export function tellRebalance(event: RebalanceEvent): void {
  assert(event.groupId !== '', 'a group has a name')
  if (event.assigned.length + event.revoked.length === 0) return
  if (rebalances.hasSubscribers) rebalances.publish(event)
}
