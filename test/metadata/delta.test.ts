import { describe, expect, it } from 'vitest'
import { applyRecords, MetadataDelta } from '../../src/metadata/delta.ts'
import {
  configKey,
  emptyImage,
  type MetadataImage,
  partitionCount,
} from '../../src/metadata/image.ts'
import { imageRecords } from '../../src/metadata/image-records.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  type MetadataRecordInput,
} from '../../src/protocol/metadata-record.ts'
import { readRecords } from './read-records.ts'

const a = 'aaaaRZyoQ_y_biQ5m6sOVA'
const b = 'bbbbRZyoQ_y_biQ5m6sOVA'

describe('topics', () => {
  it('are created with partitions in any order, but without gaps', () => {
    const image = apply(emptyImage, topic('x', a), partition(a, 1), partition(a, 0))
    expect(image.topicsByName.get('x')?.partitions.map((one) => one.index)).toEqual([0, 1])
    expect(image.topicsById.get(a)).toBe(image.topicsByName.get('x'))
    expect(partitionCount(image)).toBe(2)
    expect(() => apply(emptyImage, topic('x', a), partition(a, 1))).toThrow(/no partition 0/)
  })

  it('keep the lists once that partitions beside each other have alike', () => {
    const other = partition(a, 2)
    const odd = { ...other, value: { ...other.value, isr: [1, 2], replicas: [1, 2] } }
    const records = [partition(a, 0), partition(a, 1), odd as MetadataRecordInput]
    const [first, second, third] =
      apply(emptyImage, topic('x', a), ...records).topicsByName.get('x')?.partitions ?? []
    for (const list of ['isr', 'replicas', 'directories', 'elr', 'addingReplicas'] as const) {
      expect(second?.[list]).toBe(first?.[list])
    }
    expect(third?.elr).toBe(first?.elr)
    expect(third?.isr).toEqual([1, 2])
    expect(second?.isr).toEqual([1])
  })

  it('are removed with their configs, and may come again with another id', () => {
    const before = apply(emptyImage, topic('x', a), partition(a, 0), config(2, 'x', 'k', 'v'))
    const after = apply(before, remove(a), topic('x', b), partition(b, 0))
    expect(after.topicsByName.get('x')?.id).toBe(b)
    expect(after.topicsById.has(a)).toBe(false)
    expect(after.configs.size).toBe(0)
    expect(before.topicsByName.get('x')?.id).toBe(a)
  })

  it('leave the image before as it was', () => {
    const before = apply(emptyImage, topic('x', a), partition(a, 0))
    const after = apply(before, partition(a, 1), change(a, 0, { leader: 2 }))
    expect(before.topicsByName.get('x')?.partitions).toHaveLength(1)
    expect(before.topicsByName.get('x')?.partitions[0]?.leader).toBe(1)
    expect(after.topicsByName.get('x')?.partitions).toHaveLength(2)
  })
})

describe('a changed partition', () => {
  const before = apply(emptyImage, topic('x', a), partition(a, 0))
  const changed = (fields: object) =>
    apply(before, change(a, 0, fields)).topicsById.get(a)!.partitions[0]!

  it('gets a new leader epoch with every leader named, and a new partition epoch always', () => {
    expect(changed({ leader: -1 })).toMatchObject({ leader: -1, leaderEpoch: 1, partitionEpoch: 1 })
    expect(changed({ leader: 1 })).toMatchObject({ leader: 1, leaderEpoch: 1, partitionEpoch: 1 })
    expect(changed({ isr: [] })).toMatchObject({ isr: [], leaderEpoch: 0, partitionEpoch: 1 })
  })

  it('keeps every field that is not named', () => {
    const [partitionBefore] = before.topicsById.get(a)!.partitions
    expect(changed({})).toEqual({ ...partitionBefore, partitionEpoch: 1 })
    expect(changed({ replicas: [2, 3], eligibleLeaderReplicas: [2], lastKnownElr: [3] })).toEqual({
      ...partitionBefore,
      replicas: [2, 3],
      elr: [2],
      lastKnownElr: [3],
      partitionEpoch: 1,
    })
  })

  it('loses its eligible replicas when they are cleared, by topic or for all', () => {
    const withElr = apply(before, change(a, 0, { eligibleLeaderReplicas: [1], lastKnownElr: [1] }))
    for (const topicName of ['x', '']) {
      const clear = { name: 'ClearElrRecord', version: 0, value: { topicName } } as const
      const [cleared] = apply(withElr, clear).topicsById.get(a)!.partitions
      expect(cleared).toMatchObject({ elr: [], lastKnownElr: [], partitionEpoch: 2 })
    }
    const other = { name: 'ClearElrRecord', version: 0, value: { topicName: 'y' } } as const
    expect(apply(withElr, other).topicsById.get(a)).toBe(withElr.topicsById.get(a))
  })
})

