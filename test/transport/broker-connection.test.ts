import { afterEach, expect, test } from 'vitest'
import { listOffsetsApi } from '../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { apiVersionsApi } from '../../src/protocol/generated/18-api-versions.ts'
import { describeClusterApi } from '../../src/protocol/generated/60-describe-cluster.ts'
import { encodeResponseFrame, openRequest } from '../../src/protocol/header.ts'
import { BrokerConnection } from '../../src/transport/broker-connection.ts'
import { UnreadableAnswerError } from '../../src/transport/connection-error.ts'
import { type Script, scriptedBroker } from './scripted-broker.ts'

const options = {
  clientId: 'test',
  clientSoftwareVersion: '1',
  connectTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  frameBytesMax: 10_000,
}
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A broker that knows ApiVersions up to `own` and Metadata in a range; it notes what it gets. */
function broker(own: number, metadata: readonly [number, number], seen: string[]): Script {
  const ranges = [
    { apiKey: 18, minVersion: 0, maxVersion: own },
    { apiKey: 3, minVersion: metadata[0], maxVersion: metadata[1] },
  ]
  return (frame) => {
    const opened = openRequest(frame)
    if (typeof opened === 'string') throw new Error(opened)
    const { apiKey, apiVersion, correlationId } = opened.head
    seen.push(`${apiKey} v${apiVersion} #${correlationId}`)
    if (apiKey === 18) {
      const known = apiVersion <= own
      const response = known
        ? { errorCode: 0, apiKeys: ranges }
        : { errorCode: 35, apiKeys: ranges.slice(0, 1) }
      const version = known ? apiVersion : 0
      return encodeResponseFrame(apiVersionsApi, version, correlationId, response).subarray(4)
    }
    const response = { brokers: [{ nodeId: 7, host: 'h', port: 1 }], topics: [] }
    return encodeResponseFrame(metadataApi, apiVersion, correlationId, response).subarray(4)
  }
}

async function connect(script: Script): Promise<BrokerConnection> {
  const scripted = await scriptedBroker(script)
  ends.push(scripted.close)
  const connection = await BrokerConnection.open(scripted.endpoint, options)
  ends.push(() => connection.close())
  return connection
}

test('speaks the highest version that both sides know', async () => {
  const seen: string[] = []
  const connection = await connect(broker(5, [0, 9], seen))
  const { brokers } = await connection.call(metadataApi, { topics: [] })
  expect(brokers).toMatchObject([{ nodeId: 7, host: 'h', port: 1 }])
  expect(seen).toEqual(['18 v5 #0', '3 v9 #1'])
})

test('asks an older broker for its versions again, in the version that it names', async () => {
  const seen: string[] = []
  const connection = await connect(broker(2, [0, 99], seen))
  expect(connection.versionOf(metadataApi)).toBe(metadataApi.request.versionMax)
  expect(seen).toEqual(['18 v5 #0', '18 v2 #1'])
})

test('a caller may keep to older versions, answered or not', async () => {
  const seen: string[] = []
  const connection = await connect(broker(5, [0, 9], seen))
  await connection.tell(metadataApi, { topics: [] }, { versionMax: 5 })
  await expect.poll(() => seen.at(-1)).toBe('3 v5 #1')
  await expect(connection.tell(metadataApi, { topics: [] }, { versionMax: -1 })).rejects.toThrow(
    'does not serve Metadata as we know it',
  )
})

test('an API that the broker does not have, or not as we know it, is told', async () => {
  const connection = await connect(broker(5, [50, 60], []))
  expect(() => connection.versionOf(metadataApi)).toThrow('does not serve Metadata as we know it')
  expect(() => connection.versionOf(describeClusterApi)).toThrow('does not serve DescribeCluster')
})

test('an answer of another request ends the connection', async () => {
  const script = broker(5, [0, 9], [])
  const connection = await connect((frame, socket) => {
    const answer = script(frame, socket)
    if (frame.readInt16BE(0) === 3) answer?.set([9, 9, 9, 9])
    return answer
  })
  await expect(connection.call(metadataApi, { topics: [] })).rejects.toThrow(
    'belongs to no request',
  )
  await expect(connection.call(metadataApi, { topics: [] })).rejects.toThrow('is closed')
})

