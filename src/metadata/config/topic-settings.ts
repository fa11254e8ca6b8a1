/**
 * A topic's configs as plain numbers and flags, for whoever keeps its log. The first part has the
 * shape of the storage port's `LogConfig`; Infinity means no bound.
 */
import { assert } from '../../base/assert.ts'
import type { BrokerConfig, ConfigTexts } from './broker-config.ts'
import { topicConfigValue } from './topic-config.ts'

/** What is in force for one topic. */
export interface TopicSettings {
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  readonly flushMessages: number
  readonly flushMs: number
  readonly producerIdExpirationMs: number
  readonly fileDeleteDelayMs: number
  readonly maxMessageBytes: number
  /** `cleanup.policy` holds `compact`: records need keys. */
  readonly compacted: boolean
  readonly logAppendTime: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** Codec id 0 to 4 that stored batches have, -1 for the producer's own. */
  readonly targetCodec: number
  /** Level of that codec, 0 where it has none that could be set. */
  readonly targetLevel: number
  /** Whether compressed batches are opened and checked whole before they are appended. */
  readonly openCompressed: boolean

  /** `cleanup.policy` holds `delete`: retention applies. */
  readonly deleted: boolean
  readonly retentionMs: number
  readonly retentionBytes: number
  readonly deleteRetentionMs: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly minCleanableDirtyRatio: number
  readonly minInsyncReplicas: number
  readonly uncleanLeaderElection: boolean
  readonly preallocate: boolean
}

const codecIds: ReadonlyMap<string, number> = new Map([
  ['producer', -1],
  ['uncompressed', 0],
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
])

/** The config of a codec's level, by the codec's id. */
const levelNames: ReadonlyMap<number, string> = new Map([
  [1, 'compression.gzip.level'],
  [4, 'compression.zstd.level'],
])

/**
 * Works out what is in force for a topic with these configs on a broker with that configuration.
 */
export function topicSettings(texts: ConfigTexts, broker: BrokerConfig): TopicSettings {
  const read = new Reader(texts, broker)
  const policies = read.list('cleanup.policy')
  const compacted = policies.includes('compact')
  // Only what is sealed is compacted, so no segment may be active for longer.
  const segmentMsMax = compacted ? read.number('max.compaction.lag.ms') : Infinity
  const targetCodec = codecIds.get(read.text('compression.type'))
  assert(targetCodec !== undefined, 'every compression.type of the table has a codec')
  const levelName = levelNames.get(targetCodec)
  assert(
    policies.every((one) => one === 'compact' || one === 'delete'),
    'policies are known',
  )
  const internalSegmentBytes = topicConfigValue('internal.segment.bytes', texts, broker)
  return {
    segmentBytes:
      typeof internalSegmentBytes === 'number'
        ? internalSegmentBytes
        : read.number('segment.bytes'),
    segmentMs: Math.min(read.number('segment.ms'), segmentMsMax),
    segmentJitterMs: read.number('segment.jitter.ms'),
    segmentIndexBytes: read.number('segment.index.bytes'),
    indexIntervalBytes: read.number('index.interval.bytes'),
    flushMessages: read.number('flush.messages'),
    flushMs: read.number('flush.ms'),
    producerIdExpirationMs: broker.number('producer.id.expiration.ms'),
    maxMessageBytes: read.number('max.message.bytes'),
    compacted,
    logAppendTime: read.text('message.timestamp.type') === 'LogAppendTime',
    timestampBeforeMaxMs: read.number('message.timestamp.before.max.ms'),
    timestampAfterMaxMs: read.number('message.timestamp.after.max.ms'),
    targetCodec,
    targetLevel: levelName === undefined ? 0 : read.number(levelName),
    openCompressed:
      compacted || targetCodec !== -1 || read.text('odradek.validate.compressed') === 'full',
    deleted: policies.includes('delete'),
    retentionMs: read.bound('retention.ms'),
    retentionBytes: read.bound('retention.bytes'),
    deleteRetentionMs: read.number('delete.retention.ms'),
    minCompactionLagMs: read.number('min.compaction.lag.ms'),
    maxCompactionLagMs: read.number('max.compaction.lag.ms'),
    minCleanableDirtyRatio: read.number('min.cleanable.dirty.ratio'),
    fileDeleteDelayMs: read.number('file.delete.delay.ms'),
    minInsyncReplicas: read.number('min.insync.replicas'),
    uncleanLeaderElection: read.flag('unclean.leader.election.enable'),
    preallocate: read.flag('preallocate'),
  }
}

class Reader {
  readonly #texts: ConfigTexts
  readonly #broker: BrokerConfig

  constructor(texts: ConfigTexts, broker: BrokerConfig) {
    this.#texts = texts
    this.#broker = broker
  }

  number(name: string): number {
    const value = topicConfigValue(name, this.#texts, this.#broker)
    assert(typeof value === 'number', 'the topic config read as a number is one')
    return value
  }

  /** A limit that is written as -1 when there is none. */
  bound(name: string): number {
    const value = this.number(name)
    return value < 0 ? Infinity : value
  }

  flag(name: string): boolean {
    const value = topicConfigValue(name, this.#texts, this.#broker)
    assert(typeof value === 'boolean', 'the topic config read as a flag is one')
    return value
  }

  text(name: string): string {
    const value = topicConfigValue(name, this.#texts, this.#broker)
    assert(typeof value === 'string', 'the topic config read as a text is one')
    return value
  }

  list(name: string): readonly string[] {
    const value = topicConfigValue(name, this.#texts, this.#broker)
    assert(typeof value === 'object', 'the topic config read as a list is one')
    return value ?? []
  }
}
