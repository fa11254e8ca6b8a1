import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, expect, test } from 'vitest'
import {
  type RequestEvent,
  RequestLog,
  requestChannelName,
} from '../../../src/client/network/request-log.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { clusterAt } from './cluster-fixture.ts'
import { FakeCluster, hangUp } from './fake-cluster.ts'

const heard: RequestEvent[] = []
const listener = (message: unknown): void => {
  heard.push(message as RequestEvent)
}
afterEach(() => {
  unsubscribe(requestChannelName, listener)
  heard.length = 0
})

test('requests are counted by their kind', () => {
  const log = new RequestLog('id')
  const event = { api: 'Produce', broker: 'b:1', startMs: 1, durationMs: 4, responseBytes: 10 }
  log.ended(event)
  log.ended({ ...event, durationMs: 6, error: new Error('no') })
  log.ended({ ...event, api: 'Fetch' })
  expect(log.snapshot()).toEqual({
    Produce: { requests: 2, failures: 1, responseBytes: 20, totalMs: 10, maxMs: 6 },
    Fetch: { requests: 1, failures: 0, responseBytes: 10, totalMs: 4, maxMs: 4 },
  })
})

test('a snapshot stays as it was', () => {
  const log = new RequestLog('id')
  const event = { api: 'Produce', broker: 'b:1', startMs: 1, durationMs: 4, responseBytes: 10 }
  log.ended(event)
  const before = log.snapshot()
  log.ended(event)
  expect(before['Produce']?.requests).toBe(1)
})

test('who listens hears of each request of a client, and of its error', async () => {
  const fake = await FakeCluster.start()
  const cluster = clusterAt(fake.endpoints)
  try {
    await cluster.refresh()
    subscribe(requestChannelName, listener)
    await cluster.call('any', metadataApi, { topics: [] })
    fake.answer = ({ key }) => (key === metadataApi.key ? hangUp : undefined)
    const failed = cluster.call('any', metadataApi, { topics: [] })
    const error = await failed.catch((reason: unknown) => reason)
    expect(heard.slice(0, 2)).toMatchObject([
      { clientId: 'test', api: 'Metadata' },
      { clientId: 'test', api: 'Metadata', error, responseBytes: 0 },
    ])
    const [first] = heard
    expect(first?.broker).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(first?.responseBytes).toBeGreaterThan(20)
    expect(first?.durationMs).toBeGreaterThan(0)
    const { requests } = cluster.statistics()
    expect(requests['Metadata']).toMatchObject({ failures: 1 })
  } finally {
    cluster.close()
    await fake.close()
  }
})
