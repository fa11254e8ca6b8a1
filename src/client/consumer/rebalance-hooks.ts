/** What an application may do when partitions come and go. */
import type { TopicPartition } from '../topic-partition.ts'

/**
 * Called while the application waits for records; the rebalance goes on when they resolve. What
 * they throw is thrown to the application after that.
 *
 * @example
 * ```ts
 * import { Consumer } from 'odradek/client'
 *
 * const consumer = new Consumer({ bootstrapServers: ['127.0.0.1:9092'], groupId: 'g' })
 * await consumer.subscribe(['orders'], {
 *   onPartitionsRevoked: async () => consumer.commit(),
 *   onPartitionsAssigned: (partitions) => console.log(`${partitions.length} more`),
 * })
 * ```
 */
export interface RebalanceHooks {
  /** What the consumer gets in addition; also called when that is nothing. */
  onPartitionsAssigned?(partitions: readonly TopicPartition[]): void | Promise<void>
  /** What it is about to give up, at a rebalance or at its end: the last moment to commit. */
  onPartitionsRevoked?(partitions: readonly TopicPartition[]): void | Promise<void>
  /**
   * What it had and others may have already: it was too slow, or its session was over. Nothing can
   * be committed. Where it is left out, `onPartitionsRevoked` is called.
   */
  onPartitionsLost?(partitions: readonly TopicPartition[]): void | Promise<void>
}
