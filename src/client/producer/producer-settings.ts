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
