/**
 * Configs that stand for each other: a broker config that may be written in other units, and the
 * broker configs that give a topic config its default. Facts of Apache Kafka 4.3.1.
 */
import { assert } from '../../base/assert.ts'

/** A broker config, and how many units of the topic config one of its units is. */
export interface Synonym {
  readonly name: string
  readonly factor: number
}

const hourMs = 3_600_000
const minuteMs = 60_000

const retention = ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours']
const roll = ['log.roll.ms', 'log.roll.hours']
const rollJitter = ['log.roll.jitter.ms', 'log.roll.jitter.hours']

const brokerGroups: ReadonlyMap<string, readonly string[]> = new Map([
  ...retention.map((name) => [name, retention] as const),
  ...roll.map((name) => [name, roll] as const),
  ...rollJitter.map((name) => [name, rollJitter] as const),
  ['log.flush.interval.ms', ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms']],
])

const sameName = [
  'compression.gzip.level',
  'compression.lz4.level',
  'compression.type',
  'compression.zstd.level',
  'min.insync.replicas',
  'odradek.validate.compressed',
  'unclean.leader.election.enable',
]

const topicSynonyms: ReadonlyMap<string, readonly Synonym[]> = new Map<string, readonly Synonym[]>([
  ...sameName.map((name) => [name, same(name)] as const),
  ['cleanup.policy', same('log.cleanup.policy')],
  ['delete.retention.ms', same('log.cleaner.delete.retention.ms')],
  ['file.delete.delay.ms', same('log.segment.delete.delay.ms')],
  ['flush.messages', same('log.flush.interval.messages')],
  ['flush.ms', same('log.flush.interval.ms', 'log.flush.scheduler.interval.ms')],
  ['index.interval.bytes', same('log.index.interval.bytes')],
  ['local.retention.bytes', same('log.local.retention.bytes')],
  ['local.retention.ms', same('log.local.retention.ms')],
  ['max.compaction.lag.ms', same('log.cleaner.max.compaction.lag.ms')],
  ['max.message.bytes', same('message.max.bytes')],
  ['message.timestamp.after.max.ms', same('log.message.timestamp.after.max.ms')],
  ['message.timestamp.before.max.ms', same('log.message.timestamp.before.max.ms')],
  ['message.timestamp.type', same('log.message.timestamp.type')],
  ['min.cleanable.dirty.ratio', same('log.cleaner.min.cleanable.ratio')],
  ['min.compaction.lag.ms', same('log.cleaner.min.compaction.lag.ms')],
  ['preallocate', same('log.preallocate')],
  ['retention.bytes', same('log.retention.bytes')],
  [
    'retention.ms',
    [
      ...same('log.retention.ms'),
      { name: 'log.retention.minutes', factor: minuteMs },
      { name: 'log.retention.hours', factor: hourMs },
    ],
  ],
  ['segment.bytes', same('log.segment.bytes')],
  ['segment.index.bytes', same('log.index.size.max.bytes')],
  ['segment.jitter.ms', [...same('log.roll.jitter.ms'), inHours('log.roll.jitter.hours')]],
  ['segment.ms', [...same('log.roll.ms'), inHours('log.roll.hours')]],
])

/** Names that are looked up for a broker config, the first that is set wins; itself included. */
export function brokerSynonyms(name: string): readonly string[] {
  const names = brokerGroups.get(name) ?? [name]
  assert(names.includes(name), 'a config is a synonym of itself')
  return names
}

/** Broker configs that give a topic config its default, the first that is set wins. */
export function topicConfigSynonyms(name: string): readonly Synonym[] {
  return topicSynonyms.get(name) ?? []
}

function same(...names: readonly string[]): readonly Synonym[] {
  return names.map((name) => ({ name, factor: 1 }))
}

function inHours(name: string): Synonym {
  return { name, factor: hourMs }
}
