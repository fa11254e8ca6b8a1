import { describe, expect, it } from 'vitest'
import {
  leadershipRecords,
  type Registration,
  stopRecords,
} from '../../src/controller/registration.ts'
import { applyRecords } from '../../src/metadata/delta.ts'
import type { MetadataImage, PartitionImage } from '../../src/metadata/image.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
} from '../../src/protocol/metadata-record.ts'
import { address, creating, startedController, topic } from './harness.ts'

/** A start of the image's node with the directories that it had. */
function nodeOf(image: MetadataImage, more: Partial<Registration> = {}): Registration {
  return {
    ...address,
    nodeId: 1,
    incarnationId: 'aaaaRZyoQ_y_biQ5m6sOVA',
    directories: image.brokers.get(1)?.directories ?? [],
    cordonedDirectories: [],
    moved: [],
    clean: true,
    ...more,
  }
}

describe('a broker that comes back', () => {
  it.each<[string, Partial<PartitionImage>, boolean, Partial<PartitionImage> | undefined]>([
    ['keeps what it leads after a clean stop', {}, true, undefined],
    ['leads with a new epoch after any other', {}, false, { leader: 1, leaderEpoch: 1 }],
    [
      'takes what nobody leads',
      { leader: -1, isr: [], elr: [1], lastKnownElr: [1] },
      true,
      { leader: 1, isr: [1], elr: [], lastKnownElr: [], leaderEpoch: 1 },
    ],
    ['leaves what others hold too', { replicas: [1, 2], leader: 2 }, false, undefined],
    ['leaves what others hold', { replicas: [2], leader: 2 }, false, undefined],
  ])('%s', async (_, partition, clean, expected) => {
    const image = await imageWith(partition)
    const records = leadershipRecords(image, nodeOf(image, { clean }))
    expect(records).toHaveLength(expected === undefined ? 0 : 1)
    if (expected === undefined) return
    const position = { offset: image.offset + 1, epoch: 1, timestamp: 0 }
    const after = applyRecords(image, records.map(full), position).image
    expect(after.topicsByName.get('x')?.partitions[0]).toMatchObject(expected)
  })

  it('does not speak of eligible replicas where the cluster has none', async () => {
    const image = await imageWith({ leader: -1 })
    const features = new Map([...image.features, ['eligible.leader.replicas.version', 0]] as const)
    const [record] = leadershipRecords({ ...image, features }, nodeOf(image))
    expect(record?.value).not.toHaveProperty('eligibleLeaderReplicas')
  })
})

describe('a broker with several log directories that comes back', () => {
  const [here, there] = ['bbbbRZyoQ_y_biQ5m6sOVA', 'ccccRZyoQ_y_biQ5m6sOVA']

  it.each<[string, Partial<PartitionImage>, Partial<Registration>, Partial<PartitionImage>]>([
    [
      'gives up what lies in one that is not there',
      { directories: [there] },
      {},
      { leader: -1, isr: [], elr: [1], directories: [there], leaderEpoch: 1 },
    ],
    [
      'leaves what lies there and nobody leads',
      { directories: [there], leader: -1, elr: [1] },
      { clean: false },
      { leader: -1, leaderEpoch: 0, partitionEpoch: 0 },
    ],
    ['leads what nobody placed', { directories: [] }, { clean: false }, { leader: 1 }],
    [
      'leads what was lost and is found',
      { directories: [there], leader: -1, elr: [1] },
      { moved: [] },
      { leader: 1, isr: [1], elr: [], directories: [here] },
    ],
    [
      'tells of what moved while it goes on leading',
      { directories: [there] },
      { directories: [here, there], moved: [] },
      { leader: 1, leaderEpoch: 0, directories: [here], partitionEpoch: 1 },
    ],
  ])('%s', async (_, partition, start, expected) => {
    const image = await imageWith(partition)
    const topicId = image.topicsByName.get('x')?.id ?? ''
    const moved = start.moved === undefined ? [] : [{ topicId, partition: 0, directory: here }]
    const node = nodeOf(image, { directories: [here], ...start, moved })
    const records = leadershipRecords(image, node)
    const position = { offset: image.offset + 1, epoch: 1, timestamp: 0 }
    const after = applyRecords(image, records.map(full), position).image
    expect(after.topicsByName.get('x')?.partitions[0]).toMatchObject(expected)
  })
})

describe('a broker that stops', () => {
  it.each<[string, Partial<PartitionImage>, string, number]>([
    ['gives up the groups that it leads', {}, '__consumer_offsets', 3],
    ['goes on leading what no coordinator loads', {}, 'x', 2],
    ['leaves what nobody leads', { leader: -1 }, '__consumer_offsets', 2],
    ['leaves what others hold too', { replicas: [1, 2] }, '__consumer_offsets', 2],
    ['leaves what others lead', { replicas: [2], leader: 2 }, '__consumer_offsets', 2],
  ])('%s', async (_, partition, name, records) => {
    expect(stopRecords(await imageWith(partition, name), 1)).toHaveLength(records)
  })

  it('stays in the ISR where the cluster has no eligible replicas', async () => {
    const name = '__consumer_offsets'
    const image = await imageWith({}, name)
    const features = new Map([...image.features, ['eligible.leader.replicas.version', 0]] as const)
    const records = stopRecords({ ...image, features }, 1)
    const position = { offset: image.offset + 1, epoch: 1, timestamp: 0 }
    const after = applyRecords(image, records.map(full), position).image
    expect(after.topicsByName.get(name)?.partitions[0]).toMatchObject({ leader: -1, isr: [1] })
    expect(after.brokers.get(1)).toMatchObject({ fenced: true, inControlledShutdown: true })
    expect(stopRecords(after, 1)).toEqual([])
  })
})

async function imageWith(change: Partial<PartitionImage>, name = 'x'): Promise<MetadataImage> {
  const { controller } = await startedController()
  await controller.createTopics(creating(topic('x')))
  const { image } = controller
  const before = image.topicsByName.get('x')!
  const partitions = before.partitions.map((partition) => ({ ...partition, ...change }))
  const after = { ...before, name, partitions }
  return {
    ...image,
    topicsByName: new Map([[name, after]]),
    topicsById: new Map([[after.id, after]]),
  }
}

function full(record: Parameters<typeof encodeMetadataRecord>[0]): MetadataRecord {
  const decoded = decodeMetadataRecord(encodeMetadataRecord(record)).value
  if (decoded === null || decoded.name === null) throw new Error('the record does not decode')
  return decoded
}