/** A broker that answers ApiVersions like this, whatever is asked; tells when its client left. */
function stubborn(answer: (correlationId: number) => Uint8Array, left: () => void): Script {
  return (frame, socket) => {
    socket.once('close', left)
    return answer(frame.readInt32BE(4))
  }
}

test.each([
  ['refuses', 'refused to tell its versions (error 29)', 29, 64],
  ['goes on refusing the version', 'refused to tell its versions (error 35)', 35, 64],
  ['cuts its answer', 'a malformed answer of ApiVersions', 0, 9],
])('a broker that %s is left with a sentence', async (_, sentence, errorCode, bytesMax) => {
  let leave: () => void = () => {}
  const left = new Promise<void>((resolve) => (leave = resolve))
  const script = stubborn((correlationId) => {
    const ranges = [{ apiKey: 18, minVersion: 0, maxVersion: 0 }]
    const response = { errorCode, apiKeys: ranges }
    const version = errorCode === 35 ? 0 : 5
    return encodeResponseFrame(apiVersionsApi, version, correlationId, response).subarray(
      4,
      4 + bytesMax,
    )
  }, leave)
  await expect(connect(script)).rejects.toThrow(sentence)
  await left
})

test('a number above 2^53 is an error of its own, and the connection stays', async () => {
  const beyond = Buffer.alloc(8)
  beyond.writeBigInt64BE(2n ** 53n + 1n)
  let calls = 0
  const connection = await connect((frame) => {
    const correlationId = frame.readInt32BE(4)
    if (frame.readInt16BE(0) === apiVersionsApi.key) {
      const apiKeys = [
        { apiKey: 18, minVersion: 0, maxVersion: 5 },
        { apiKey: 2, minVersion: 7, maxVersion: 7 },
      ]
      const version = frame.readInt16BE(2)
      const versions = { errorCode: 0, apiKeys }
      return encodeResponseFrame(apiVersionsApi, version, correlationId, versions).subarray(4)
    }
    const partitions = [{ partitionIndex: 0, errorCode: 0, timestamp: -1, offset: 77 }]
    const topics = [{ name: 't', partitions }]
    const bytes = Buffer.from(encodeResponseFrame(listOffsetsApi, 7, correlationId, { topics }))
    const at = bytes.indexOf(Buffer.from([0, 0, 0, 0, 0, 0, 0, 77]))
    if (calls++ === 0) beyond.copy(bytes, at)
    return bytes.subarray(4)
  })
  const request = { replicaId: -1, topics: [] }
  const first = connection.call(listOffsetsApi, request)
  await expect(first).rejects.toThrow(UnreadableAnswerError)
  await expect(first).rejects.toThrow(/answered ListOffsets with a number above 2\^53\.$/)
  const { topics } = await connection.call(listOffsetsApi, request)
  expect(topics[0]?.partitions[0]?.offset).toBe(77)
})

test('pipelined calls are answered in order, each in its own version', async () => {
  const seen: string[] = []
  const connection = await connect(broker(5, [0, 12], seen))
  const versions: number[] = []
  const calls = [1, 2, 3].map(() =>
    connection.call(metadataApi, (version) => {
      versions.push(version)
      return { topics: [] }
    }),
  )
  expect(connection.inFlight).toBe(3)
  expect(await Promise.all(calls)).toHaveLength(3)
  expect(connection.inFlight).toBe(0)
  expect(versions).toEqual([12, 12, 12])
  expect(seen.slice(1)).toEqual(['3 v12 #1', '3 v12 #2', '3 v12 #3'])
})

test('a field that the version lacks is an error, and the connection lives on', async () => {
  const connection = await connect(broker(5, [0, 3], []))
  let free = 0
  const call = connection.call(
    metadataApi,
    { topics: [], allowAutoTopicCreation: false },
    { written: () => free++ },
  )
  await expect(call).rejects.toThrow(
    'version 3 cannot carry MetadataRequest.allowAutoTopicCreation',
  )
  expect(free).toBe(1)
  await expect(connection.call(metadataApi, { topics: [] })).resolves.toBeDefined()
})
