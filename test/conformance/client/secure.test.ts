/** The client's TLS and SASL against Apache Kafka's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/base/random.ts'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { describeClusterApi } from '../../../src/protocol/generated/60-describe-cluster.ts'
import { type SaslOptions, startSasl } from '../../../src/security/index.ts'
import { clusterAt } from '../../client/network/cluster-fixture.ts'
import { hasOpenssl, type SelfSigned, selfSigned } from '../../fixtures/self-signed.ts'
import { hasKafka } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { odradek } from '../command-line/processes.ts'
import { alice, secureKafka, securePortOffset, sessionMs, unsecuredToken } from './secure-kafka.ts'

const isPossible = hasKafka() && hasOpenssl()

describe.skipIf(!isPossible)('SASL over TLS, against Apache Kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-secure-'))
  let own: SelfSigned
  let broker: BrokerProcess
  const clusters: Cluster[] = []

  beforeAll(async () => {
    own = selfSigned(folder)
    broker = await BrokerProcess.start({ target: secureKafka(own) })
  })
  afterEach(() => {
    for (const cluster of clusters.splice(0)) cluster.close()
  })
  afterAll(async () => {
    await broker?.dispose()
    rmSync(folder, { recursive: true })
  })

  function secureCluster(sasl: SaslOptions, tls: object = { ca: own.cert }): Cluster {
    const endpoint = { host: '127.0.0.1', port: broker.port + securePortOffset }
    const cluster = clusterAt([endpoint], {
      connection: {
        clientId: 'secure',
        clientSoftwareVersion: '1',
        connectTimeoutMs: 20_000,
        requestTimeoutMs: 20_000,
        frameBytesMax: 1 << 20,
        tls,
        authentication: { start: () => startSasl(sasl, systemRandom), renewAfter: () => 0.5 },
      },
      requestTimeoutMs: 20_000,
    })
    clusters.push(cluster)
    return cluster
  }

  const token = () => ({ value: unsecuredToken('alice') })
  const ways: SaslOptions[] = [
    { mechanism: 'PLAIN', ...alice },
    { mechanism: 'SCRAM-SHA-256', ...alice },
    { mechanism: 'SCRAM-SHA-512', ...alice },
    { mechanism: 'OAUTHBEARER', token },
  ]

  test.each(ways)('$mechanism lets us in', async (sasl) => {
    const cluster = secureCluster(sasl)
    await cluster.refresh()
    // What the broker tells of itself is the secure listener: the next call goes there too.
    const [node] = cluster.metadata.nodes.values()
    expect(node?.port).toBe(broker.port + securePortOffset)
    const { errorCode, brokers } = await cluster.call(1, describeClusterApi, {
      includeClusterAuthorizedOperations: false,
    })
    expect([errorCode, brokers.length]).toEqual([0, 1])
  })

  test.each(ways.slice(0, 3))('$mechanism with another password does not', async (sasl) => {
    const wrong = { ...sasl, password: 'wrong' } as SaslOptions
    await expect(secureCluster(wrong).refresh()).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'SASL_AUTHENTICATION_FAILED',
      retriable: false,
      message: expect.stringContaining('Authentication failed'),
    })
  })

  test('a token that is over does not, in the words of the broker', async () => {
    const value = unsecuredToken('alice', -3_600_000)
    const cluster = secureCluster({ mechanism: 'OAUTHBEARER', token: () => ({ value }) })
    await expect(cluster.refresh()).rejects.toMatchObject({
      code: 'SASL_AUTHENTICATION_FAILED',
      message: expect.stringContaining('invalid_token'),
    })
  })

  test('a mechanism that the broker has not is told with those that it has', async () => {
    const sasl = { mechanism: 'SCRAM-SHA-1', ...alice } as unknown as SaslOptions
    const cluster = secureCluster(sasl)
    await expect(cluster.refresh()).rejects.toMatchObject({
      code: 'UNSUPPORTED_SASL_MECHANISM',
      message: expect.stringMatching(/it has .*SCRAM-SHA-512/),
    })
  })

  test('a certificate that nobody vouches for is refused by us', async () => {
    const cluster = secureCluster({ mechanism: 'PLAIN', ...alice }, {})
    await expect(cluster.refresh()).rejects.toMatchObject({
      retriable: false,
      message: expect.stringContaining('self-signed'),
    })
  })

  test.each([ways[1]!, ways[3]!])(
    '$mechanism: calls go on past the end of a session',
    async (sasl) => {
      let tokens = 0
      const counting = (): { value: string } => {
        tokens++
        return token()
      }
      const counted = sasl.mechanism === 'OAUTHBEARER' ? { ...sasl, token: counting } : sasl
      const cluster = secureCluster(counted)
      await cluster.refresh()
      const before = cluster.statistics().connections.length
      const untilMs = Date.now() + 2 * sessionMs
      let calls = 0
      while (Date.now() < untilMs) {
        const answers = await Promise.all(
          [1, 2, 3].map(() => cluster.call(1, metadataApi, { topics: [] })),
        )
        calls += answers.length
        await sleep(100)
      }
      expect(calls).toBeGreaterThan(30)
      expect(before).toBeLessThanOrEqual(1)
      // One connection, renewed: a new one would have been a failed call.
      expect(cluster.statistics().connections).toEqual([{ node: '1 main', load: 0 }])
      if (sasl.mechanism === 'OAUTHBEARER') expect(tokens).toBeGreaterThanOrEqual(4)
    },
  )

  test('one that was idle past its end is renewed by the next call', async () => {
    const cluster = secureCluster(ways[2]!)
    await cluster.refresh()
    await cluster.call(1, metadataApi, { topics: [] })
    await sleep(sessionMs * 1.5)
    await expect(cluster.call(1, metadataApi, { topics: [] })).resolves.toBeDefined()
  })

  test.each([
    [
      'SCRAM-SHA-512',
      `scram.ScramLoginModule required username="alice" password="${alice.password}"`,
    ],
    [
      'OAUTHBEARER',
      'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="a"',
    ],
  ])(
    'the command line comes in by %s with a file as for tools of Kafka',
    async (mechanism, jaas) => {
      const file = join(folder, 'client.properties')
      const settings = {
        'bootstrap.servers': `127.0.0.1:${broker.port + securePortOffset}`,
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': `org.apache.kafka.common.security.${jaas};`,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': join(folder, 'cert.pem'),
      }
      const entries = Object.entries(settings)
      writeFileSync(file, entries.map(([name, value]) => `${name}=${value}\n`).join(''))
      const topic = `orders-${mechanism}`
      const producing = odradek('produce', topic, '--command-config', file)
      producing.write('a\nb\n')
      expect(await producing.end()).toMatchObject({ code: 0, err: '' })
      const consuming = odradek(
        'consume',
        topic,
        '--command-config',
        file,
        '--from-beginning',
        '-e',
      )
      const { code, out, err } = await consuming.end()
      expect([code, err, out.toString()]).toEqual([0, '', 'a\nb\n'])
      const listing = await odradek('topic', 'list', '--command-config', file).end()
      expect(listing.out.toString()).toContain(topic)
      const wrong = ['-X', 'ssl.truststore.location=']
      expect((await odradek('topic', 'list', '--command-config', file, ...wrong).end()).code).toBe(
        1,
      )
    },
  )
})
