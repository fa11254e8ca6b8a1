import { expect, test } from 'vitest'
import { describeUserScramCredentials } from '../../../src/broker/handler/50-describe-user-scram-credentials.ts'
import { emptyImage } from '../../../src/metadata/image.ts'
import { describeUserScramCredentialsApi } from '../../../src/protocol/generated/50-describe-user-scram-credentials.ts'
import type { MetadataRecord } from '../../../src/protocol/metadata-record.ts'
import { startTestBroker } from '../fixture.ts'
import { brokerSeeing, callOf } from './images.ts'

function credential(name: string, mechanism: number, iterations: number): MetadataRecord {
  const secret = new Uint8Array([1])
  const secrets = { salt: secret, storedKey: secret, serverKey: secret }
  const value = { name, mechanism, iterations, ...secrets }
  return { name: 'UserScramCredentialRecord', version: 0, value }
}

async function describeUsers(users: readonly string[] | null) {
  const records = [
    credential('b', 2, 8192),
    credential('a', 1, 4096),
    credential('b', 1, 4096),
    { name: 'NoOpRecord', version: 0, value: {} } as MetadataRecord,
  ]
  const retained = new Map(records.map((record, at) => [String(at), record]))
  const broker = brokerSeeing({ ...emptyImage, retained })
  const request = { users: users?.map((name) => ({ name })) ?? null }
  const answer = await describeUserScramCredentials.handle(request, callOf(0), broker)
  expect(answer).toMatchObject({ errorCode: 0 })
  return answer.results.map(({ user, errorCode, credentialInfos }) => [
    user,
    errorCode,
    credentialInfos.map(({ mechanism, iterations }) => `${mechanism}: ${iterations}`).join(),
  ])
}

const a = ['a', 0, '1: 4096']
const b = ['b', 0, '1: 4096,2: 8192']

test.each([[null], [[]]])('users %j are all of them', async (users) => {
  expect(await describeUsers(users)).toEqual([b, a])
})

test('users that are asked for, known or not, and one that stands twice', async () => {
  expect(await describeUsers(['a', 'nobody', 'b', 'b', ''])).toEqual([
    a,
    ['nobody', 91, ''],
    ['b', 92, ''],
    ['', 91, ''],
  ])
})

test('a new cluster has none', async () => {
  const { broker, plane } = await startTestBroker()
  const api = describeUserScramCredentialsApi
  expect(await plane.send(api, 0, { users: null })).toMatchObject({ errorCode: 0, results: [] })
  const { results } = await plane.send(api, 0, { users: [{ name: 'u' }] })
  expect(results).toMatchObject([{ user: 'u', errorCode: 91, credentialInfos: [] }])
  await broker.stop()
})
