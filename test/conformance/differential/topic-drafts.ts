/** Requests about topics and partitions. */
import type { Source } from './draft.ts'
import { naming, type World } from './world.ts'

const topicsMax = 12
const topicsMin = 3
const timeoutMs = 30_000

/** Topic configs with values that are good, and ones that are not. */
export const topicConfigs: readonly (readonly [string, readonly (string | null)[]])[] = [
  ['retention.ms', ['-1', '1000000000000', '-2', 'x', '']],
  ['retention.bytes', ['-1', '1000000', '-2']],
  ['segment.bytes', ['1048576', '1000', '0', '2147483648']],
  ['segment.ms', ['1000000000', '0', '-1']],
  ['max.message.bytes', ['1048588', '300', '0', '-1', '1.5', ' 500 ']],
  [
    'cleanup.policy',
    ['delete', 'compact', 'compact,delete', 'compact, delete', '', 'none', 'delete,x'],
  ],
  ['compression.type', ['producer', 'gzip', 'snappy', 'lz4', 'zstd', 'uncompressed', 'none', 'x']],
  ['compression.gzip.level', ['1', '9', '-1', '10', '0']],
  ['message.timestamp.type', ['CreateTime', 'LogAppendTime', 'createtime', '']],
  ['message.timestamp.before.max.ms', ['9223372036854775807', '1000', '-1']],
  ['message.timestamp.after.max.ms', ['3600000', '0', '-1']],
  ['min.insync.replicas', ['1', '2', '0', '-1']],
  ['min.cleanable.dirty.ratio', ['0.5', '0', '1', '1.1', '-0.1', 'half']],
  ['delete.retention.ms', ['0', '86400000', '-1']],
  ['flush.messages', ['1', '0', '9223372036854775807']],
  ['flush.ms', ['0', '9223372036854775807', '-1']],
  ['index.interval.bytes', ['0', '4096', '-1']],
  ['preallocate', ['false', 'yes', 'FALSE']],
  ['unclean.leader.election.enable', ['true', 'false', 'maybe']],
  ['leader.replication.throttled.replicas', ['*', '0:1', '0:1,1:1', 'x', '']],
  ['follower.replication.throttled.replicas', ['*', '0:1', 'none']],
  ['min.compaction.lag.ms', ['0', '9223372036854775807', '-1']],
  ['max.compaction.lag.ms', ['9223372036854775807', '1', '0']],
  ['file.delete.delay.ms', ['60000', '0', '-1']],
  ['segment.index.bytes', ['10485760', '1000', '3']],
  ['segment.jitter.ms', ['0', '10', '-1']],
  ['no.such.config', ['x', '']],
]

/** A config with one of its values. */
export function config(world: World): { name: string; value: string | null } {
  const [name, values] = world.pick(topicConfigs)
  const value = world.chance(60) ? values[0] : world.pick(values)
  return { name, value: value ?? null }
}

/** Notes the topics whose batches may be compressed anew from now on. */
export function observeCompression(world: World, request: object): void {
  const { topics, resources } = request as { topics?: Configured[]; resources?: Configured[] }
  for (const { name, resourceName, configs } of [...(topics ?? []), ...(resources ?? [])]) {
    const isSet = configs.some((one) => one.name.startsWith('compression.'))
    if (isSet) world.recompressed.add(name ?? resourceName ?? '')
  }
}

interface Configured {
  readonly name?: string
  readonly resourceName?: string
  readonly configs: readonly { readonly name: string }[]
}

const createTopics: Source = {
  key: 19,
  weight: 6,
  effect: 'changes metadata',
  observe: observeCompression,
  draft(world) {
    if (world.topics.length >= topicsMax) return undefined
    const there = world.topic()?.name ?? 't'
    const name = world.chance(92)
      ? world.newName('t')
      : world.pick([there, `${there}.a`, 'x_a', 'x.a'])
    const assigned = world.chance(8)
    const replicas = world.chance(80) ? [1] : world.pick([[1, 1], [2], [], [1, 2]])
    return {
      request: {
        topics: [
          {
            name,
            numPartitions: assigned ? -1 : world.pick([1, 1, 2, 3, -1]),
            replicationFactor: assigned ? -1 : world.pick([1, 1, 1, -1]),
            assignments: assigned ? [{ partitionIndex: 0, brokerIds: replicas }] : [],
            configs: Array.from({ length: world.below(3) }, () => config(world)),
          },
        ],
        timeoutMs,
        validateOnly: world.chance(10),
      },
      subjects: [name],
    }
  },
}

const deleteTopics: Source = {
  key: 20,
  weight: 3,
  effect: 'changes metadata',
  draft(world) {
    const topic = world.topic()
    if (topic === undefined || world.topics.length <= topicsMin) return undefined
    const byId = world.chance(40)
    const named = byId ? { name: null, topicId: topic.id } : { name: topic.name }
    return {
      request: { topics: [named], topicNames: [topic.name], timeoutMs },
      subjects: [topic.name],
    }
  },
}

const createPartitions: Source = {
  key: 37,
  weight: 1.2,
  effect: 'changes metadata',
  draft(world) {
    const topic = world.topic()
    if (topic === undefined || topic.partitions > 6) return undefined
    const count = topic.partitions + world.pick([1, 1, 1, 2, 0, -1])
    const assignments = world.chance(70) ? null : world.pick([[[1]], [[2]], [[1], [1]], [], [[]]])
    return {
      request: {
        topics: [
          {
            name: topic.name,
            count,
            assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
          },
        ],
        timeoutMs,
        validateOnly: world.chance(10),
      },
      subjects: [topic.name],
    }
  },
}