describe('what cannot be', () => {
  it.each<[string, MetadataRecordInput[], RegExp]>([
    ['a topic twice', [topic('x', a), topic('x', b)], /creates topic 'x'/],
    ['an id twice', [topic('x', a), topic('y', a)], /creates topic 'y'/],
    ['removing nothing', [remove(a)], /never created/],
    ['a partition of no topic', [partition(a, 0)], /never created/],
    ['changing no partition', [topic('x', a), change(a, 0, {})], /changes partition x-0/],
    ['a partition below 0', [topic('x', a), partition(a, -1)], /partition -1/],
    ['a partition beyond reason', [topic('x', a), partition(a, 2 ** 30)], /partition 1073741824/],
    ['fencing nobody', [registrationChange(1, 5, {})], /never registered/],
    ['fencing another epoch', [register(1, 4), registrationChange(1, 5, {})], /registered at 4/],
  ])('%s', (_, records, problem) => {
    expect(() => apply(emptyImage, ...records)).toThrow(problem)
  })
})

describe('brokers', () => {
  it('are fenced, unfenced, shut down and unregistered', () => {
    const registered = apply(emptyImage, register(1, 4))
    expect(registered.brokers.get(1)).toMatchObject({ epoch: 4, fenced: true, directories: [a] })
    const live = apply(registered, registrationChange(1, 4, { fenced: -1, cordonedLogDirs: [b] }))
    expect(live.brokers.get(1)).toMatchObject({ fenced: false, cordonedDirectories: [b] })
    const leaving = apply(live, registrationChange(1, 4, { inControlledShutdown: 1 }))
    expect(leaving.brokers.get(1)).toMatchObject({ fenced: false, inControlledShutdown: true })
    const old = { name: 'FenceBrokerRecord', version: 0, value: { id: 1, epoch: 4 } } as const
    expect(apply(live, old).brokers.get(1)?.fenced).toBe(true)
    const gone = {
      name: 'UnregisterBrokerRecord',
      version: 0,
      value: { brokerId: 1, brokerEpoch: 4 },
    } as const
    expect(apply(live, gone).brokers.size).toBe(0)
  })
})

describe('configs and features', () => {
  it('are set and taken away', () => {
    const set = apply(emptyImage, config(4, '', 'k', 'v'), config(4, '', 'l', 'w'), feature('f', 2))
    expect(set.configs.get(configKey(4, ''))).toEqual(
      new Map([
        ['k', 'v'],
        ['l', 'w'],
      ]),
    )
    expect(set.features.get('f')).toBe(2)
    const gone = apply(set, config(4, '', 'k', null), config(4, '', 'l', null), feature('f', 0))
    expect(gone.configs.size).toBe(0)
    expect(gone.features.size).toBe(0)
    expect(set.configs.size).toBe(1)
  })
})

describe('changes', () => {
  it('tell what was created, changed, deleted and configured', () => {
    const base = apply(emptyImage, topic('x', a), partition(a, 0), topic('y', b), partition(b, 0))
    const c = 'ccccRZyoQ_y_biQ5m6sOVA'
    const records = [
      topic('z', c),
      partition(c, 0),
      partition(a, 1),
      remove(b),
      config(2, 'x', 'k', 'v'),
    ].map(full)
    const { changes, image } = applyRecords(base, records, { offset: 99, epoch: 3, timestamp: 7 })
    expect(changes.createdTopics.map((one) => one.name)).toEqual(['z'])
    expect(changes.changedTopics).toEqual([image.topicsById.get(a)])
    expect(changes.deletedTopics).toEqual([base.topicsById.get(b)])
    expect([...changes.changedConfigs]).toEqual(['2/x'])
    expect(changes).toMatchObject({ brokersChanged: false, featuresChanged: false })
    expect(image).toMatchObject({ offset: 99, epoch: 3, timestamp: 7 })
  })

  it('do not tell of what came and went in between', () => {
    const records = [topic('x', a), partition(a, 0), remove(a)].map(full)
    const { changes } = applyRecords(emptyImage, records, position(5))
    expect(changes).toMatchObject({ createdTopics: [], changedTopics: [], deletedTopics: [] })
  })
})

