import type { Limit } from '../harness/budget.ts'
import type { LoadOptions } from '../harness/load-generator.ts'

/** What a workload asks of an answer, the same of both brokers: configs of its topics. */
export type Durability = 'page-cache' | 'flush-each'

/**
 * A figure that is to be reached: a bound on our median, or on the median of how many times the
 * other broker's figure ours is. Without a case it is a figure of the broker's start and memory.
 */
export interface Target extends Limit {
  readonly timesAtLeast?: number
  readonly timesAtMost?: number
}

/** One load on a broker that is up: a row of the workload's table. */
export interface WorkloadCase {
  readonly name: string
  readonly load: GeneratorLoad
}

/** What odradek-load does; see bench/native. */
export interface GeneratorLoad {
  readonly client: 'odradek-load'
  readonly mode: 'produce' | 'fetch'
  readonly partitions: number
  /** What is produced into the topic before, where the load only reads. */
  readonly data?: LoadOptions
  /** What differs in a run of the same load that goes before and is not measured. */
  readonly warmUp?: LoadOptions
  readonly load: LoadOptions
}

/** Something that people do with a broker, as data: what is set, sent and to be reached. */
export interface Workload {
  readonly name: string
  /** What of the world it stands for, in a sentence. */
  readonly standsFor: string
  readonly durability: Durability
  /** In the order in which they run on one start of a broker; none measures the start alone. */
  readonly cases: readonly WorkloadCase[]
  readonly targets: readonly Target[]
  /** The figure that the chart shows. */
  readonly chart: string
}
