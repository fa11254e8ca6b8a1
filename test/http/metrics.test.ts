/** The whole page, of a broker in memory. */
import { afterEach, describe, expect, test } from 'vitest'
import type { BrokerObservation } from '../../src/broker/index.ts'
import { MetricsPage } from '../../src/http/metrics.ts'
import { offsetCommitApi } from '../../src/protocol/generated/08-offset-commit.ts'
import { findCoordinatorApi } from '../../src/protocol/generated/10-find-coordinator.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { noTraffic } from '../broker/fake-data-plane.ts'
import { startTestBroker, type TestBroker } from '../broker/fixture.ts'
import { type ParsedFamily, parseExposition, sampleValue } from './exposition-parser.ts'

let running: TestBroker | undefined
afterEach(async () => {
  await running?.broker.stop().catch(() => undefined)
  running = undefined
})

const page = new MetricsPage()

async function start(configs: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  running = await startTestBroker({ topics: { orders: 3, other: 1 }, configs })
  return running
}

async function scrape(broker: BrokerObservation): Promise<Map<string, ParsedFamily>> {
  const { status, contentType, body } = await page.answer(broker)
  expect(status).toBe(200)
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(body)
}

test('state of the broker, its partitions and directories', async () => {
  const { broker, store } = await start()
  const families = await scrape(broker.observation)
  const kafka = (name: string) => sampleValue(families, `kafka_${name}`)
  expect(kafka('server_kafkaserver_brokerstate')).toBe(3)
  expect(kafka('server_replicamanager_partitioncount')).toBe(4)
  expect(kafka('server_replicamanager_leadercount')).toBe(4)
  expect(kafka('server_replicamanager_underreplicatedpartitions')).toBe(0)
  expect(kafka('server_replicamanager_offlinereplicacount')).toBe(0)
  expect(kafka('controller_kafkacontroller_activecontrollercount')).toBe(1)
  expect(kafka('controller_kafkacontroller_activebrokercount')).toBe(1)
  expect(kafka('controller_kafkacontroller_globaltopiccount')).toBe(2)
  expect(kafka('controller_kafkacontroller_globalpartitioncount')).toBe(4)
  expect(kafka('controller_kafkacontroller_offlinepartitionscount')).toBe(0)
  expect(kafka('server_socket_server_metrics_connection_count')).toBe(1)
  expect(kafka('server_socket_server_metrics_incoming_byte_total')).toBe(100)
  expect(kafka('log_logmanager_offlinelogdirectorycount')).toBe(0)
  const logdirectory = { logdirectory: store.path }
  expect(sampleValue(families, 'kafka_log_logmanager_logdirectoryoffline', logdirectory)).toBe(0)
  expect(sampleValue(families, 'odradek_log_directory_free_bytes', logdirectory)).toBe(
    store.freeBytes(),
  )
  const sizes = families.get('kafka_log_log_size')?.samples ?? []
  expect(sizes.map(({ labels }) => `${labels['topic']}-${labels['partition']}`)).toEqual([
    'orders-0',
    'orders-1',
    'orders-2',
    'other-0',
  ])
})

test('a broker that does not compact tells nothing of it', async () => {
  const { broker } = await start({ 'log.cleaner.enable': 'false', 'log.cleaner.backoff.ms': '1' })
  await new Promise((settle) => setTimeout(settle, 50))
  expect(broker.statistics().cleaner).toBeUndefined()
  const families = [...(await scrape(broker.observation)).keys()]
  expect(families.filter((name) => name.includes('cleaner'))).toEqual([])
})