const deleteRecords: Source = {
  key: 21,
  weight: 3,
  effect: 'changes',
  draft(world) {
    const topic = world.topic()
    if (topic === undefined) return undefined
    const partitionIndex = world.partition(topic)
    const offset = world.chance(70)
      ? Math.floor(world.offset(topic, partitionIndex) / 2)
      : world.offset(topic, partitionIndex)
    return {
      request: {
        topics: [{ name: topic.name, partitions: [{ partitionIndex, offset }] }],
        timeoutMs,
      },
      subjects: [topic.name],
    }
  },
}

const metadata: Source = {
  key: 3,
  weight: 6,
  effect: 'reads',
  draft(world, version) {
    const [one, other] = [world.topic(), world.topic()]
    const byId = version >= 12 && world.chance(40)
    const named = [one, other].flatMap((topic) => {
      if (topic === undefined) return []
      return byId ? { topicId: topic.id, name: null } : { name: topic.name }
    })
    return {
      request: {
        topics: world.chance(20) ? (version >= 1 ? null : []) : named,
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: world.chance(20),
        includeTopicAuthorizedOperations: world.chance(20),
      },
    }
  },
}

const describeTopicPartitions: Source = {
  key: 75,
  weight: 3,
  effect: 'reads',
  draft(world) {
    const names = [...new Set([world.topic()?.name, world.topic()?.name])]
    const topics = names.flatMap((name) => (name === undefined ? [] : { name }))
    const [first] = topics
    const cursor = { topicName: first?.name ?? '', partitionIndex: world.pick([0, 1, 2]) }
    return {
      request: {
        topics: world.chance(20) ? [] : topics,
        responsePartitionLimit: world.pick([2000, 1, 2, 3]),
        cursor: world.chance(30) && first ? cursor : null,
      },
    }
  },
}

/** A question about one partition of one topic. */
function ofPartition(
  world: World,
  question: (partition: number, topic: { name: string }) => object,
  partitions: 'partitions' | 'partitionIndexes' = 'partitions',
): object | undefined {
  const topic = world.topic()
  if (topic === undefined) return undefined
  const partition = world.partition(topic)
  const asked = partitions === 'partitions' ? question(partition, topic) : partition
  return { ...naming(topic), [partitions]: [asked] }
}

const listOffsets: Source = {
  key: 2,
  weight: 8,
  effect: 'reads',
  draft(world) {
    const times = [-1, -2, -3, -4, -5, -6, 0, 1_700_000_000_000 + world.below(110_000)]
    const topic = ofPartition(world, (partitionIndex) => ({
      partitionIndex,
      currentLeaderEpoch: world.chance(80) ? -1 : world.pick([0, 1, -2]),
      timestamp: world.pick(times),
    }))
    if (topic === undefined) return undefined
    return {
      request: { replicaId: -1, isolationLevel: world.pick([0, 1]), topics: [topic], timeoutMs },
    }
  },
}

const offsetForLeaderEpoch: Source = {
  key: 23,
  weight: 3,
  effect: 'reads',
  draft(world) {
    const topic = ofPartition(world, (partition) => ({
      partition,
      currentLeaderEpoch: world.chance(80) ? -1 : world.pick([0, 1]),
      leaderEpoch: world.pick([0, 0, 1, -1]),
    }))
    return topic && { request: { replicaId: -1, topics: [topic] } }
  },
}

const electLeaders: Source = {
  key: 43,
  weight: 1,
  effect: 'changes',
  draft(world) {
    const topic = world.topic()
    const asked = topic ? [{ topic: topic.name, partitions: [world.partition(topic)] }] : []
    return {
      request: {
        electionType: world.pick([0, 1]),
        topicPartitions: world.chance(20) ? null : asked,
        timeoutMs,
      },
    }
  },
}

const alterReassignments: Source = {
  key: 45,
  weight: 1,
  effect: 'changes',
  draft(world) {
    const replicas = world.pick([[1], null, [2], [1, 1], [], [1, 2]])
    const topic = ofPartition(world, (partitionIndex) => ({ partitionIndex, replicas }))
    return topic && { request: { timeoutMs, allowReplicationFactorChange: true, topics: [topic] } }
  },
}

const listReassignments: Source = {
  key: 46,
  weight: 1,
  effect: 'reads',
  draft(world) {
    const topic = ofPartition(world, () => ({}), 'partitionIndexes')
    return topic && { request: { timeoutMs, topics: world.chance(30) ? null : [topic] } }
  },
}

const describeProducers: Source = {
  key: 61,
  weight: 3,
  effect: 'reads',
  draft(world) {
    const topic = ofPartition(world, () => ({}), 'partitionIndexes')
    return topic && { request: { topics: [topic] } }
  },
}

const describeLogDirs: Source = {
  key: 35,
  weight: 2,
  effect: 'reads',
  draft(world) {
    const topic = world.topic()
    const asked = topic ? [{ topic: topic.name, partitions: [world.partition(topic)] }] : []
    return { request: { topics: world.chance(20) ? null : asked } }
  },
}

/** The sources of this file. */
export const topicSources: readonly Source[] = [
  createTopics,
  deleteTopics,
  createPartitions,
  deleteRecords,
  metadata,
  describeTopicPartitions,
  listOffsets,
  offsetForLeaderEpoch,
  electLeaders,
  alterReassignments,
  listReassignments,
  describeProducers,
  describeLogDirs,
]
