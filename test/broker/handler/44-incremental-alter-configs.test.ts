/** IncrementalAlterConfigs, and AlterConfigs, which differs only in what it leaves. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeConfigsApi } from '../../../src/protocol/generated/32-describe-configs.ts'
import { alterConfigsApi } from '../../../src/protocol/generated/33-alter-configs.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import type { LogStore, PartitionLog } from '../../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../../src/storage/memory-log-store.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { createTestTopics } from './topics.ts'

const topic = 2
const broker = 4
const metrics = 16
const group = 32

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { t: 1, u: 1 })
})
afterAll(() => running.broker.stop())

type Change = readonly [name: string, operation: number, value: string | null]

async function alter(type: number, name: string, changes: readonly Change[], version = 1) {
  const configs = changes.map(([name, configOperation, value]) => ({
    name,
    configOperation,
    value,
  }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  const request = { resources, validateOnly: false }
  return (await running.plane.send(incrementalAlterConfigsApi, version, request)).responses
}

async function replace(type: number, name: string, texts: Record<string, string>, version = 2) {
  const configs = Object.entries(texts).map(([name, value]) => ({ name, value }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  const request = { resources, validateOnly: false }
  return (await running.plane.send(alterConfigsApi, version, request)).responses
}

/** Values that are set on the resource itself. */
async function own(type: number, name: string): Promise<Record<string, string | null>> {
  const resources = [{ resourceType: type, resourceName: name, configurationKeys: null }]
  const { results } = await running.plane.send(describeConfigsApi, 4, { resources })
  const dynamic = new Set([1, 2, 3, 7, 8])
  const found = results[0]?.configs.filter(({ configSource }) => dynamic.has(configSource)) ?? []
  return Object.fromEntries(found.map(({ name, value }) => [name, value]))
}

test.each([0, 1])('version %i changes what it names, and the log follows', async (version) => {
  const changes: Change[] = [
    ['max.message.bytes', 0, '2000'],
    ['cleanup.policy', 2, 'compact'],
  ]
  const done = { errorCode: 0, errorMessage: null, resourceType: topic, resourceName: 't' }
  expect(await alter(topic, 't', changes, version)).toEqual([done])
  expect(await own(topic, 't')).toMatchObject({
    'max.message.bytes': '2000',
    'cleanup.policy': 'delete,compact',
  })
  expect(await alter(topic, 't', [['cleanup.policy', 1, null]], version)).toEqual([done])
  expect(await own(topic, 't')).not.toHaveProperty('cleanup.policy')
})

test.each([0, 1, 2])('version %i of AlterConfigs leaves what it names alone', async (version) => {
  await alter(topic, 'u', [['retention.ms', 0, '5']])
  const done = { errorCode: 0, errorMessage: null, resourceType: topic, resourceName: 'u' }
  expect(await replace(topic, 'u', { 'segment.ms': '7' }, version)).toEqual([done])
  expect(await own(topic, 'u')).toMatchObject({ 'segment.ms': '7' })
  expect(await own(topic, 'u')).not.toHaveProperty('retention.ms')
})

test('brokers, groups and subscriptions to client metrics have configs as well', async () => {
  expect(await alter(broker, '', [['log.retention.ms', 0, '5']])).toMatchObject([{ errorCode: 0 }])
  expect(await own(broker, '')).toMatchObject({ 'log.retention.ms': '5' })
  expect(await replace(broker, '1', { 'log.cleaner.threads': '2' })).toMatchObject([
    { errorCode: 0 },
  ])
  expect(await own(broker, '1')).toMatchObject({ 'log.cleaner.threads': '2' })
  expect(await alter(metrics, 'm', [['interval.ms', 0, '1000']])).toMatchObject([{ errorCode: 0 }])
  expect(await own(metrics, 'm')).toEqual({ 'interval.ms': '1000' })
  const timeout: Change = ['consumer.session.timeout.ms', 0, '46000']
  expect(await alter(group, 'g', [timeout])).toMatchObject([{ errorCode: 0 }])
  expect(await own(group, 'g')).toEqual({ 'consumer.session.timeout.ms': '46000' })
})

test('a refusal says why and names its resource; the others are served', async () => {
  const set = (resourceName: string, value: string) => ({
    resourceType: topic,
    resourceName,
    configs: [{ name: 'flush.ms', configOperation: 0, value }],
  })
  const resources = [set('t', '9'), set('nope', '9'), set('u', 'x')]
  const request = { resources, validateOnly: false }
  const { responses } = await running.plane.send(incrementalAlterConfigsApi, 1, request)
  expect(responses.map(({ resourceName, errorCode }) => [resourceName, errorCode])).toEqual([
    ['t', 0],
    ['nope', 3],
    ['u', 40],
  ])
  expect(responses[2]?.errorMessage).toContain('flush.ms')
  expect(await own(topic, 't')).toMatchObject({ 'flush.ms': '9' })
})

test.each([3, 0, 99])('resources of type %i cannot be altered', async (type) => {
  expect(await alter(type, '1', [['root', 0, 'INFO']])).toMatchObject([{ errorCode: 42 }])
  expect(await replace(type, '1', { root: 'INFO' })).toMatchObject([{ errorCode: 42 }])
})

test('what is altered is still so after a restart', async () => {
  const first = await startTestBroker()
  await createTestTopics(first, { kept: 1 })
  const configs = [{ name: 'retention.ms', value: '12345' }]
  const resources = [{ resourceType: topic, resourceName: 'kept', configs }]
  await first.plane.send(alterConfigsApi, 2, { resources, validateOnly: false })
  await first.broker.stop()
  const second = await startTestBroker({ disk: first.store.disk })
  const asked = [{ resourceType: topic, resourceName: 'kept', configurationKeys: ['retention.ms'] }]
  const { results } = await second.plane.send(describeConfigsApi, 4, { resources: asked })
  expect(results[0]?.configs).toMatchObject([{ value: '12345', configSource: 1 }])
  await second.broker.stop()
})

test('how long deleted files stay changes at once, of the broker and of a topic', async () => {
  const disk = running.store.disk
  const delays: number[] = []
  const watch = ({ store }: TestBroker): void => {
    store.setFileDeleteDelay = (delayMs) => delays.push(delayMs)
  }
  watch(running)
  expect(await alter(broker, '', [['log.segment.delete.delay.ms', 0, '1234']])).toMatchObject([
    { errorCode: 0 },
  ])
  expect(delays.at(-1)).toBe(1234)
  const log = running.store.find('t', 0) as PartitionLog
  const configured: number[] = []
  const configure = log.configure.bind(log)
  log.configure = (config) => {
    configured.push(config.fileDeleteDelayMs)
    configure(config)
  }
  await alter(topic, 't', [['file.delete.delay.ms', 0, '77']])
  await alter(broker, '', [['log.segment.delete.delay.ms', 0, '4321']])
  await alter(topic, 't', [['file.delete.delay.ms', 1, null]])
  expect([delays.at(-1), ...configured]).toEqual([4321, 77, 77, 4321])
  await running.broker.stop()
  delays.length = 0
  const openStore = (): Promise<LogStore> => {
    const store = createMemoryLogStore({ disk })
    watch({ ...running, store })
    return Promise.resolve(store)
  }
  running = await startTestBroker({ environment: { openStore } })
  expect(delays).toEqual([4321])
})
