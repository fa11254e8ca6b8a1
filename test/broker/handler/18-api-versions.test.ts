import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ApiVersionsRequestInput,
  type ApiVersionsResponse,
  apiVersionsApi,
} from '../../../src/protocol/generated/18-api-versions.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const software = { clientSoftwareName: 'test-client', clientSoftwareVersion: '1.2.3' }

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

function ask(version: number, request: ApiVersionsRequestInput): Promise<ApiVersionsResponse> {
  return running.plane.send(apiVersionsApi, version, request)
}

test('what librdkafka 2.0 and kafka-go need is in range', async () => {
  const { apiKeys } = await ask(0, {})
  const range = (key: number) => {
    const found = apiKeys.find(({ apiKey }) => apiKey === key)
    return found === undefined ? undefined : [found.minVersion, found.maxVersion]
  }
  // librdkafka 2.0 turns compression off unless Produce begins at 0.
  expect(range(0)).toEqual([0, 13])
  expect(range(1)).toEqual([4, 18])
  for (const key of [10, 12, 13, 14]) expect(range(key)?.[0]).toBe(0)
  expect(range(8)?.[0]).toBe(2)
  expect(range(9)?.[0]).toBe(1)
  // Not implemented, so not advertised.
  for (const key of [17, 24, 28, 68, 71]) expect(range(key)).toBeUndefined()
})

test('features that are not built are neither supported nor finalized', async () => {
  const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = await ask(4, software)
  expect(supportedFeatures).toEqual([
    { name: 'kraft.version', minVersion: 0, maxVersion: 1 },
    { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
  ])
  expect(finalizedFeatures).toEqual([
    { name: 'kraft.version', minVersionLevel: 1, maxVersionLevel: 1 },
    { name: 'metadata.version', minVersionLevel: 30, maxVersionLevel: 30 },
  ])
  expect(finalizedFeaturesEpoch).toBeGreaterThan(0)
})

test('version 3 hides features that begin at level 0, which its clients cannot read', async () => {
  const { supportedFeatures } = await ask(3, software)
  expect(supportedFeatures.map(({ name }) => name)).toEqual(['metadata.version'])
})

test.each(['', 'two words', '-dash', 'dash-'])(
  'the client software "%s" is refused',
  async (name) => {
    expect(await ask(3, { ...software, clientSoftwareName: name })).toMatchObject({
      errorCode: 42,
      apiKeys: [],
    })
  },
)

test('a client that means another cluster is sent back to its bootstrap servers', async () => {
  const { clusterId } = running.broker
  const code = async (request: ApiVersionsRequestInput) =>
    (await ask(5, { ...software, ...request })).errorCode
  expect(await code({})).toBe(0)
  expect(await code({ clusterId, nodeId: 1 })).toBe(0)
  expect(await code({ clusterId: 'AAAAAAAAAAAAAAAAAAAAQQ' })).toBe(129)
  expect(await code({ clusterId, nodeId: 2 })).toBe(129)
})
