/** Commands on Apache Kafka over SASL_SSL, by a file of the kind that Kafka's tools take. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { capturedTerminal } from '../../cli/captured-terminal.ts'
import { hasOpenssl, selfSigned } from '../../fixtures/self-signed.ts'
import { hasKafka } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { alice, secureKafka, securePortOffset } from '../client/secure-kafka.ts'

describe.skipIf(!(hasKafka() && hasOpenssl()))('a cluster behind TLS and SCRAM', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-secure-commands-'))
  let broker: BrokerProcess

  beforeAll(async () => {
    const own = selfSigned(folder)
    broker = await BrokerProcess.start({ target: secureKafka(own) })
    writeFileSync(join(folder, 'ca.pem'), own.cert)
    writeFileSync(join(folder, 'client.properties'), properties(alice.password))
    writeFileSync(join(folder, 'wrong.properties'), properties('guessed'))
  })
  afterAll(async () => {
    await broker?.dispose()
    rmSync(folder, { recursive: true })
  })

  function properties(password: string): string {
    const module = 'org.apache.kafka.common.security.scram.ScramLoginModule'
    return [
      `bootstrap.servers=127.0.0.1:${broker.port + securePortOffset}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=SCRAM-SHA-512',
      `sasl.jaas.config=${module} required username="${alice.username}" password="${password}";`,
      `ssl.truststore.location=${join(folder, 'ca.pem')}`,
      'ssl.truststore.type=PEM',
    ].join('\n')
  }

  async function run(args: readonly string[], file = 'client.properties') {
    const terminal = capturedTerminal()
    const code = await runCommandLine([...args, '--command-config', join(folder, file)], terminal)
    return { code, out: terminal.stdout, err: terminal.stderr }
  }

  test.each([
    [['topic', 'create', 'orders', '--partitions', '2'], 'Created topic orders with 2 partitions.'],
    [
      ['config', 'alter', 'topic', 'orders', '--set', 'max.message.bytes=2000000'],
      'topic orders: max.message',
    ],
    [['perf', 'latency', 'orders', '--num-records', '5'], 'Percentiles: 50th'],
    [['perf', 'produce', 'orders', '--num-records', '500', '--acks', 'all'], '500 records sent'],
    [['perf', 'consume', 'orders', '--num-records', '505', '--group', 'readers'], ', 505, '],
    [['group', 'describe', 'readers'], 'CURRENT-OFFSET'],
    [['group', 'reset-offsets', 'readers', '--all-topics', '--to-latest'], 'NEW-OFFSET'],
    [['records', 'delete', 'orders:0', '--before', 'latest'], 'LOW-WATERMARK'],
    [['group', 'delete', 'readers'], 'Deleted group readers.'],
  ])('%j', async (args, words) => {
    const { code, out, err } = await run(args)
    expect([code, err.filter((line) => line.startsWith('odradek: '))]).toEqual([0, []])
    expect(out.join('\n')).toContain(words)
  })

  test('the wrong password is a sentence, at once', async () => {
    for (const args of [
      ['group', 'list'],
      ['perf', 'consume', 'orders', '--hide-header'],
    ]) {
      const { code, out, err } = await run(args, 'wrong.properties')
      expect([args, code, out, err.length]).toEqual([args, 1, [], 1])
      expect(err[0]).toMatch(/^odradek: .*(SASL_AUTHENTICATION_FAILED|uthentication).*\.$/)
      expect(err[0]).not.toContain('guessed')
    }
  })
})
