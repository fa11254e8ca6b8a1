import { pbkdf2Sync } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { ScramAlteration } from '../../../src/client/admin/scram-users.ts'
import { ConfigError } from '../../../src/client/error.ts'
import {
  type AlterUserScramCredentialsRequest,
  alterUserScramCredentialsApi,
} from '../../../src/protocol/generated/51-alter-user-scram-credentials.ts'
import { useDefault } from '../network/fake-cluster.ts'
import { Ends } from './admin-fixture.ts'

const ends = new Ends()
afterEach(() => ends.run())

/** An admin whose broker has these codes for users, one map per request. */
async function both(...codes: Readonly<Record<string, number>>[]) {
  const requests: AlterUserScramCredentialsRequest[] = []
  const api = alterUserScramCredentialsApi
  const { admin, fake } = await ends.both({
    apis: [api],
    answer: ({ key, body }) => {
      if (key !== api.key) return useDefault
      const request = body as AlterUserScramCredentialsRequest
      requests.push(request)
      const users = new Set([...request.deletions, ...request.upsertions].map(({ name }) => name))
      const by = codes[Math.min(requests.length, codes.length) - 1]
      const results = [...users].map((user) => ({
        user,
        errorCode: by?.[user] ?? 0,
        errorMessage: null,
      }))
      return { throttleTimeMs: 0, results }
    },
  })
  return { admin, fake, requests }
}

const alice = { user: 'alice', mechanism: 'SCRAM-SHA-512', password: 'pa55wörd' } as const

test('a password goes out salted and hashed as the mechanism says', async () => {
  const { admin, requests } = await both({})
  const bob = { user: 'bob', mechanism: 'SCRAM-SHA-256', password: 'x', iterations: 5_000 } as const
  await admin.alterUserScramCredentials([alice, bob])
  const [first, second] = requests[0]?.upsertions ?? []
  expect(first).toMatchObject({ name: 'alice', mechanism: 2, iterations: 4_096 })
  expect(second).toMatchObject({ name: 'bob', mechanism: 1, iterations: 5_000 })
  const salted = pbkdf2Sync('pa55wörd', first?.salt ?? '', 4_096, 64, 'sha512')
  expect(Buffer.from(first?.saltedPassword ?? []).equals(salted)).toBe(true)
  const other = pbkdf2Sync('x', second?.salt ?? '', 5_000, 32, 'sha256')
  expect(Buffer.from(second?.saltedPassword ?? []).equals(other)).toBe(true)
  expect(first?.salt.length).toBe(24)
  expect(Buffer.from(first?.salt ?? []).equals(second?.salt ?? Buffer.alloc(0))).toBe(false)
})

test('null takes a password away', async () => {
  const { admin, requests } = await both({})
  await admin.alterUserScramCredentials([{ ...alice, password: null }])
  expect(requests).toEqual([{ deletions: [{ name: 'alice', mechanism: 2 }], upsertions: [] }])
})

test('each user has an outcome, and only what failed for now is sent again', async () => {
  const { admin, requests } = await both({ alice: 41, bob: 91 }, {})
  const bob = { ...alice, user: 'bob', password: null }
  const call = admin.alterUserScramCredentials([alice, bob, { ...alice, user: 'carol' }])
  await expect(call).rejects.toMatchObject({
    results: [null, { code: 'RESOURCE_NOT_FOUND' }, null],
  })
  expect(requests.map(({ upsertions }) => upsertions.map(({ name }) => name))).toEqual([
    ['alice', 'carol'],
    ['alice'],
  ])
  // The same salt: what a repeated request sets is what the first one did.
  expect(requests[1]?.upsertions[0]).toEqual(requests[0]?.upsertions[0])
})

test.each<[object, string]>([
  [{ mechanism: 'SCRAM-SHA-521' }, "did you mean 'SCRAM-SHA-512'?"],
  [{ password: '' }, 'The password of alice has to be text'],
  [{ password: undefined }, 'The password of alice has to be text'],
  [{ iterations: 1 }, 'iterations of alice is 1'],
  [{ iterations: Number.NaN }, 'iterations of alice is NaN'],
  [{ user: '' }, 'A user has a name'],
])('%o is refused before anything is sent', async (wrong, message) => {
  const { admin, fake } = await both({})
  const call = admin.alterUserScramCredentials([{ ...alice, ...wrong } as ScramAlteration])
  await expect(call).rejects.toThrow(message)
  await expect(call).rejects.toBeInstanceOf(ConfigError)
  await expect(call).rejects.not.toThrow('pa55')
  expect(fake.seen).toEqual([])
})
