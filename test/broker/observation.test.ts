import { expect, test } from 'vitest'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { latencyCount } from '../../src/telemetry/latency-histogram.ts'
import { startTestBroker } from './fixture.ts'

test('a broker is well from its start to its stop', async () => {
  const { broker } = await startTestBroker()
  const { observation } = broker
  expect(observation.health()).toEqual({ serving: true, problems: [] })
  const stopped = broker.stop()
  expect(observation.health().serving).toBe(false)
  await stopped
  expect(observation.health().serving).toBe(false)
})

test('a directory that fails is a problem that names it and the reason', async () => {
  const { broker, store } = await startTestBroker()
  expect(broker.observation.directories()).toEqual([
    { path: store.path, offlineReason: '', freeBytes: store.freeBytes() },
  ])
  store.goOffline('the disk is gone')
  const [directory] = broker.observation.directories()
  expect(directory).toMatchObject({ path: store.path, freeBytes: undefined })
  const { problems } = broker.observation.health()
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(store.path)
  expect(problems[0]).toContain('the disk is gone')
  await broker.stop().catch(() => undefined)
})

test('partitions are told as the metadata has them, with the logs that are open', async () => {
  const { broker, store } = await startTestBroker({ topics: { orders: 2 } })
  const { observation } = broker
  const log = store.find('orders', 1)
  expect([...observation.partitions(observation.image())]).toEqual([
    {
      topic: 'orders',
      partition: 0,
      isOnline: true,
      isReplica: true,
      isLeader: true,
      isUnderReplicated: false,
      log: store.find('orders', 0),
    },
    expect.objectContaining({ topic: 'orders', partition: 1, log }),
  ])
  expect(observation.log('orders', 1)).toBe(log)
  expect(observation.log('orders', 2)).toBeUndefined()
  await broker.stop()
})

test('a partition whose directory failed is offline', async () => {
  const disks = await startTestBroker({ topics: { orders: 1 } })
  const { observation } = disks.broker
  disks.store.goOffline('gone')
  const [partition] = observation.partitions(observation.image())
  expect(partition?.log?.online()).toBe(false)
  await disks.broker.stop().catch(() => undefined)
})

test('requests are those of the data plane, and every API that was asked', async () => {
  const { broker, plane } = await startTestBroker()
  const names = () => broker.observation.requests().map(({ request }) => request)
  expect(names()).toEqual(['Produce', 'Fetch'])
  await plane.send(metadataApi, 9, { topics: [] })
  await plane.send(metadataApi, 9, { topics: [] })
  expect(names()).toEqual(['Produce', 'Fetch', 'Metadata'])
  const metadata = broker.observation.requests()[2]
  expect(metadata && latencyCount(metadata.counts)).toBe(2)
  await broker.stop()
})
