import { describe, expect, test } from 'vitest'
import { checkOptions } from '../../../src/client/options/check-options.ts'
import {
  type CheckedConnectionOptions,
  connectionRules,
  openCluster,
} from '../../../src/client/options/connection-options.ts'
import { FakeCluster } from '../network/fake-cluster.ts'

const check = (given: object): CheckedConnectionOptions =>
  checkOptions('Admin', connectionRules, given)

describe('bootstrapServers', () => {
  test.each([
    ['one text', 'a:1', ['a:1']],
    ['several in a text', 'a:1, b:2,[::1]:3', ['a:1', 'b:2', '::1:3']],
    ['an array', ['a:1', 'b:2'], ['a:1', 'b:2']],
  ])('%s', (_, bootstrapServers, servers) => {
    const found = check({ bootstrapServers }).bootstrapServers
    expect(found.map(({ host, port }) => `${host}:${port}`)).toEqual(servers)
  })

  test.each([[''], [[]], [['a']], [['a:0']], [[':9092']], [['a:1', 5]], [5], ['http://a:1']])(
    '%j is refused',
    (bootstrapServers) => {
      expect(() => check({ bootstrapServers })).toThrow("one or more of 'HOST:PORT'")
    },
  )

  test('must be there', () => {
    expect(() => check({})).toThrow("needs the option 'bootstrapServers'")
  })
})

describe('tls and sasl', () => {
  const at = (more: object) => check({ bootstrapServers: 'a:1', ...more })

  test('TLS is off, on, or on as told', () => {
    expect(at({}).tls).toBeUndefined()
    expect(at({ tls: false }).tls).toBeUndefined()
    expect(at({ tls: true }).tls).toEqual({})
    expect(at({ tls: { ca: 'pem' } }).tls).toEqual({ ca: 'pem' })
    expect(() => at({ tls: 'yes' })).toThrow('an object with options of node:tls')
  })

  test.each([
    [{ mechanism: 'PLAIN', username: 'a', password: 'b' }],
    [{ mechanism: 'PLAIN', username: 'a', password: 'b', authorizationId: 'c' }],
    [{ mechanism: 'SCRAM-SHA-512', username: 'a', password: 'b' }],
    [{ mechanism: 'OAUTHBEARER', token: () => ({ value: 'x' }) }],
  ])('%j is a way to prove who one is', (sasl) => {
    expect(at({ sasl }).sasl).toBe(sasl)
  })

  test.each([
    [{}, "'mechanism' is one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER"],
    [{ mechanism: 'plain', username: 'a', password: 'b' }, "'mechanism' is one of"],
    [{ mechanism: 'PLAIN', username: 'a' }, 'PLAIN with username, password'],
    [{ mechanism: 'PLAIN', username: 'a', password: 1 }, 'PLAIN with username, password'],
    [{ mechanism: 'OAUTHBEARER', token: 'abc' }, 'OAUTHBEARER with token'],
    [{ mechanism: 'SCRAM-SHA-256', user: 'a', password: 'b' }, 'with username, password'],
    [
      { mechanism: 'SCRAM-SHA-256', username: 'a', password: 'b', token: 'c' },
      'with username, password',
    ],
  ])('%j is none', (sasl, words) => {
    expect(() => at({ sasl })).toThrow(words)
  })

  test('no secret is shown in an error', () => {
    const sasl = { mechanism: 'PLAIN', username: 'a', passwort: 'hush-hush' }
    let words = ''
    try {
      at({ sasl })
    } catch (error) {
      words = String(error)
    }
    expect(words).toContain('PLAIN with')
    expect(words).not.toContain('hush')
  })
})

test('the options reach the connections', async () => {
  const fake = await FakeCluster.start({ topics: new Map([['t', 2]]) })
  const servers = fake.endpoints.map(({ host, port }) => `${host}:${port}`)
  const cluster = openCluster(check({ bootstrapServers: servers, requestTimeoutMs: 80 }), false)
  try {
    expect((await cluster.awaitTopic('t', 2000)).partitions).toHaveLength(2)
    expect(fake.seen.at(-1)?.body).toMatchObject({ allowAutoTopicCreation: false })
    fake.answer = () => undefined
    await expect(cluster.coordinator('group', 'g', 50)).rejects.toThrow('within 50 ms')
    expect(cluster.options.retryBackoff).toEqual({ initialMs: 100, maxMs: 1000 })
  } finally {
    cluster.close()
    await fake.close()
  }
})
