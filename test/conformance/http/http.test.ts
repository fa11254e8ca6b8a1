/** Health and metrics of a broker process, as an operator's tools meet them. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ParsedFamily, parseExposition, sampleValue } from '../../http/exposition-parser.ts'
import { BrokerProcess } from '../broker-process.ts'
import { type BrokerTarget, odradekTarget } from '../broker-target.ts'
import { eventually } from '../eventually.ts'
import { getPage, withHttp } from './with-http.ts'

let broker: BrokerProcess
let kafka: Kafka

beforeAll(async () => {
  broker = await BrokerProcess.start({ target: withHttp })
  kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
})
afterAll(() => broker?.dispose())

const get = (path: string): Promise<Response> => getPage(broker, path)

async function scrape(): Promise<Map<string, ParsedFamily>> {
  const response = await get('/metrics')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('version=0.0.4')
  return parseExposition(await response.text())
}

test('a broker that runs is well', async () => {
  const response = await get('/health')
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
})

test('what a client produces and consumes is counted, and its group is told of', async () => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] })
  await admin.disconnect()
  const before = await scrape()
  const producer = kafka.producer()
  await producer.connect()
  const messages = Array.from({ length: 10 }, (_, i) => ({ value: `v${i}`, partition: i % 2 }))
  await producer.send({ topic: 'orders', messages })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: 'workers' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  let seen = 0
  await consumer.run({ eachMessage: async () => void seen++ })
  await eventually('all records are seen', async () => seen === 10)
  const during = await scrape()
  await consumer.commitOffsets([{ topic: 'orders', partition: 0, offset: '2' }])
  await consumer.disconnect()
  const after = await scrape()

  const topic = 'orders'
  const prefix = 'kafka_server_brokertopicmetrics'
  expect(sampleValue(before, `${prefix}_messagesin_total`, { topic })).toBeUndefined()
  expect(sampleValue(after, `${prefix}_messagesin_total`, { topic })).toBe(10)
  const bytesIn = sampleValue(after, `${prefix}_bytesin_total`, { topic }) ?? 0
  expect(bytesIn).toBeGreaterThan(100)
  expect(sampleValue(after, `${prefix}_bytesout_total`, { topic })).toBeGreaterThanOrEqual(bytesIn)
  expect(sampleValue(after, `${prefix}_messagesin_total`)).toBe(10)
  expect(sampleValue(after, `${prefix}_totalproducerequests_total`, { topic })).toBe(2)
  for (const request of ['Produce', 'FetchConsumer', 'JoinGroup', 'OffsetCommit']) {
    const name = 'kafka_network_requestmetrics_totaltimems_count'
    expect(sampleValue(after, name, { request }), request).toBeGreaterThan(0)
  }
  const partition = { topic, partition: '0' }
  expect(sampleValue(after, 'kafka_log_log_logendoffset', partition)).toBe(5)
  expect(sampleValue(after, 'kafka_log_log_size', partition)).toBeGreaterThan(50)
  const group = { consumergroup: 'workers', ...partition }
  expect(sampleValue(after, 'kafka_consumergroup_current_offset', group)).toBe(2)
  expect(sampleValue(after, 'kafka_consumergroup_lag', group)).toBe(3)
  const groups = 'kafka_coordinator_group_groupmetadatamanager_numgroups'
  expect(sampleValue(during, `${groups}stable`)).toBe(1)
  expect(sampleValue(after, `${groups}empty`)).toBe(1)
})

test('no counter ever falls', async () => {
  const counters = (families: Map<string, ParsedFamily>): Map<string, number> =>
    new Map(
      [...families.values()]
        .filter(({ type }) => type === 'counter')
        .flatMap(({ samples }) => samples)
        .map(({ name, labels, value }) => [`${name}${JSON.stringify(labels)}`, value]),
    )
  const first = counters(await scrape())
  const second = counters(await scrape())
  for (const [name, value] of first)
    expect(second.get(name) ?? -1, name).toBeGreaterThanOrEqual(value)
})

describe('the end', () => {
  test('SIGTERM with scrapers connected still is a clean exit at once', async () => {
    const idle = connect(broker.port + 1, '127.0.0.1')
    const half = connect(broker.port + 1, '127.0.0.1')
    for (const socket of [idle, half]) socket.on('error', () => {}).resume()
    await Promise.all([once(idle, 'connect'), once(half, 'connect')])
    half.write('GET /metrics HTTP/1.1\r\nHost')
    idle.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(idle, 'data').catch(() => undefined)
    const begun = performance.now()
    await broker.stop()
    expect(performance.now() - begun).toBeLessThan(3000)
    idle.destroy()
    half.destroy()
  })

  test('without --http neither an HTTP server nor the metrics library is loaded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'odradek-modules-'))
    const hook = join(folder, 'hook.mjs')
    writeFileSync(
      hook,
      `import { createRequire } from 'node:module'
       const { cache } = createRequire(import.meta.url)
       process.on('exit', () => {
         const http = process.moduleLoadList.includes('NativeModule _http_server')
         const library = Object.keys(cache).some((file) => file.includes('prom-client'))
         console.error('LOADED ' + JSON.stringify({ http, library }))
       })`,
    )
    const loadedBy = async (target: BrokerTarget): Promise<unknown> => {
      const environment = () => ({ ...process.env, NODE_OPTIONS: `--import ${hook}` })
      const one = await BrokerProcess.start({ target: { ...target, environment } })
      try {
        // The background has loaded what it loads.
        await new Promise((resolve) => setTimeout(resolve, 1000))
        await one.stop()
        return JSON.parse(/^LOADED (.*)$/m.exec(one.log)?.[1] ?? 'null')
      } finally {
        await one.dispose()
      }
    }
    expect(await loadedBy(withHttp)).toEqual({ http: true, library: true })
    expect(await loadedBy(odradekTarget)).toEqual({ http: false, library: false })
    rmSync(folder, { recursive: true })
  })
})
