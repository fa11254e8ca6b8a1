import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import {
  type DescribeConfigsResult,
  describeConfigsApi,
} from '../../../src/protocol/generated/32-describe-configs.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const topic = 2
const broker = 4
const group = 32

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker({ configs: { 'log.retention.hours': '2' } })
  const configs = [{ name: 'segment.bytes', value: '2097152' }]
  const one = { name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs }
  await running.plane.send(createTopicsApi, 7, { topics: [one], timeoutMs: 5000 })
})
afterAll(() => running.broker.stop())

async function ask(
  resourceType: number,
  resourceName: string,
  configurationKeys: readonly string[] | null = null,
): Promise<DescribeConfigsResult> {
  const resources = [{ resourceType, resourceName, configurationKeys }]
  const request = { resources, includeSynonyms: true }
  const { results } = await running.plane.send(describeConfigsApi, 4, request)
  const [result] = results
  if (result === undefined) throw new Error('no result')
  return result
}

test('a topic: its own values first, then the configs of the broker behind them', async () => {
  const { errorCode, errorMessage, configs } = await ask(topic, 't')
  expect({ errorCode, errorMessage }).toEqual({ errorCode: 0, errorMessage: '' })
  const byName = new Map(configs.map((config) => [config.name, config]))
  expect(byName.size).toBe(34)
  expect(byName.get('segment.bytes')).toEqual({
    name: 'segment.bytes',
    value: '2097152',
    readOnly: false,
    configSource: 1,
    isSensitive: false,
    configType: 3,
    documentation: null,
    synonyms: [
      { name: 'segment.bytes', value: '2097152', source: 1 },
      { name: 'log.segment.bytes', value: '1073741824', source: 5 },
    ],
  })
  expect(byName.get('retention.ms')).toMatchObject({ value: '7200000' })
  expect(byName.get('flush.messages')).toMatchObject({ value: '1', configSource: 5 })
})

test('documentation only where it is asked for, of every kind of resource', async () => {
  const kinds = [
    [topic, 't', 'retention.ms'],
    [broker, '1', 'num.partitions'],
    [group, 'g', 'share.isolation.level'],
  ] as const
  const resources = kinds.map(([resourceType, resourceName, name]) => {
    return { resourceType, resourceName, configurationKeys: [name] }
  })
  const documented = async (version: number): Promise<(string | null | undefined)[]> => {
    const request = { resources, includeSynonyms: false, includeDocumentation: true }
    const { results } = await running.plane.send(describeConfigsApi, version, request)
    return results.map(({ configs }) => configs[0]?.documentation)
  }
  expect(await documented(4)).toEqual([
    expect.stringContaining("How old a segment's newest record may be"),
    'How many partitions a topic gets that is created without saying so.',
    expect.stringContaining('Not built yet: any value is kept and has no effect.'),
  ])
  expect(await documented(3)).toEqual(await documented(4))
})

test('only what is asked for, and nothing for a name that does not exist', async () => {
  const { configs } = await ask(topic, 't', ['retention.ms', 'nope'])
  expect(configs.map(({ name }) => name)).toEqual(['retention.ms'])
  expect((await ask(topic, 't', [])).configs.length).toBeGreaterThan(30)
})

test('this broker, and the defaults of all brokers', async () => {
  const { configs } = await ask(broker, '1')
  expect(configs.length).toBeGreaterThan(300)
  const hours = configs.find(({ name }) => name === 'log.retention.hours')
  expect(hours).toMatchObject({ value: '2', configSource: 4, readOnly: true })
  const defaults = await ask(broker, '')
  expect(defaults.configs.map(({ name }) => name)).toEqual(['min.insync.replicas'])
})

test('a group has its configs whether it exists or not', async () => {
  const { errorCode, configs } = await ask(group, 'any')
  expect(errorCode).toBe(0)
  const timeout = configs.find(({ name }) => name === 'consumer.session.timeout.ms')
  expect(timeout).toMatchObject({ value: '45000' })
})

test('a subscription to client metrics has its configs, set or not', async () => {
  const { errorCode, configs } = await ask(16, 'any')
  expect(errorCode).toBe(0)
  expect(configs.map(({ name, value, configSource }) => [name, value, configSource])).toEqual([
    ['interval.ms', '300000', 5],
    ['match', '', 5],
    ['metrics', '', 5],
  ])
})

test('a kind of resource that does not exist refuses all others too', async () => {
  const codes = async (...types: number[]): Promise<number[]> => {
    const resources = types.map((resourceType) => {
      return { resourceType, resourceName: 't', configurationKeys: ['segment.bytes'] }
    })
    const { results } = await running.plane.send(describeConfigsApi, 4, { resources })
    expect(results.map(({ resourceType }) => resourceType)).toEqual(types)
    return results.map(({ errorCode }) => errorCode)
  }
  expect(await codes(topic, 3, 16)).toEqual([42, 42, 42])
  expect(await codes(0, topic)).toEqual([42, 42])
  expect(await codes(8, topic, 16)).toEqual([42, 0, 0])
})

test.each([
  [topic, 'nope', 3, ''],
  [topic, 'bad name', 17, 'Topic name is invalid'],
  [broker, '7', 42, 'Unexpected broker id, expected 1 or empty string, but received 7'],
  [broker, 'x', 42, 'Broker id must be an integer, but it is: x'],
  [group, '', 42, 'Group name must not be empty'],
  [16, '', 42, 'must not be empty'],
  [1, 'x', 42, 'resources of type 1'],
])('resource %i "%s" is error %i', async (type, name, code, message) => {
  const { errorCode, errorMessage, configs } = await ask(type, name)
  expect({ errorCode, configs }).toEqual({ errorCode: code, configs: [] })
  expect(errorMessage).toContain(message)
})
