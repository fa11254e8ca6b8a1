/** `odradek start --config` with what Apache Kafka's own file for a single node says. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { brokerSettings } from '../../../src/broker/settings.ts'
import { startTestBroker } from '../../broker/fixture.ts'

const file = 'test/cli/fixtures/kafka-single-node.properties'
const configFile = { name: file, text: readFileSync(file, 'latin1') }
const vain =
  'Set, but without meaning on a single node: controller.quorum.bootstrap.servers, ' +
  'inter.broker.listener.name, num.recovery.threads.per.data.dir.'

let folder = ''
let started: ChildProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-kafka-file-'))
})
afterEach(() => {
  started?.kill('SIGKILL')
  started = undefined
  rmSync(folder, { recursive: true })
})

test('says what Kafka would do, and nothing in it is refused or warned of', () => {
  const settings = brokerSettings({ configFile }, 4)
  expect(settings).toMatchObject({
    warnings: [],
    notices: [vain],
    nodeId: 1,
    directories: { data: ['/tmp/kraft-combined-logs'], metadata: '/tmp/kraft-combined-logs' },
    listeners: [
      {
        name: 'PLAINTEXT',
        endpoint: { host: '', port: 9092 },
        advertised: { host: 'localhost', port: 9092 },
      },
    ],
    controllerListener: { name: 'CONTROLLER', endpoint: { host: 'localhost', port: 9093 } },
    dataPlane: { reactorThreads: 3, socketRequestMaxBytes: 104_857_600 },
  })
})

test('binds every address of the machine at its port, and no controller', async () => {
  const { broker, plane } = await startTestBroker({ configFile })
  expect(plane.listening).toEqual([{ host: '::', port: 9092 }])
  await broker.stop()
})

/** The file as it is; ports and folders of this machine are not its own in a test. */
test('starts a broker that a client produces to', async () => {
  const place = ['--data', join(folder, 'data'), '--listen', '127.0.0.1:0']
  const command = ['bin/odradek.js', 'start', '--config', file, ...place]
  const broker = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  started = broker
  const ended = new Promise<number | null>((resolve) => broker.on('exit', resolve))
  let said = ''
  broker.stderr.on('data', (chunk) => (said += String(chunk)))
  const line = await new Promise<string>((resolve, reject) => {
    broker.stdout.once('data', (chunk) => resolve(String(chunk)))
    void ended.then(() => reject(new Error(said)))
  })
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1])
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  const messages = [{ value: 'a' }]
  const [sent] = await producer.send({ topic: 'orders', messages })
  expect(sent).toMatchObject({ topicName: 'orders', partition: 0, errorCode: 0, baseOffset: '0' })
  await producer.disconnect()
  const admin = kafka.admin()
  await admin.connect()
  const [offsets] = await admin.fetchTopicOffsets('orders')
  expect(offsets).toMatchObject({ partition: 0, low: '0', high: '1' })
  await admin.disconnect()
  broker.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(said).toContain(vain)
  expect(said).not.toContain('WARN')
}, 30_000)
