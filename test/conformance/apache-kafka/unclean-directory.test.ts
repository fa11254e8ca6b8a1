/**
 * A directory after a SIGKILL of our broker: Apache Kafka refuses it and changes nothing in it.
 * After `odradek log recover` it opens it, recovers nothing and serves every record.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless, setUp } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { consumeAll, KcatProducer } from '../kcat/kcat.ts'
import { treeOf } from './directory-tree.ts'
import { complaintsIn, kafkaObstacle, Turns } from './reference.ts'

const topic = 'unclean'
const partitions = 6
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const perCodec = 400
const program = join(import.meta.dirname, '../../../bin/odradek.js')
const obstacle = kafkaObstacle() ?? setUp(`${import.meta.dirname}/../kcat/setup.sh`).obstacle

describeUnless(obstacle, 'a directory that our broker left by SIGKILL', () => {
  const turns = new Turns()
  let broker: BrokerProcess
  let before: readonly string[]

  beforeAll(async () => {
    broker = await BrokerProcess.start({ target: turns })
  })
  afterAll(async () => {
    await broker?.dispose()
  })

  /** Runs the command line; the exit code and what it wrote to stdout. */
  function log(verb: string): { readonly code: number; readonly out: string } {
    const args = [program, 'log', verb, broker.dataFolder]
    try {
      return { code: 0, out: execFileSync(process.execPath, args, { encoding: 'utf8' }) }
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string }
      return { code: status, out: stdout }
    }
  }

  async function records(): Promise<readonly string[]> {
    const found: string[] = []
    await consumeAll(broker.address, topic, ({ partition, offset, key, value }) => {
      found.push(`${partition} ${offset} ${key} ${value}`)
    })
    return found.sort()
  }

  it('holds what was acknowledged, the last of it in the journal alone', async () => {
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    const configEntries = [{ name: 'segment.bytes', value: '1048576' }]
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] })
    await admin.disconnect()
    for (const codec of codecs) {
      const settings = ['-X', 'enable.idempotence=true', '-z', codec]
      const producer = new KcatProducer(broker.address, topic, settings)
      const lines = Array.from(
        { length: perCodec },
        (_, i) => `${codec}-${i}\x1fvalue ${i} ${'x'.repeat(1000)}\n`,
      )
      await producer.write(Buffer.from(lines.join('')))
      await producer.finish()
    }
    before = await records()
    expect(before).toHaveLength(codecs.length * perCodec)
    expect(log('verify').code).toBe(2)
    await broker.kill()
    const verified = log('verify')
    expect(verified.out).toMatch(/The last stop was not clean\. The journal holds \d+ entr/)
    expect(verified.code).toBe(0)
  })

  it('is refused by Apache Kafka, which changes nothing in it', async () => {
    const tree = treeOf(broker.dataFolder)
    turns.current = 'kafka'
    await expect(broker.start()).rejects.toThrow('ended while it started')
    expect(broker.log).toMatch(/meta\.properties/)
    expect(treeOf(broker.dataFolder)).toEqual(tree)
  })

  it('is recovered by one command, and then whole', () => {
    const recovered = log('recover')
    expect(recovered.out).toMatch(/^Recovered .* replayed [1-9]\d* journal entries/)
    expect(recovered.code).toBe(0)
    const tree = treeOf(broker.dataFolder)
    const verified = log('verify')
    expect(verified.out).toMatch(/is whole: (\d+) of \1 partitions without a fault/)
    expect(verified.code).toBe(0)
    expect(log('recover').out).toContain('is clean: nothing to do.')
    expect(treeOf(broker.dataFolder)).toEqual(tree)
  })

  it('is opened by Apache Kafka, which recovers nothing and serves every record', async () => {
    await broker.start()
    const isThere = async (): Promise<boolean> => {
      const found = await records().catch(() => [])
      return found.length >= before.length
    }
    await eventually('Apache Kafka leads its partitions', isThere)
    expect(await records()).toEqual(before)
    expect(broker.log).toMatch(/Skipping recovery of \d+ logs .* since clean shutdown file/)
    expect(complaintsIn(broker.log.slice(broker.log.lastIndexOf('Skipping recovery')))).toEqual([])
    await broker.stop()
  })
})