describe('a delta', () => {
  it('is of use once, and never goes back in the log', () => {
    const delta = new MetadataDelta({ ...emptyImage, offset: 10 })
    expect(() => delta.finish(position(9))).toThrow(/never goes back/)
    delta.finish(position(10))
    expect(() => delta.apply(full(feature('f', 1)))).toThrow(/finished/)
    expect(() => delta.finish(position(11))).toThrow(/finished/)
  })

  it('shares what it did not touch', () => {
    const base = apply(emptyImage, topic('x', a), partition(a, 0), feature('f', 1))
    const next = apply(base, config(4, '', 'k', 'v'))
    expect(next.topicsByName).toBe(base.topicsByName)
    expect(next.features).toBe(base.features)
  })
})

describe('imageRecords', () => {
  it('build the same image again', () => {
    const image = apply(
      emptyImage,
      feature('metadata.version', 30),
      feature('a.feature', 1),
      register(1, 4),
      topic('x', a),
      partition(a, 0),
      change(a, 0, { leader: -1, isr: [], eligibleLeaderReplicas: [1] }),
      config(2, 'x', 'k', 'v'),
      config(4, '', 'k', 'v/w'),
      { name: 'ProducerIdsRecord', version: 0, value: { brokerId: 1, nextProducerId: 3000 } },
    )
    const records = readRecords(imageRecords(image))
    expect(records[0]?.value).toEqual({ name: 'metadata.version', featureLevel: 30 })
    const { offset, epoch, timestamp } = image
    const again = applyRecords(emptyImage, records.map(full), { offset, epoch, timestamp })
    expect(again.image).toEqual(image)
  })

  it('keep to the versions of an older level', () => {
    const image = apply(
      emptyImage,
      feature('metadata.version', 7),
      register(1, 4),
      topic('x', a),
      partition(a, 0),
    )
    const versions = imageRecords(image).map(({ name, version }) => [name, version])
    expect(versions).toContainEqual(['RegisterBrokerRecord', 1])
    expect(versions).toContainEqual(['PartitionRecord', 0])
    expect(() => imageRecords(image).map(encodeMetadataRecord)).not.toThrow()
  })
})

function position(offset: number) {
  return { offset, epoch: 1, timestamp: 0 }
}

function apply(image: MetadataImage, ...records: readonly MetadataRecordInput[]): MetadataImage {
  const end = position(image.offset + records.length)
  return applyRecords(image, records.map(full), end).image
}

/** A record with all its fields, as a log gives it. */
function full(record: MetadataRecordInput): MetadataRecord {
  const decoded = decodeMetadataRecord(encodeMetadataRecord(record)).value
  if (decoded === null || decoded.name === null) throw new Error('the record does not decode')
  return decoded
}

function topic(name: string, topicId: string): MetadataRecordInput {
  return { name: 'TopicRecord', version: 0, value: { name, topicId } }
}

function remove(topicId: string): MetadataRecordInput {
  return { name: 'RemoveTopicRecord', version: 0, value: { topicId } }
}

function partition(topicId: string, partitionId: number): MetadataRecordInput {
  const lists = { replicas: [1], isr: [1], removingReplicas: [], addingReplicas: [] }
  const value = { partitionId, topicId, ...lists, leader: 1, leaderEpoch: 0, partitionEpoch: 0 }
  return { name: 'PartitionRecord', version: 2, value }
}

function change(topicId: string, partitionId: number, fields: object): MetadataRecordInput {
  return { name: 'PartitionChangeRecord', version: 2, value: { topicId, partitionId, ...fields } }
}

function config(
  resourceType: number,
  resourceName: string,
  name: string,
  value: string | null,
): MetadataRecordInput {
  return { name: 'ConfigRecord', version: 0, value: { resourceType, resourceName, name, value } }
}

function feature(name: string, featureLevel: number): MetadataRecordInput {
  return { name: 'FeatureLevelRecord', version: 0, value: { name, featureLevel } }
}

function register(brokerId: number, brokerEpoch: number): MetadataRecordInput {
  return {
    name: 'RegisterBrokerRecord',
    version: 4,
    value: {
      brokerId,
      brokerEpoch,
      incarnationId: b,
      endPoints: [{ name: 'P', host: 'h', port: 1, securityProtocol: 0 }],
      features: [],
      rack: null,
      logDirs: [a],
    },
  }
}

function registrationChange(brokerId: number, brokerEpoch: number, fields: object) {
  return {
    name: 'BrokerRegistrationChangeRecord',
    version: 3,
    value: { brokerId, brokerEpoch, ...fields },
  } satisfies MetadataRecordInput
}
