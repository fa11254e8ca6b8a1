import { afterEach, expect, test } from 'vitest'
import type { Api } from '../../src/protocol/codec.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { saslHandshakeApi } from '../../src/protocol/generated/17-sasl-handshake.ts'
import { apiVersionsApi } from '../../src/protocol/generated/18-api-versions.ts'
import { saslAuthenticateApi } from '../../src/protocol/generated/36-sasl-authenticate.ts'
import { encodeResponseFrame, openRequest } from '../../src/protocol/header.ts'
import type { SaslExchange } from '../../src/transport/authenticate.ts'
import { BrokerConnection } from '../../src/transport/broker-connection.ts'
import { scriptedBroker } from './scripted-broker.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const apis = [metadataApi, apiVersionsApi, saslHandshakeApi, saslAuthenticateApi]
const byKey = new Map<number, Api<unknown, unknown, unknown, unknown>>(
  apis.map((api) => [api.key, api as never]),
)
const apiKeys = apis.map((api) => ({
  apiKey: api.key,
  minVersion: api.request.versionMin,
  maxVersion: api.request.versionMax,
}))

/** Says `hello`, then `more` for each `go on` of the broker. */
const patient = (): SaslExchange => ({
  mechanism: 'TEST',
  first: async () => Buffer.from('hello'),
  next: (challenge) =>
    Buffer.from(challenge).toString() === 'go on' ? Buffer.from('more') : undefined,
})

/** A broker whose answers to SaslAuthenticate a test gives; it notes what it got. */
async function connect(
  answers: (message: string) => object,
  more: { handshake?: object; start?: () => SaslExchange } = {},
) {
  const seen: string[] = []
  const broker = await scriptedBroker((frame) => {
    const opened = openRequest(frame)
    if (typeof opened === 'string') throw new Error(opened)
    const { head, reader } = opened
    const api = byKey.get(head.apiKey)!
    const body = api.request.decode(reader, head.apiVersion)
    let response: object = { errorCode: 0, apiKeys }
    if (api.key === metadataApi.key) response = { brokers: [], topics: [] }
    if (api.key === saslHandshakeApi.key) {
      response = more.handshake ?? { errorCode: 0, mechanisms: ['TEST'] }
    }
    if (api.key === saslAuthenticateApi.key) {
      const message = Buffer.from((body as { authBytes: Uint8Array }).authBytes).toString()
      seen.push(message)
      response = answers(message)
    } else if (api.key !== apiVersionsApi.key) seen.push(api.name)
    return encodeResponseFrame(api, head.apiVersion, head.correlationId, response).subarray(4)
  })
  ends.push(broker.close)
  const opening = BrokerConnection.open(broker.endpoint, {
    clientId: 'test',
    clientSoftwareVersion: '1',
    connectTimeoutMs: 2000,
    requestTimeoutMs: 2000,
    frameBytesMax: 10_000,
    authentication: { start: more.start ?? patient, renewAfter: () => 0.5 },
  })
  return { opening, seen }
}

const answer = (text: string, sessionLifetimeMs = 0) => ({
  errorCode: 0,
  errorMessage: null,
  authBytes: Buffer.from(text),
  sessionLifetimeMs,
})

test('messages go back and forth until both are content', async () => {
  let left = 2
  const { opening, seen } = await connect(() => answer(left-- > 0 ? 'go on' : 'well'))
  const connection = await opening
  ends.push(() => connection.close())
  await connection.call(metadataApi, { topics: [] })
  expect(seen).toEqual(['SaslHandshake', 'hello', 'more', 'more', 'Metadata'])
})

test('a session is renewed before it ends, and calls wait for that', async () => {
  const { opening, seen } = await connect(() => answer('', 100))
  const connection = await opening
  ends.push(() => connection.close())
  await connection.call(metadataApi, { topics: [] })
  await new Promise((resolve) => setTimeout(resolve, 70))
  const calls = [1, 2, 3].map(() => connection.call(metadataApi, { topics: [] }))
  expect(connection.inFlight).toBeGreaterThanOrEqual(3)
  await Promise.all(calls)
  const renewal = ['SaslHandshake', 'hello']
  const first = [...renewal, 'Metadata']
  expect(seen).toEqual([...first, ...renewal, 'Metadata', 'Metadata', 'Metadata'])
})

test('a renewal that is refused ends the connection with the reason', async () => {
  let refuse = false
  const { opening } = await connect(() =>
    refuse ? { errorCode: 58, errorMessage: 'no longer', authBytes: [] } : answer('', 60),
  )
  const connection = await opening
  await new Promise((resolve) => setTimeout(resolve, 40))
  refuse = true
  const calls = [1, 2].map(() => connection.call(metadataApi, { topics: [] }))
  for (const call of calls) await expect(call).rejects.toThrow('no longer')
  expect(connection.failure).toMatchObject({ fault: 'refused', code: 58 })
})

test('a mechanism that the broker does not take is told with those that it has', async () => {
  const handshake = { errorCode: 33, mechanisms: ['PLAIN', 'SCRAM-SHA-512'] }
  const { opening } = await connect(() => answer(''), { handshake })
  await expect(opening).rejects.toMatchObject({ fault: 'refused', code: 33 })
  await expect(opening).rejects.toThrow('does not take TEST; it has PLAIN, SCRAM-SHA-512')
})

test('a refusal is told in the words of the broker', async () => {
  const words = 'Authentication failed: Invalid username or password'
  const { opening } = await connect(() => ({ errorCode: 58, errorMessage: words, authBytes: [] }))
  await expect(opening).rejects.toThrow(`${words} (SASL_AUTHENTICATION_FAILED).`)
})

test('what the mechanism itself throws is a refusal of ours', async () => {
  const start = () => ({
    ...patient(),
    first: () => Promise.reject(new Error('the provider is away.')),
  })
  const { opening } = await connect(() => answer(''), { start })
  await expect(opening).rejects.toMatchObject({ fault: 'refused', code: 58 })
  await expect(opening).rejects.toThrow('the provider is away (SASL_AUTHENTICATION_FAILED).')
})

test('an exchange that comes to no end is ended', async () => {
  const { opening, seen } = await connect(() => answer('go on'))
  await expect(opening).rejects.toThrow('TEST comes to no end')
  expect(seen.length).toBeLessThan(20)
})
