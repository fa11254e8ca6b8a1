/** Every API in every version that is advertised: a sane answer, and a refusal in its own form. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advertisedApis, nativeApis, servedApis } from '../../../src/broker/api-table.ts'
import type { AnyHandler, Call } from '../../../src/broker/handler/handler.ts'
import { apiKeys } from '../../../src/protocol/api-keys.ts'
import type { Api } from '../../../src/protocol/codec.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import {
  encodeRequestFrame,
  encodeResponseFrame,
  openRequest,
} from '../../../src/protocol/header.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { sampleRequests } from './sample-requests.ts'

type LooseApi = Api<unknown, unknown, unknown, unknown>

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

test('what is advertised lies inside what Kafka 4.4 has, each key once and in order', () => {
  const keys = advertisedApis.map(({ key }) => key)
  expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b))
  for (const { key, versionMin, versionMax } of advertisedApis) {
    const known = apiKeys.get(key)
    // Produce is advertised from 0 for the sake of old clients.
    expect(versionMin).toBe(key === 0 ? 0 : known?.versionMin)
    expect(versionMax).toBe(known?.stableMax)
  }
  expect(keys).toEqual(expect.arrayContaining(nativeApis.map(({ key }) => key)))
})

describe.each([...servedApis.values()].map((api) => [apiKeys.get(api.key)?.name, api] as const))(
  '%s',
  (_name, served) => {
    const api = apis.get(served.key) as LooseApi
    const versions = Array.from(
      { length: served.versionMax - served.versionMin + 1 },
      (_, index) => served.versionMin + index,
    )

    test.each(versions)('version %i is answered', async (version) => {
      const request = sampleRequests[served.key]?.(version)
      expect(await running.plane.send(api, version, request)).toBeTypeOf('object')
      expect(running.lines.filter((line) => line.includes('ERROR'))).toEqual([])
    })

    test.each(versions)('version %i can be refused', async (version) => {
      const handler: AnyHandler = await served.load()
      const frame = encodeRequestFrame(api, version, 1, 'c', sampleRequests[served.key]?.(version))
      const opened = openRequest(frame.subarray(4))
      if (typeof opened === 'string') throw new Error(opened)
      const request = api.request.decode(opened.reader, version)
      const call: Call = { connection: 1, version, clientId: 'c', clientHost: '', local: undefined }
      const refusal = handler.refusal(request, -1, call)
      const answer = encodeResponseFrame(api, version, 1, refusal)
      // Every API says somewhere that it failed: -1 is two bytes of ones.
      expect(Buffer.from(answer).toString('hex')).toContain('ffff')
    })
  },
)
