/**
 * All metadata of the cluster at one offset of the metadata log. An image never changes; a later
 * one shares what stayed the same, so whoever holds one has a consistent view for as long as it
 * likes.
 */

import type { Voter } from '../protocol/generated/record/control.ts'
import type { MetadataRecord, UnknownMetadataRecord } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import type { ConfigTexts } from './config/broker-config.ts'
import { queueStateTopic } from './topic-name.ts'

/** One partition of a topic, as the controller decided it. */
export interface PartitionImage {
  readonly index: number
  /** Brokers that hold a copy, the preferred leader first. */
  readonly replicas: readonly number[]
  /** Log directory of each replica, in the order of `replicas`; empty in metadata before 3.7. */
  readonly directories: readonly Uuid[]
  /** Replicas that have all committed records. */
  readonly isr: readonly number[]
  /** Out of the ISR, yet known to have all committed records. */
  readonly elr: readonly number[]
  /** The last leader known, while ISR and ELR are both empty. */
  readonly lastKnownElr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  /** -1: none. */
  readonly leader: number
  /** 1 while a leader that was elected uncleanly recovers, else 0. */
  readonly leaderRecoveryState: number
  /** Invariant: grows with every change of `leader`. */
  readonly leaderEpoch: number
  /** Invariant: grows with every change of the partition. */
  readonly partitionEpoch: number
}

/** One topic. Its configs are in {@link MetadataImage.configs}. */
export interface TopicImage {
  readonly name: string
  readonly id: Uuid
  /** Invariant: the partition of index i stands at i. */
  readonly partitions: readonly PartitionImage[]
}

/** Where a broker or controller can be reached under one listener name. */
export interface ListenerImage {
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

/** Levels of a feature that a node can work with. */
export interface FeatureRange {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** The registration of one broker. */
export interface BrokerImage {
  readonly id: number
  /** Offset of the registering record. */
  readonly epoch: number
  /** New with every start of the broker. */
  readonly incarnationId: Uuid
  readonly listeners: readonly ListenerImage[]
  readonly features: readonly FeatureRange[]
  readonly rack: string | null
  /** A fenced broker leads nothing and is shown to no client. */
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  readonly directories: readonly Uuid[]
  /** Directories that get no new partitions; null in metadata before 4.3. */
  readonly cordonedDirectories: readonly Uuid[] | null
}

/** The registration of one controller. */
export interface ControllerImage {
  readonly id: number
  readonly incarnationId: Uuid
  readonly zkMigrationReady: boolean
  readonly listeners: readonly ListenerImage[]
  readonly features: readonly FeatureRange[]
}

/** Who votes on the metadata log, as its control records say. */
export interface QuorumImage {
  /** Level of `kraft.version`; from 1 on the voters stand in the log. */
  readonly version: number
  readonly voters: readonly Voter[]
}

/** The next producer id to give out, and to whom the last block went. */
export interface ProducerIdsImage {
  readonly next: number
  readonly brokerId: number
  readonly brokerEpoch: number
}

/** See the head of this file. */
export interface MetadataImage {
  /** Offset of the last record in it, -1 for none. */
  readonly offset: number
  /** Leader epoch of that record's batch. */
  readonly epoch: number
  /** Timestamp of that batch. */
  readonly timestamp: number
  readonly quorum: QuorumImage
  /** Finalised level of each feature but `kraft.version`; level 0 is absent. */
  readonly features: ReadonlyMap<string, number>
  readonly controllers: ReadonlyMap<number, ControllerImage>
  readonly brokers: ReadonlyMap<number, BrokerImage>
  readonly topicsByName: ReadonlyMap<string, TopicImage>
  readonly topicsById: ReadonlyMap<Uuid, TopicImage>
  /** By {@link configKey}. A resource without configs is absent. */
  readonly configs: ReadonlyMap<string, ConfigTexts>
  /** Undefined until the first block was given out. */
  readonly producerIds: ProducerIdsImage | undefined
  /**
   * Records that no field here interprets (credentials, quotas, ACLs, tokens), by their identity: a
   * snapshot must not lose them. What the quotas mean: `quotasOf`.
   */
  readonly retained: ReadonlyMap<string, MetadataRecord>
  /**
   * Records that only a newer version reads, in the order of the log, and what came behind them in
   * their families: a snapshot has them at its end. See `unread-records.ts`.
   */
  readonly unread: readonly (MetadataRecord | UnknownMetadataRecord)[]
}

/** Nothing at all: before the first record. */
export const emptyImage: MetadataImage = {
  offset: -1,
  epoch: 0,
  timestamp: 0,
  quorum: { version: 0, voters: [] },
  features: new Map(),
  controllers: new Map(),
  brokers: new Map(),
  topicsByName: new Map(),
  topicsById: new Map(),
  configs: new Map(),
  producerIds: undefined,
  retained: new Map(),
  unread: [],
}

/** Kinds of resources that have configs, by Kafka's numbers. */
export const ResourceType = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const

/** The key of a resource in {@link MetadataImage.configs}. */
export function configKey(resourceType: number, resourceName: string): string {
  return `${resourceType}/${resourceName}`
}

/** The configs set on a resource; empty for one that has none or does not exist. */
export function configsOf(
  image: MetadataImage,
  resourceType: number,
  resourceName: string,
): ConfigTexts {
  return image.configs.get(configKey(resourceType, resourceName)) ?? noConfigs
}

const noConfigs: ConfigTexts = new Map()

/** What coordinators keep their state in. */
export const coordinatorTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Topics of the node's own: clients may not produce to them, and see them marked. */
export const internalTopics: ReadonlySet<string> = new Set([...coordinatorTopics, queueStateTopic])

/** Number of partitions of all topics together. */
export function partitionCount(image: MetadataImage): number {
  let count = 0
  for (const topic of image.topicsByName.values()) count += topic.partitions.length
  return count
}
