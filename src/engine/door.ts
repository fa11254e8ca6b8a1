import type { Uuid } from '../protocol/uuid.ts'
import type { PartitionLog } from '../storage/log-store.ts'

/**
 * Where others reach the partitions of an engine, as a broker's data plane. An engine without one
 * serves its own process alone. None of these calls may throw.
 */
export interface Door {
  host(log: PartitionLog, leaderEpoch: number, internal: boolean): void
  /** The partition is of this engine, and its log cannot be opened. */
  hostUnavailable(topic: string, partition: number, topicId: Uuid): void
  unhost(topic: string, partition: number): void
}
