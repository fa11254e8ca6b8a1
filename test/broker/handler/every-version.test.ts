/** Every API in every version that is advertised: a sane answer, and a refusal in its own form. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advertisedApis, nativeApis, servedApis } from '../../../src/broker/api-table.ts'
import type { AnyHandler, Call } from '../../../src/broker/handler/handler.ts'
import { apiKeys } from '../../../src/protocol/api-keys.ts'
import type { Api } from '../../../src/protocol/codec.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import { encodeRequestFrame, encodeResponseFrame, openRequest } from '../../../src/protocol/header.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

type LooseApi = Api<unknown, unknown, unknown, unknown>

const uuid = 'AAAAAAAAAAAAAAAAAAAAQQ'
const bytes = new Uint8Array([1, 2, 3])

/** A request of each API with something in every array, in the fields that a version has. */
const requests: Readonly<Record<number, (version: number) => unknown>> = {
  2: () => ({
    replicaId: -1,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  }),
  3: () => ({ topics: [{ name: 't' }] }),
  8: (version) => ({
    groupId: 'g',
    topics: [
      {
        ...(version >= 10 ? { topicId: uuid } : { name: 't' }),
        partitions: [{ partitionIndex: 0, committedOffset: 5, committedMetadata: 'm' }],
      },
    ],
  }),
  9: (version) => {
    const topic = version >= 10 ? { topicId: uuid } : { name: 't' }
    const topics = [{ ...topic, partitionIndexes: [0] }]
    return version >= 8 ? { groups: [{ groupId: 'g', topics }] } : { groupId: 'g', topics }
  },
  10: (version) => (version >= 4 ? { coordinatorKeys: ['g', 'h'] } : { key: 'g' }),
  11: () => ({
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    memberId: 'nobody',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: bytes }],
  }),
  12: () => ({ groupId: 'g', generationId: 1, memberId: 'm' }),
  13: (version) => ({
    groupId: 'g',
    ...(version >= 3 ? { members: [{ memberId: 'm' }] } : { memberId: 'm' }),
  }),
  14: () => ({
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
    assignments: [{ memberId: 'm', assignment: bytes }],
  }),
  15: () => ({ groups: ['g'] }),
  16: () => ({}),
  18: (version) =>
    version >= 3 ? { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' } : {},
  19: () => ({
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
  }),
  20: (version) => ({
    ...(version >= 6 ? { topics: [{ name: 'none', topicId: zero }] } : { topicNames: ['none'] }),
    timeoutMs: 1000,
  }),
  22: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
  32: () => ({ resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }] }),
  42: () => ({ groupsNames: ['g'] }),
  60: () => ({ includeClusterAuthorizedOperations: true }),
}
const zero = 'AAAAAAAAAAAAAAAAAAAAAA'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.close())

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
      const request = requests[served.key]?.(version)
      expect(await running.plane.send(api, version, request)).toBeTypeOf('object')
      expect(running.lines.filter((line) => line.includes('ERROR'))).toEqual([])
    })

    test.each(versions)('version %i can be refused', async (version) => {
      const handler: AnyHandler = await served.load()
      const frame = encodeRequestFrame(api, version, 1, 'c', requests[served.key]?.(version))
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
