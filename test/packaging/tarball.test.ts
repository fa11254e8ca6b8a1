import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BrokerProcess } from '../conformance/broker-process.ts'
import { type BrokerTarget, odradekTarget } from '../conformance/broker-target.ts'
import { type Installation, install } from './installation.ts'
import { packTarball, type Tarball } from './tarball.ts'
import { node, npm, ownNpm, pnpm, withoutCompiler } from './toolchain.ts'

const full = process.env['PACKAGING_MATRIX'] === 'full'
const managers = full
  ? [npm('11.19.1', process.versions.node), npm('12.2.0', '22.23.3'), pnpm('10.34.9')]
  : [ownNpm()]
const nodes = full
  ? [process.versions.node, '22.23.3', '24.21.0', '26.10.0']
  : [process.versions.node]
const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const

let tarball: Tarball
const bare = withoutCompiler()

beforeAll(() => {
  tarball = packTarball()
})

afterAll(() => {
  tarball?.remove()
  bare.remove()
})

it('the tarball holds what runs, and nothing of the tests', () => {
  const has = (path: string) => tarball.contents.includes(path)
  expect(has('bin/odradek.js')).toBe(true)
  expect(has('dist/broker/index.js')).toBe(true)
  expect(has('dist/broker/index.d.ts')).toBe(true)
  const odd = tarball.contents.filter((path) => /^(test|bench|src|docs|build)\//.test(path))
  expect(odd).toEqual([])
})

describe.each(managers)('installed by $name without a compiler', (manager) => {
  let installation: Installation
  let bin: string

  beforeAll(() => {
    installation = install(tarball, manager, bare.env)
    bin = join(installation.package, 'bin', 'odradek.js')
  })

  afterAll(() => {
    installation?.remove()
  })

  it.each(nodes)('a broker runs on Node %s, with every codec', async (version) => {
    const executable = node(version)
    const target: BrokerTarget = {
      ...odradekTarget,
      command: (folder, port, settings) => {
        const [, , ...args] = odradekTarget.command(folder, port, settings)
        return [executable, bin, ...args]
      },
      environment: () => bare.env,
    }
    const broker = await BrokerProcess.start({ target })
    try {
      await writeInEveryCodec(broker.address)
      for (const codec of codecs) {
        const segment = join(broker.dataFolder, `${codec}-0`, '00000000000000000000.log')
        const dump = spawnSync(executable, [bin, 'log', 'dump', '--records', segment], {
          env: bare.env,
          encoding: 'utf8',
        })
        expect(dump.stdout, dump.stderr).toContain(`written to ${codec}`)
        expect(dump.stdout).toContain(codec)
      }
      await broker.stop()
    } finally {
      await broker.dispose()
    }
  })
})

/** Has the broker compress: a topic's codec is not that of the client, which sends none. */
async function writeInEveryCodec(address: string): Promise<void> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: codecs.map((codec) => ({
      topic: codec,
      numPartitions: 1,
      configEntries: [{ name: 'compression.type', value: codec }],
    })),
  })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  for (const codec of codecs) {
    const value = `written to ${codec} ${'.'.repeat(1000)}`
    await producer.send({ topic: codec, messages: [{ key: 'k', value }] })
  }
  await producer.disconnect()
}
