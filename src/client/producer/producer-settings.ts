/** The settings of a producer's core, all of them given and checked. */

import type { AccumulatorOptions } from './accumulator.ts'
import type { CompressionName } from './compressor.ts'
import type { PartitionerOption } from './partitioner/partitioner.ts'
import type { SenderOptions } from './sender.ts'

/** Sizes in bytes, times in ms; see the options of the same names. */
export interface ProducerSettings extends SenderOptions, AccumulatorOptions {
  readonly compression: CompressionName
  readonly compressionLevel: number | undefined
  readonly partitioner: PartitionerOption
  readonly maxBlockMs: number
}

/**
 * Defaults: those of Kafka's Java client, except for
 * - `lingerMs` 0: what is in flight fills the batches, and a lone record does not wait;
 * - `batchSize` 256 KiB: memory is taken as a batch grows, so a large bound costs nothing;
 * - `maxRequestSize` 1 MiB is kept: brokers take no larger batch unless told to.
 */
export const defaultSettings: ProducerSettings = {
  acks: -1,
  idempotence: true,
  maxInFlight: 5,
  maxRequestSize: 1_048_576,
  requestTimeoutMs: 30_000,
  deliveryTimeoutMs: 120_000,
  retries: 2_147_483_647,
  retryBackoffMs: 100,
  retryBackoffMaxMs: 1_000,
  batchSize: 262_144,
  lingerMs: 0,
  bufferMemory: 33_554_432,
  compression: 'none',
  compressionLevel: undefined,
  partitioner: 'default',
  maxBlockMs: 60_000,
}
