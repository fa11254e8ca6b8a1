import { describe, expect, it } from 'vitest'
import { Controller } from '../../src/controller/controller.ts'
import {
  cordonRecords,
  DirectoryChoice,
  offlineDirectoryRecords,
  unusableRecords,
} from '../../src/controller/log-directories.ts'
import type { MetadataImage } from '../../src/metadata/image.ts'
import { DirectoryId } from '../../src/metadata/replica-directory.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { address, creating, optionsFor, topic } from './harness.ts'

const [a, b, c] = ['aaaaRZyoQ_y_biQ5m6sOVA', 'bbbbRZyoQ_y_biQ5m6sOVA', 'ccccRZyoQ_y_biQ5m6sOVA']

/** A controller of node 1 with these log directories. */
async function controllerWith(...directories: string[]): Promise<Controller> {
  const controller = await Controller.open(optionsFor(createMemoryLogStore()))
  const found = { directories, cordonedDirectories: [], moved: [], clean: true }
  await controller.activate({ ...address, directories: found })
  return controller
}

const directoriesOf = (image: MetadataImage, name: string): string[] =>
  image.topicsByName.get(name)?.partitions.flatMap(({ directories }) => directories) ?? []

describe('a new partition', () => {
  it('goes where the fewest are, those of the same request counted', async () => {
    const controller = await controllerWith(a, b, c)
    await controller.createTopics(creating(topic('x', { numPartitions: 4 })))
    expect(directoriesOf(controller.image, 'x')).toEqual([a, b, c, a])
    const [one, two] = ['y', 'z'].map((name) => topic(name, { numPartitions: 2 }))
    await controller.createTopics(creating(one!, two!))
    expect(directoriesOf(controller.image, 'y')).toEqual([b, c])
    expect(directoriesOf(controller.image, 'z')).toEqual([a, b])
    const topics = [{ name: 'y', count: 3, assignments: null }]
    await controller.createPartitions({ topics, timeoutMs: 10_000, validateOnly: false })
    expect(directoriesOf(controller.image, 'y')).toEqual([b, c, c])
  })

  it('goes nowhere that can be told on a broker of before 3.7 or without room', async () => {
    const { image } = await controllerWith(a)
    const broker = image.brokers.get(1)!
    const withBroker = (change: object): MetadataImage => ({
      ...image,
      brokers: new Map([[1, { ...broker, ...change }]]),
    })
    const next = (change: object): string => new DirectoryChoice(withBroker(change)).next(1)
    expect(next({})).toBe(a)
    expect(next({ directories: [] })).toBe(DirectoryId.migrating)
    expect(next({ cordonedDirectories: [a] })).toBe(DirectoryId.unassigned)
    expect(new DirectoryChoice(image).next(7)).toBe(DirectoryId.migrating)
  })
})

describe('a directory that fails', () => {
  it('is told with the records that Apache Kafka 4.3.1 writes', async () => {
    const { image } = await twoPartitions()
    const topicId = image.topicsByName.get('x')?.id
    const gone = { leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] }
    const brokerEpoch = image.brokers.get(1)?.epoch
    expect(offlineDirectoryRecords(image, 1, b)).toEqual([
      { name: 'PartitionChangeRecord', version: 2, value: { partitionId: 1, topicId, ...gone } },
      {
        name: 'BrokerRegistrationChangeRecord',
        version: 2,
        value: { brokerId: 1, brokerEpoch, logDirs: [a] },
      },
    ])
  })

  it('leaves the others as they are, and is told once', async () => {
    const controller = await twoPartitions()
    await controller.directoryFailed(b)
    const { image } = controller
    expect(image.brokers.get(1)?.directories).toEqual([a])
    expect(image.topicsByName.get('x')?.partitions.map(({ leader }) => leader)).toEqual([1, -1])
    expect(offlineDirectoryRecords(image, 1, b)).toEqual([])
    // The last one ends the broker; nobody is left to tell.
    expect(offlineDirectoryRecords(image, 1, a)).toEqual([])
    expect(offlineDirectoryRecords(image, 2, a)).toEqual([])
  })

  it('gets no partition any more', async () => {
    const controller = await twoPartitions()
    await controller.directoryFailed(a)
    await controller.createTopics(creating(topic('y', { numPartitions: 2 })))
    expect(directoriesOf(controller.image, 'y')).toEqual([b, b])
  })
})

it('partitions that cannot be opened lose their leader, and nothing else', async () => {
  const controller = await twoPartitions()
  const topicId = controller.image.topicsByName.get('x')?.id ?? ''
  await controller.partitionsFailed([{ topicId, partition: 0 }])
  const { image } = controller
  expect(image.topicsByName.get('x')?.partitions.map(({ leader }) => leader)).toEqual([-1, 1])
  expect(image.brokers.get(1)?.directories).toEqual([a, b])
  expect(unusableRecords(image, 1, [{ topicId, partition: 0 }])).toEqual([])
  expect(unusableRecords(image, 1, [{ topicId: c, partition: 0 }])).toEqual([])
})

it('directories are cordoned and opened again while the broker runs', async () => {
  const controller = await twoPartitions()
  await controller.cordonDirectories([a])
  await controller.createTopics(creating(topic('y', { numPartitions: 3 })))
  expect(directoriesOf(controller.image, 'y')).toEqual([b, b, b])
  expect(cordonRecords(controller.image, 1, [a])).toEqual([])
  await controller.cordonDirectories([])
  await controller.createTopics(creating(topic('z', { numPartitions: 1 })))
  expect(directoriesOf(controller.image, 'z')).toEqual([a])
  const features = new Map(controller.image.features).set('metadata.version', 29)
  expect(cordonRecords({ ...controller.image, features }, 1, [a])).toEqual([])
})

async function twoPartitions(): Promise<Controller> {
  const controller = await controllerWith(a, b)
  await controller.createTopics(creating(topic('x', { numPartitions: 2 })))
  return controller
}
