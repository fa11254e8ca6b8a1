/** How the logs of many partitions are opened. */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { startTestBroker } from './fixture.ts'

test('many partitions are opened in pieces', async () => {
  const store = createMemoryLogStore()
  const open = store.openPartition.bind(store)
  let underWay = 0
  let most = 0
  store.openPartition = async (...args) => {
    most = Math.max(most, ++underWay)
    await setImmediate()
    underWay--
    return open(...args)
  }
  const { broker, plane } = await startTestBroker({
    environment: { openStore: () => Promise.resolve(store) },
  })
  const sizes = [2400, 1300, 1]
  const topics = sizes.map((numPartitions, i) => {
    return { name: `many-${i}`, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
  })
  await plane.send(createTopicsApi, 7, { topics, timeoutMs: 60_000 })
  expect(most).toBe(2000)
  const listed = await plane.send(metadataApi, 12, { topics: null })
  const led = listed.topics.map((topic) => {
    return topic.partitions.filter(({ leaderId }) => leaderId >= 0).length
  })
  expect(led).toEqual(sizes)
  await broker.stop()
})

test('a bug at one partition keeps no other one closed', async () => {
  const store = createMemoryLogStore()
  const open = store.openPartition.bind(store)
  store.openPartition = (...args) => {
    if (args[1] === 7) throw new TypeError('a bug')
    return open(...args)
  }
  const { broker, plane } = await startTestBroker({
    environment: { openStore: () => Promise.resolve(store) },
  })
  const numPartitions = 2100
  const topic = { name: 'many', numPartitions, replicationFactor: 1, assignments: [], configs: [] }
  await plane.send(createTopicsApi, 7, { topics: [topic], timeoutMs: 60_000 })
  const closed = Array.from({ length: numPartitions }, (_, i) => i).filter(
    (partition) => store.find('many', partition) === undefined,
  )
  expect(closed).toEqual([7])
  await broker.stop()
})
