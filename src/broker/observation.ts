/**
 * A running broker as its operator looks at it: whether it is well, and what there is to count.
 * Reads what lies in memory; changes nothing and waits for no disk.
 */
import { assert } from '../base/assert.ts'
import type { Controller } from '../controller/controller.ts'
import type { CleanerStatistics } from '../engine/compaction/cleaner-figures.ts'
import type { DataDirectories } from '../engine/data-directories.ts'
import type { TopicLogs } from '../engine/topic-logs.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { DataPlane, DataPlaneStatistics, Traffic } from '../storage/data-plane.ts'
import type { LogStore, PartitionLog } from '../storage/log-store.ts'
import type { LatencyCounts } from '../telemetry/latency-histogram.ts'
import type { GroupService } from './group-service.ts'
import type { Router } from './router.ts'

/** Whether a broker can do its work. */
export interface BrokerHealth {
  /** It takes requests: it has started and is not stopping. */
  readonly serving: boolean
  /** What keeps it from doing all its work, a sentence each. */
  readonly problems: readonly string[]
}

/** A log directory of a running broker. */
export interface DirectoryState {
  /** Absolute. */
  readonly path: string
  /** Why it is not used, empty while it is. */
  readonly offlineReason: string
  /** Bytes that its disk has left; undefined where nobody can tell. */
  readonly freeBytes: number | undefined
}

/** A partition of the metadata, and its log if that is open here. */
export interface ObservedPartition {
  readonly topic: string
  readonly partition: number
  /** It has a leader. */
  readonly isOnline: boolean
  /** This broker has a replica of it, or leads it. */
  readonly isReplica: boolean
  readonly isLeader: boolean
  /** Fewer replicas are in sync than it has. */
  readonly isUnderReplicated: boolean
  readonly log:
    | Pick<
        PartitionLog,
        'logStartOffset' | 'logEndOffset' | 'highWatermark' | 'sizeBytes' | 'online'
      >
    | undefined
}

/** A group of this broker, and what it committed. */
export interface ObservedGroup {
  readonly groupId: string
  /** As ListGroups has it. */
  readonly state: string
  readonly offsets: readonly {
    readonly topic: string
    readonly partition: number
    readonly committedOffset: number
  }[]
}

/** How long the requests of one API took so far. */
export interface RequestLatency {
  /** As Kafka's metrics name it: `Metadata`. */
  readonly request: string
  readonly counts: LatencyCounts
}

/** Figures of a broker: of its sockets since the start, and of what it does by itself. */
export interface BrokerStatistics extends DataPlaneStatistics {
  /** Of compaction; undefined before it has begun, and where `log.cleaner.enable` is off. */
  readonly cleaner: CleanerStatistics | undefined
}

/** What is looked at. */
export interface ObservedBroker {
  readonly nodeId: number
  readonly directories: DataDirectories
  readonly controller: Pick<Controller, 'image'>
  readonly logs: Pick<TopicLogs, 'find'>
  readonly groups: GroupService
  readonly router: Pick<Router, 'latencies'>
  readonly dataPlane: Pick<DataPlane, 'statistics' | 'traffic' | 'latencies'>
  readonly cleaner: () => CleanerStatistics | undefined
  readonly isServing: () => boolean
}

/** The version of OffsetFetch that names topics, and takes groups. */
const offsetFetchVersion = 8

/** See the head of this file. All calls on the Node thread. */
export class BrokerObservation {
  readonly #broker: ObservedBroker

  constructor(broker: ObservedBroker) {
    this.#broker = broker
  }

  /** Whether it serves, and all its log directories with it. */
  health(): BrokerHealth {
    const offline = this.directories().filter(({ offlineReason }) => offlineReason !== '')
    const problems = offline.map(({ path, offlineReason }) => `${path}: ${offlineReason}`)
    return { serving: this.#broker.isServing(), problems }
  }

  /** Its log directories, also those that could not be opened at the start. */
  directories(): DirectoryState[] {
    const { directories } = this.#broker
    const missing = directories.missing().map((path) => {
      return { path, offlineReason: 'it could not be opened at the start', freeBytes: undefined }
    })
    return [...directories.stores().map(stateOf), ...missing]
  }

  /** Figures of this moment. */
  statistics(): BrokerStatistics {
    return { ...this.#broker.dataPlane.statistics(), cleaner: this.#broker.cleaner() }
  }

  /** What all topics moved since the start, or one since it is there. */
  traffic(topic?: string): Traffic {
    return this.#broker.dataPlane.traffic(topic)
  }

  /** Every API that was asked, Produce and Fetch always. */
  requests(): RequestLatency[] {
    const { produce, fetch } = this.#broker.dataPlane.latencies()
    const others = [...this.#broker.router.latencies].map(([name, histogram]) => {
      assert(name.length > 0, 'an API has a name')
      return { request: name, counts: histogram.counts() }
    })
    return [{ request: 'Produce', counts: produce }, { request: 'Fetch', counts: fetch }, ...others]
  }

  /** The metadata of this moment. */
  image(): MetadataImage {
    return this.#broker.controller.image
  }

  /** Every partition of an image, one after the other as they are asked for. */
  *partitions(image: MetadataImage): Generator<ObservedPartition> {
    const { nodeId, logs } = this.#broker
    for (const { name: topic, partitions } of image.topicsByName.values()) {
      for (const { index, leader, replicas, isr } of partitions) {
        const isReplica = replicas.includes(nodeId)
        yield {
          topic,
          partition: index,
          isOnline: leader >= 0,
          isReplica,
          isLeader: leader === nodeId,
          isUnderReplicated: isr.length < replicas.length,
          log: isReplica ? logs.find(topic, index) : undefined,
        }
      }
    }
  }

  /** The log of a partition that is open here. */
  log(topic: string, partition: number): ObservedPartition['log'] {
    return this.#broker.logs.find(topic, partition)
  }

  /** Every group, one after the other as they are asked for. */
  async *groups(): AsyncGenerator<ObservedGroup> {
    const coordinator = await this.#broker.groups.coordinator()
    const { groups } = await coordinator.listGroups({ statesFilter: [], typesFilter: [] })
    const caller = { version: offsetFetchVersion, clientId: '', clientHost: '' }
    for (const { groupId, groupState = '' } of groups) {
      const asked = { groupId, memberId: null, memberEpoch: -1, topics: null }
      const request = { groupId: '', topics: [], groups: [asked], requireStable: false }
      const { groups: answers = [] } = await coordinator.offsetFetch(request, caller)
      const topics = answers[0]?.topics ?? []
      const offsets = topics.flatMap(({ name = '', partitions }) =>
        partitions.map(({ partitionIndex: partition, committedOffset }) => {
          return { topic: name, partition, committedOffset }
        }),
      )
      yield { groupId, state: groupState, offsets }
    }
  }
}

function stateOf(store: LogStore): DirectoryState {
  const offlineReason = store.offlineReason()
  const isOnline = offlineReason === ''
  return { path: store.path, offlineReason, freeBytes: isOnline ? store.freeBytes() : undefined }
}
