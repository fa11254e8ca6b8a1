import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { startSasl } from '../../src/security/sasl.ts'
import { ScramServer } from './scram-server.ts'

const random = seededRandom(3)

test('PLAIN says everything in one message', async () => {
  const plain = { mechanism: 'PLAIN', username: 'alice', password: 'søt' } as const
  const client = startSasl(plain, random)
  expect(client.mechanism).toBe('PLAIN')
  expect(Buffer.from(await client.first()).toString()).toBe('\0alice\0søt')
  expect(client.next(Buffer.alloc(0))).toBeUndefined()
  const other = startSasl({ ...plain, authorizationId: 'bob' }, random)
  expect(Buffer.from(await other.first()).toString()).toBe('bob\0alice\0søt')
})

test('PLAIN cannot carry a zero byte', () => {
  const client = startSasl({ mechanism: 'PLAIN', username: 'a\0b', password: 'p' }, random)
  expect(() => client.first()).toThrow('zero byte')
})

test.each([
  ['SCRAM-SHA-256', 'sha256'],
  ['SCRAM-SHA-512', 'sha512'],
] as const)('%s uses its hash, and a nonce of its own for each run', async (mechanism, hash) => {
  const options = { mechanism, username: 'a,b=c', password: 'p' }
  const client = startSasl(options, random)
  const server = new ScramServer(hash, 'p')
  const first = await client.first()
  const { name, answer } = server.first(first)
  expect(name).toBe('a,b=c')
  expect(server.final((await client.next(answer))!)).toBeDefined()
  expect(Buffer.from(await startSasl(options, random).first())).not.toEqual(Buffer.from(first))
})

describe('OAUTHBEARER', () => {
  const start = (token: unknown) =>
    startSasl({ mechanism: 'OAUTHBEARER', token: () => token as { value: string } }, random)

  test('carries token and extensions', async () => {
    const client = start(Promise.resolve({ value: 'ab.c', extensions: { cluster: 'lkc 1' } }))
    const message = Buffer.from(await client.first()).toString()
    expect(message).toBe('n,,\x01auth=Bearer ab.c\x01cluster=lkc 1\x01\x01')
    expect(await client.next(Buffer.alloc(0))).toBeUndefined()
  })

  test('answers a refusal with the byte that ends it', async () => {
    const client = start({ value: 'ab.c' })
    await client.first()
    const refusal = Buffer.from('{"status":"invalid_token"}')
    expect(await client.next(refusal)).toEqual(Buffer.from([1]))
  })

  test.each([
    [{ value: 'with space' }, 'not a bearer token'],
    [{ value: '' }, 'not a bearer token'],
    [{}, 'not a bearer token'],
    [{ value: 'ab', extensions: { auth: 'x' } }, 'extension that cannot be sent: auth'],
    [{ value: 'ab', extensions: { 'a-b': 'x' } }, 'extension that cannot be sent: a-b'],
    [{ value: 'ab', extensions: { name: 'a\x01b' } }, 'extension that cannot be sent: name'],
  ])('refuses %j', async (token, why) => {
    await expect(start(token).first()).rejects.toThrow(why)
  })
})
