/**
 * From one image to the next: records are applied to a delta, and the delta is finished into an
 * image. Maps are copied when the first record touches them, so a delta costs what it changes plus
 * one copy of each map it touches; replaying a whole log goes through one delta.
 */
import { assert } from '../base/assert.ts'
import type { KRaftVersionRecord, VotersRecord } from '../protocol/generated/record/control.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { Uuid } from '../protocol/uuid.ts'
import { applyBrokerRecord } from './apply-broker.ts'
import { applyConfigRecord } from './apply-config.ts'
import { applyRetainedRecord } from './apply-retained.ts'
import { applyTopicRecord } from './apply-topic.ts'
import type { ConfigTexts } from './config/broker-config.ts'
import { MetadataError } from './error.ts'
import type { BrokerImage, ControllerImage, MetadataImage, TopicImage } from './image.ts'
import type { LoggedRecord } from './records.ts'
import { familyOf, type RecordFamily } from './unread-records.ts'

/** Where in the metadata log an image ends. */
export interface LogPosition {
  readonly offset: number
  readonly epoch: number
  readonly timestamp: number
}

/** What changed between two images, for those who follow them. */
export interface MetadataChanges {
  readonly createdTopics: readonly TopicImage[]
  /** As they were. */
  readonly deletedTopics: readonly TopicImage[]
  /** Topics that existed and have other partitions now; as they are. */
  readonly changedTopics: readonly TopicImage[]
  /** Keys of {@link MetadataImage.configs} whose configs are others now. */
  readonly changedConfigs: ReadonlySet<string>
  readonly brokersChanged: boolean
  readonly featuresChanged: boolean
}

