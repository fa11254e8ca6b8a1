import { afterAll, beforeAll, expect, test } from 'vitest'
import { alterConfigsApi } from '../../../src/protocol/generated/33-alter-configs.ts'
import { listConfigResourcesApi } from '../../../src/protocol/generated/74-list-config-resources.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { createTestTopics } from './topics.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { a: 1, b: 1 })
  const resource = (resourceType: number, resourceName: string, name: string, value: string) => ({
    resourceType,
    resourceName,
    configs: [{ name, value }],
  })
  const resources = [
    resource(16, 'm', 'interval.ms', '1000'),
    resource(16, 'with/slash', 'interval.ms', '1000'),
    resource(32, 'g', 'consumer.session.timeout.ms', '46000'),
    resource(2, 'a', 'retention.ms', '5'),
    resource(4, '1', 'log.cleaner.threads', '2'),
  ]
  const request = { resources, validateOnly: false }
  const { responses } = await running.plane.send(alterConfigsApi, 2, request)
  expect(responses.map(({ errorCode }) => errorCode)).toEqual([0, 0, 0, 0, 0])
})
afterAll(() => running.broker.stop())

async function list(resourceTypes: readonly number[], version = 1) {
  const request = version === 0 ? {} : { resourceTypes }
  const answer = await running.plane.send(listConfigResourcesApi, version, request)
  const { errorCode, configResources } = answer
  return { errorCode, names: configResources.map((one) => [one.resourceType, one.resourceName]) }
}

const metrics = [
  [16, 'm'],
  [16, 'with/slash'],
]
const topics = [
  [2, 'a'],
  [2, 'b'],
]

test.each<[number[], unknown[]]>([
  [[2], topics],
  [[4], [[4, '1']]],
  [[16], metrics],
  [[32], [[32, 'g']]],
  [[8], [[8, '1']]],
  [
    [2, 2, 16],
    [...metrics, ...topics],
  ],
  [[], [[32, 'g'], ...metrics, [8, '1'], [4, '1'], ...topics]],
])('of types %j', async (types, names) => {
  expect(await list(types)).toEqual({ errorCode: 0, names })
})

test('version 0 knows client metrics only', async () => {
  expect(await list([], 0)).toEqual({ errorCode: 0, names: metrics })
})

test.each([[[99]], [[0]], [[2, 99]]])('types %j are an error', async (types) => {
  expect(await list(types)).toEqual({ errorCode: 35, names: [] })
})
