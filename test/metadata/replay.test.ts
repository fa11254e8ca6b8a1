import { describe, expect, it } from 'vitest'
import { brokerConfigs, topicConfigs } from '../../src/metadata/config/tables.ts'
import { parseConfig } from '../../src/metadata/config/validator.ts'
import { formatValue } from '../../src/metadata/config/value.ts'
import {
  configsOf,
  emptyImage,
  internalTopics,
  type MetadataImage,
  ResourceType,
} from '../../src/metadata/image.ts'
import { encodeRecords } from '../../src/metadata/records.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshot } from '../../src/metadata/snapshot.ts'
import { cleanManifest, fixture } from './fixtures.ts'

describe("replaying Apache Kafka's log", () => {
  const manifest = cleanManifest()
  const image = replayed('clean-log.gz')

  it('gives the topics of the manifest with their ids and partitions', () => {
    const topics = [...image.topicsByName.values()].map((topic) => ({
      name: topic.name,
      id: topic.id,
      partitions: topic.partitions.length,
      internal: internalTopics.has(topic.name),
    }))
    topics.sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(topics).toEqual(manifest.topics.map(({ configs: _, ...rest }) => rest))
    for (const topic of topics) expect(image.topicsById.get(topic.id)?.name).toBe(topic.name)
  })

  it('gives their configs and those of the brokers', () => {
    for (const { name, configs } of manifest.topics) {
      expect(shown(image, ResourceType.TOPIC, name, topicConfigs())).toEqual(configs)
    }
    for (const { broker, configs } of manifest.brokerConfigs) {
      expect(shown(image, ResourceType.BROKER, broker, brokerConfigs())).toEqual(configs)
    }
  })

  it('gives the finalised features and the voters', () => {
    const { 'kraft.version': kraft, ...features } = manifest.finalizedFeatures
    expect(Object.fromEntries(image.features)).toEqual(features)
    expect(image.quorum.version).toBe(kraft)
    expect(image.quorum.voters).toEqual([
      {
        voterId: 1,
        voterDirectoryId: manifest.directoryId,
        endpoints: [{ name: 'CONTROLLER', host: '127.0.0.1', port: 29093 }],
        kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
      },
    ])
  })

  it('ends at the last record, with the broker fenced and every partition without leader', () => {
    expect(image.offset).toBe(366)
    expect(image.epoch).toBe(manifest.quorumLeaderEpoch)
    const broker = image.brokers.get(1)
    expect(broker).toMatchObject({ epoch: 13, fenced: true, inControlledShutdown: true })
    expect(broker?.directories).toEqual([manifest.directoryId])
    expect(image.producerIds).toEqual({ next: 1000, brokerId: 1, brokerEpoch: 13 })
    for (const topic of image.topicsByName.values()) {
      for (const [index, partition] of topic.partitions.entries()) {
        expect(partition).toMatchObject({
          index,
          replicas: [1],
          isr: [],
          elr: [1],
          leader: -1,
          leaderEpoch: 1,
          directories: [manifest.directoryId],
        })
      }
    }
  })

  it('is the same batch by batch, and from a range that overlaps what is known', () => {
    const bytes = fixture('clean-log.gz')
    const replay = new Replay(emptyImage)
    let at = 0
    for (let end = 200; at < bytes.length; end += 3000) {
      at += replay.feed(bytes.subarray(at, end))
    }
    expect(replay.finish()).toEqual(image)
    const again = new Replay(image)
    again.feed(bytes)
    expect(again.finish()).toEqual(image)
  })
})

