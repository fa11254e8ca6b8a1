/**
 * One directory, our broker and Apache Kafka by turns: what one left after a clean stop, the other
 * has, record by record, without recovering anything.
 */
import { execFileSync } from 'node:child_process'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless, setUp } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { consumeAll, KcatProducer } from '../kcat/kcat.ts'
import { complaintsIn, kafkaObstacle, Turns } from './reference.ts'

const topic = 'by-turns'
const partitions = 3
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const idempotent = ['-X', 'enable.idempotence=true']
const obstacle = kafkaObstacle() ?? setUp(`${import.meta.dirname}/../kcat/setup.sh`).obstacle

describeUnless(obstacle, 'a directory that our broker and Apache Kafka use by turns', () => {
  const turns = new Turns()
  let broker: BrokerProcess
  let kafka: Kafka
  let before: State

  beforeAll(async () => {
    broker = await BrokerProcess.start({ target: turns })
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 }
    kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry })
  })
  afterAll(async () => {
    await broker?.dispose()
  })

  /** Everything that a client can see. */
  async function stateOf() {
    const admin = kafka.admin()
    await admin.connect()
    try {
      const { clusterId } = await admin.describeCluster()
      const offsets = await admin.fetchTopicOffsets(topic)
      const groups = await admin.fetchOffsets({ groupId: 'readers', topics: [topic] })
      const described = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic, configNames: ['retention.ms', 'segment.bytes'] }],
      })
      const configs = described.resources.flatMap(({ configEntries }) =>
        configEntries.map(({ configName, configValue }) => [configName, configValue]),
      )
      const records: string[] = []
      await consumeAll(broker.address, topic, ({ partition, offset, key, value }) => {
        records.push(`${partition} ${offset} ${key} ${value}`)
      })
      const byPartition = <T extends { partition: number }>(list: readonly T[]) =>
        [...list].sort((a, b) => a.partition - b.partition)
      return {
        clusterId,
        topics: (await admin.listTopics()).sort(),
        offsets: byPartition(offsets),
        committed: byPartition(groups[0]?.partitions ?? []),
        configs: configs.sort(),
        records: records.sort(),
      }
    } finally {
      await admin.disconnect()
    }
  }
  type State = Awaited<ReturnType<typeof stateOf>>

  async function produce(name: string, count: number): Promise<void> {
    for (const codec of codecs) {
      const producer = new KcatProducer(broker.address, topic, [...idempotent, '-z', codec])
      const lines = Array.from(
        { length: count },
        (_, i) => `${name}-${i}\x1f${codec} value ${i} ${'x'.repeat(50)}\n`,
      )
      await producer.write(Buffer.from(lines.join('')))
      await producer.finish()
    }
  }

  /** A member of the group reads `count` records, commits and leaves. */
  function read(count: number): void {
    const topics = ['-G', 'readers', topic, '-X', 'auto.offset.reset=earliest', '-c', `${count}`]
    const args = ['-q', '-b', broker.address, '-f', '%o\n', ...topics]
    const lines = execFileSync('kcat', args, { encoding: 'utf8', timeout: 60_000 })
    expect(lines.trim().split('\n')).toHaveLength(count)
  }

  async function handOver(to: 'odradek' | 'kafka'): Promise<void> {
    await broker.stop()
    turns.current = to
    await broker.start()
    // A broker answers before it leads.
    const answers = (): Promise<boolean> =>
      stateOf().then(
        () => true,
        () => false,
      )
    await eventually(`${to} leads its partitions`, answers)
  }

  it('begins with our broker', async () => {
    const admin = kafka.admin()
    await admin.connect()
    const configEntries = [
      { name: 'retention.ms', value: '-1' },
      { name: 'segment.bytes', value: '1048576' },
    ]
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] })
    await admin.disconnect()
    await produce('first', 500)
    read(700)
    before = await stateOf()
    expect(before.records).toHaveLength(codecs.length * 500)
    expect(before.committed).toHaveLength(partitions)
  })

  it('is opened by Apache Kafka, which recovers nothing and has no complaint', async () => {
    await handOver('kafka')
    expect(await stateOf()).toEqual(before)
    expect(broker.log).toMatch(/Skipping recovery of \d+ logs .* since clean shutdown file/)
    expect(complaintsIn(broker.log)).toEqual([])
  })

  it('is written on by Apache Kafka, and opened again by our broker', async () => {
    await produce('second', 300)
    read(450)
    before = await stateOf()
    expect(before.records).toHaveLength(codecs.length * 800)
    await handOver('odradek')
    expect(await stateOf()).toEqual(before)
    expect(broker.log).not.toMatch(/The last stop of .* was not clean/)
  })

  it('goes to and fro once more', async () => {
    await produce('third', 100)
    before = await stateOf()
    await handOver('kafka')
    expect(await stateOf()).toEqual(before)
    expect(complaintsIn(broker.log)).toEqual([])
    await handOver('odradek')
    expect(await stateOf()).toEqual(before)
    await broker.stop()
  })
})
