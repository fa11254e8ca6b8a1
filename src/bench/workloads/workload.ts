import type { Limit } from '../harness/limits.ts'
import type { LoadMode, LoadOptions } from '../harness/load-generator.ts'

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
  readonly load: Load
  /** Left out by --quick. */
  readonly isLong?: true
}

/** What a case does, by the client that does it. */
export type Load =
  | GeneratorLoad
  | JavaProducersLoad
  | ConsumerToolLoad
  | JavaConsumersLoad
  | RdkafkaLoad
  | ColdReaderLoad
  | LifecycleLoad

/** Where a load reads what was written before it. */
export interface Reading {
  /** That is dropped from memory before the load is measured; then it is read once. */
  readonly isCold?: true
}

/** What odradek-load does; see load/native. */
export interface GeneratorLoad extends Reading {
  readonly client: 'odradek-load'
  readonly mode: Exclude<LoadMode, 'disk' | 'scan'>
  readonly partitions: number
  /** A case that goes before, whose topic it uses; without, it has one of its own. */
  readonly continues?: string
  /** What is produced into the topic before, where the load only reads. */
  readonly data?: LoadOptions
  /** What differs in a run of the same load that goes before and is not measured. */
  readonly warmUp?: LoadOptions
  readonly load: LoadOptions
  /** A --rate that follows from what another case measured. */
  readonly rate?: RateShare
  /** Measured so many times as long as other cases: 1 by default. */
  readonly lasts?: number
  /** Also measures what the topic takes of the disk. */
  readonly watchesDisk?: true
}

/** A share of the requests per second of a case that goes before, at full speed. */
export interface RateShare {
  readonly of: string
  readonly share: number
  /** This broker's in the same turn, or the slower one's in a turn of each before the first. */
  readonly whose: 'own' | 'slower'
}

/** What so many of Kafka's own producers do in one process; see load/java. */
export interface JavaProducersLoad {
  readonly client: 'java-producers'
  readonly partitions: number
  readonly producers: number
  readonly recordBytes: number
  readonly acks: 1 | -1
  readonly lingerMs: number
}

/** What one kafka-consumer-perf-test reads. */
export interface ConsumerToolLoad extends Reading {
  readonly client: 'consumer-perf-test'
  readonly partitions: number
  /** What is produced into the topic before: these many records of this size. */
  readonly data: LoadOptions
  readonly records: number
  readonly recordBytes: number
}

/** What so many of Kafka's own consumers read in one process, each its share; see load/java. */
export interface JavaConsumersLoad extends Reading {
  readonly client: 'java-consumers'
  readonly partitions: number
  readonly consumers: number
  /** What is produced into the topic before. */
  readonly data: LoadOptions
}

/** So many records that one rdkafka_performance writes with acks=1, or reads. */
export interface RdkafkaLoad {
  readonly client: 'rdkafka-performance'
  readonly does: 'produce' | 'consume'
  readonly partitions: number
  readonly records: number
  readonly recordBytes: number
}

/**
 * What producers of odradek-load do at a rate, alone, then while a reader of it goes once through
 * what was written before and is no longer in memory, and while its scan does so without the
 * broker.
 */
export interface ColdReaderLoad {
  readonly client: 'cold-reader'
  /** Of the producers' topic; what is read has one, as one connection reads it. */
  readonly partitions: number
  /** What is written before, and read. */
  readonly data: LoadOptions
  readonly producers: LoadOptions
  /** What differs in a run of the producers that goes before and is not measured. */
  readonly warmUp: LoadOptions
  readonly reader: LoadOptions
}

/**
 * Starts, stops and kills of brokers that the case starts itself, see recovery/ and
 * partitions/: never of one that runs. A workload has only such cases, or none of them.
 */
export type LifecycleLoad =
  | { readonly client: 'restart'; readonly gib: number; readonly partitions: number }
  | { readonly client: 'partitions'; readonly topics: number; readonly partitions: number }

/** Something that people do with a broker, as data: what is set, sent and to be reached. */
export interface Workload {
  readonly name: string
  /** What of the world it stands for, in a sentence. */
  readonly standsFor: string
  readonly durability: Durability
  /** Further configs of its topics. */
  readonly topicConfigs?: Readonly<Record<string, string>>
  /** Configs of the brokers, which --set may still change: not for a broker that runs. */
  readonly settings?: Readonly<Record<string, string>>
  /** In the order in which they run on one start of a broker; none measures the start alone. */
  readonly cases: readonly WorkloadCase[]
  readonly targets: readonly Target[]
  /** The figure that the chart shows. */
  readonly chart: string
}