describe("Apache Kafka's snapshot", () => {
  it('says the same as the records that it stands for', () => {
    const log = fixture('snapshot-log.gz')
    const fromLog = replayedUpTo(log, 129)
    const id = { endOffset: 129, epoch: 1 }
    const fromSnapshot = decodeSnapshot(id, fixture('snapshot-129.gz'))
    // Kafka's snapshots do not keep whom the last block of producer ids went to.
    const producerIds = { next: 1000, brokerId: -1, brokerEpoch: -1 }
    expect(fromSnapshot).toEqual({ ...fromLog, producerIds })
    expect([...fromSnapshot.retained.keys()].sort()).toEqual([
      'acl/PDCpV1N0T6m6RHkGVtieSg',
      'quota/["client-id","c1"],["user","bob"]/producer_byte_rate',
      'quota/["user",null]/consumer_byte_rate',
      'scram/1/alice',
      'scram/2/carol',
    ])
    expect(configsOf(fromSnapshot, ResourceType.TOPIC, 'orders')).toEqual(
      new Map([
        ['cleanup.policy', 'compact,delete'],
        ['max.message.bytes', '77'],
      ]),
    )
    expect(configsOf(fromSnapshot, ResourceType.TOPIC, 'gone').size).toBe(0)
  })

  it('carries the rest of the log to the same end', () => {
    const log = fixture('snapshot-log.gz')
    const direct = replayed('snapshot-log.gz')
    const snapshot = decodeSnapshot({ endOffset: 129, epoch: 1 }, fixture('snapshot-129.gz'))
    const replay = new Replay(snapshot)
    replay.feed(log)
    expect({ ...replay.finish(), producerIds: direct.producerIds }).toEqual(direct)
  })
})

describe('transactions', () => {
  const begin = { name: 'BeginTransactionRecord', version: 0, value: {} } as const
  const end = { name: 'EndTransactionRecord', version: 0, value: {} } as const
  const abort = { name: 'AbortTransactionRecord', version: 0, value: {} } as const
  const feature = (level: number) =>
    ({
      name: 'FeatureLevelRecord',
      version: 0,
      value: { name: 'group.version', featureLevel: level },
    }) as const

  it('count from their end, and not at all when they are aborted or open', () => {
    const replay = new Replay(emptyImage)
    const feed = (baseOffset: number, ...records: Parameters<typeof encodeRecords>[0]) =>
      replay.feed(encodeRecords(records, 5, { baseOffset, partitionLeaderEpoch: 1 }))
    feed(0, begin, feature(1))
    expect(replay.inTransaction).toBe(true)
    feed(2, end)
    feed(3, begin, feature(2), abort)
    feed(6, begin, feature(3))
    expect(replay.inTransaction).toBe(true)
    const image = replay.finish()
    expect(image.features.get('group.version')).toBe(1)
    expect(image).toMatchObject({ offset: 7, epoch: 1, timestamp: 5 })
  })

  it('are refused when they nest or end twice', () => {
    const nested = encodeRecords([begin, begin], 0)
    expect(() => new Replay(emptyImage).feed(nested)).toThrow(/nests/)
    const ended = encodeRecords([end], 0)
    expect(() => new Replay(emptyImage).feed(ended)).toThrow(/never began/)
  })
})

function replayed(name: string): MetadataImage {
  const replay = new Replay(emptyImage)
  const bytes = fixture(name)
  expect(replay.feed(bytes)).toBe(bytes.length)
  expect(replay.inTransaction).toBe(false)
  return replay.finish()
}

/** The image of the batches that end below `endOffset`. */
function replayedUpTo(bytes: Uint8Array, endOffset: number): MetadataImage {
  const replay = new Replay(emptyImage)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; ) {
    const size = 12 + view.getInt32(at + 8)
    if (Number(view.getBigInt64(at)) >= endOffset) break
    replay.feed(bytes.subarray(at, at + size))
    at += size
  }
  return replay.finish()
}

/** Configs as a broker describes them: values that were parsed and printed again. */
function shown(
  image: MetadataImage,
  type: number,
  name: string,
  table: ReturnType<typeof topicConfigs>,
): Record<string, string | null> {
  const configs = [...configsOf(image, type, name)].map(([config, text]) => {
    const definition = table.get(config)!
    return [config, formatValue(definition.type, parseConfig(definition, text).value!)] as const
  })
  return Object.fromEntries(configs)
}