/** A copy-on-first-write view of a map. */
class Overlay<K, V> {
  #map: ReadonlyMap<K, V>
  #own: Map<K, V> | undefined

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map
  }

  get touched(): boolean {
    return this.#own !== undefined
  }

  get size(): number {
    return (this.#own ?? this.#map).size
  }

  get(key: K): V | undefined {
    return (this.#own ?? this.#map).get(key)
  }

  values(): Iterable<V> {
    return (this.#own ?? this.#map).values()
  }

  set(key: K, value: V): void {
    this.#writable().set(key, value)
  }

  delete(key: K): boolean {
    return this.get(key) !== undefined && this.#writable().delete(key)
  }

  finish(): ReadonlyMap<K, V> {
    return this.#own ?? this.#map
  }

  #writable(): Map<K, V> {
    this.#own ??= new Map(this.#map)
    return this.#own
  }
}

/** See the head of this file. Of use once: after {@link finish} it must not be touched again. */
export class MetadataDelta {
  readonly base: MetadataImage
  readonly features: Overlay<string, number>
  readonly controllers: Overlay<number, ControllerImage>
  readonly brokers: Overlay<number, BrokerImage>
  /** Invariant: the same objects as in `topicsById`. */
  readonly topicsByName: Overlay<string, TopicImage>
  readonly topicsById: Overlay<Uuid, TopicImage>
  readonly configs: Overlay<string, ConfigTexts>
  readonly retained: Overlay<string, MetadataRecord>
  readonly changedConfigs: Set<string> = new Set()
  producerIds: MetadataImage['producerIds']
  quorum: MetadataImage['quorum']
  /** Ids of topics that a record touched. */
  readonly touchedTopics: Set<Uuid> = new Set()
  /** Of the base until the first record is kept unread, then its own. */
  #unread: readonly LoggedRecord[]
  #ownUnread: LoggedRecord[] | undefined
  #unreadFamilies: Set<RecordFamily | undefined> | undefined
  #finished = false

  constructor(base: MetadataImage) {
    this.base = base
    this.features = new Overlay(base.features)
    this.controllers = new Overlay(base.controllers)
    this.brokers = new Overlay(base.brokers)
    this.topicsByName = new Overlay(base.topicsByName)
    this.topicsById = new Overlay(base.topicsById)
    this.configs = new Overlay(base.configs)
    this.retained = new Overlay(base.retained)
    this.producerIds = base.producerIds
    this.quorum = base.quorum
    this.#unread = base.unread
  }

  /**
   * Applies one record. Throws a {@link MetadataError} when it contradicts what came before. The
   * records that bracket a transaction are the replay's business and change nothing here.
   */
  apply(record: LoggedRecord): void {
    assert(!this.#finished, 'a finished delta gets no more records')
    const applied =
      (record.name !== null &&
        (applyTopicRecord(this, record) ||
          applyConfigRecord(this, record) ||
          applyBrokerRecord(this, record))) ||
      applyRetainedRecord(this, record)
    assert(applied, 'every record is applied by somebody')
  }

  /** Keeps a record behind all that are kept already. It must own its bytes. */
  keepUnread(record: LoggedRecord): void {
    assert(!this.#finished, 'a finished delta gets no more records')
    this.#ownUnread ??= [...this.#unread]
    this.#unread = this.#ownUnread
    this.#ownUnread.push(record)
    this.#unreadFamilies?.add(familyOf(record))
  }

  /** Whether records of this family are kept unread, so that later ones have to stand behind. */
  hasUnread(family: RecordFamily): boolean {
    this.#unreadFamilies ??= new Set(this.#unread.map(familyOf))
    return this.#unreadFamilies.has(family)
  }

  /** Applies a control record that changes the level of `kraft.version`. */
  applyKRaftVersion(record: KRaftVersionRecord): void {
    assert(!this.#finished, 'a finished delta gets no more records')
    this.quorum = { ...this.quorum, version: record.kRaftVersion }
  }

  /** Applies a control record that replaces the set of voters. */
  applyVoters(record: VotersRecord): void {
    assert(!this.#finished, 'a finished delta gets no more records')
    this.quorum = { ...this.quorum, voters: record.voters }
  }

  /** The image after all records, the last of which stood at `position`. */
  finish(position: LogPosition): MetadataImage {
    assert(!this.#finished, 'a delta is finished once')
    assert(position.offset >= this.base.offset, 'an image never goes back in the log')
    this.#finished = true
    assert(this.topicsByName.size === this.topicsById.size, 'every topic has a name and an id')
    for (const id of this.touchedTopics) requireAllPartitions(this.topicsById.get(id))
    return {
      ...position,
      quorum: this.quorum,
      features: this.features.finish(),
      controllers: this.controllers.finish(),
      brokers: this.brokers.finish(),
      topicsByName: this.topicsByName.finish(),
      topicsById: this.topicsById.finish(),
      configs: this.configs.finish(),
      producerIds: this.producerIds,
      retained: this.retained.finish(),
      unread: this.#unread,
    }
  }

  /** What the records changed so far, compared with the base. */
  changes(): MetadataChanges {
    const createdTopics: TopicImage[] = []
    const deletedTopics: TopicImage[] = []
    const changedTopics: TopicImage[] = []
    for (const id of this.touchedTopics) {
      const before = this.base.topicsById.get(id)
      const after = this.topicsById.get(id)
      if (before === undefined && after !== undefined) createdTopics.push(after)
      else if (before !== undefined && after === undefined) deletedTopics.push(before)
      else if (before !== after && after !== undefined) changedTopics.push(after)
    }
    return {
      createdTopics,
      deletedTopics,
      changedTopics,
      changedConfigs: this.changedConfigs,
      brokersChanged: this.brokers.touched,
      featuresChanged: this.features.touched,
    }
  }
}

/** Applies a list of records that end at `position`. */
export function applyRecords(
  image: MetadataImage,
  records: readonly MetadataRecord[],
  position: LogPosition,
): { readonly image: MetadataImage; readonly changes: MetadataChanges } {
  const delta = new MetadataDelta(image)
  for (const record of records) delta.apply(record)
  return { image: delta.finish(position), changes: delta.changes() }
}

/** A snapshot lists partitions in any order, so gaps can only be judged at the end. */
function requireAllPartitions(topic: TopicImage | undefined): void {
  if (topic === undefined) return
  for (let index = 0; index < topic.partitions.length; index++) {
    if (topic.partitions[index] !== undefined) continue
    throw new MetadataError(`topic '${topic.name}' has no partition ${index} in the metadata log`)
  }
}