test('process and Node are told of by the library', async () => {
  const { broker } = await start()
  const families = await scrape(broker.observation)
  expect(sampleValue(families, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
  expect(families.has('nodejs_eventloop_lag_seconds')).toBe(true)
})

test('traffic without a label is of all, topics come once they moved something', async () => {
  const { broker, plane } = await start()
  const traffic = { ...noTraffic, produces: 2, recordsIn: 7, bytesIn: 700, producesFailed: 1 }
  plane.trafficOf.set('orders', traffic)
  plane.allTraffic = { ...traffic, recordsIn: 9, fetches: 4, bytesOut: 50 }
  const families = await scrape(broker.observation)
  const counter = (name: string, labels: Record<string, string> = {}) =>
    sampleValue(families, `kafka_server_brokertopicmetrics_${name}_total`, labels)
  const topic = 'orders'
  expect([counter('messagesin'), counter('messagesin', { topic })]).toEqual([9, 7])
  expect([counter('bytesin'), counter('bytesin', { topic })]).toEqual([700, 700])
  expect([counter('bytesout'), counter('bytesout', { topic })]).toEqual([50, 0])
  expect(counter('totalproducerequests', { topic })).toBe(2)
  expect(counter('failedproducerequests', { topic })).toBe(1)
  expect(counter('totalfetchrequests')).toBe(4)
  expect(counter('messagesin', { topic: 'other' })).toBeUndefined()
})

describe('groups', () => {
  test('are counted by state, and are as far behind as their partitions go on', async () => {
    const { broker, plane } = await start()
    await plane.send(findCoordinatorApi, 2, { key: 'g', keyType: 0 })
    const partitions = [0, 1].map((partitionIndex) => {
      return { partitionIndex, committedOffset: partitionIndex * 100, committedMetadata: null }
    })
    const commit = { groupId: 'g', topics: [{ name: 'orders', partitions }] }
    const { topics } = await plane.send(offsetCommitApi, 7, commit)
    expect(topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([0, 0])
    const families = await scrape(broker.observation)
    const prefix = 'kafka_coordinator_group_groupmetadatamanager'
    expect(sampleValue(families, `${prefix}_numgroups`)).toBe(1)
    expect(sampleValue(families, `${prefix}_numgroupsempty`)).toBe(1)
    expect(sampleValue(families, `${prefix}_numgroupsstable`)).toBe(0)
    expect(sampleValue(families, `${prefix}_numoffsets`)).toBe(2)
    const labels = { consumergroup: 'g', topic: 'orders', partition: '1' }
    expect(sampleValue(families, 'kafka_consumergroup_current_offset', labels)).toBe(100)
    // Nothing was produced: it is ahead of the log, which is no lag below zero.
    expect(sampleValue(families, 'kafka_consumergroup_lag', labels)).toBe(0)
  })

  test('requests to the control plane are timed', async () => {
    const { broker, plane } = await start()
    await plane.send(createTopicsApi, 5, { topics: [], timeoutMs: 1000 })
    const families = await scrape(broker.observation)
    const request = 'CreateTopics'
    expect(sampleValue(families, 'kafka_network_requestmetrics_requests_total', { request })).toBe(
      1,
    )
  })
})

test('a broker that starts or stops has no page', async () => {
  expect((await page.answer(undefined)).status).toBe(503)
  const { broker } = await start()
  const stopped = broker.stop()
  expect((await page.answer(broker.observation)).status).toBe(503)
  await stopped
  expect((await page.answer(broker.observation)).status).toBe(503)
})

test('a broker that stops while its page is made has none, any other failure is told', async () => {
  const { broker } = await start()
  let serving = true
  const failing = {
    health: () => ({ serving, problems: [] }),
    requests: () => broker.observation.requests(),
    traffic: () => {
      throw new Error('the data plane is stopped')
    },
  } as unknown as BrokerObservation
  await expect(page.answer(failing)).rejects.toThrow('the data plane is stopped')
  const stops = {
    ...failing,
    requests: () => {
      serving = false
      return []
    },
  } as unknown as BrokerObservation
  expect((await page.answer(stops)).status).toBe(503)
})

test('who asks while a page is made gets the same one', async () => {
  const { broker } = await start()
  const answers = await Promise.all([1, 2, 3].map(() => page.answer(broker.observation)))
  expect(new Set(answers).size).toBe(1)
  expect(await page.answer(broker.observation)).not.toBe(answers[0])
})

test('every family of Kafka that the README lists is on the page', async () => {
  const { readFileSync } = await import('node:fs')
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const listed = [...text.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name ?? '')
  const { broker } = await start({ 'log.cleaner.backoff.ms': '1' })
  await expect.poll(() => broker.statistics().cleaner, { timeout: 5000 }).toBeDefined()
  const families = [...(await scrape(broker.observation)).keys()]
  const ours = families.filter((name) => !/^(process|nodejs)_/.test(name))
  expect([...listed].sort()).toEqual([...ours].sort())
})
