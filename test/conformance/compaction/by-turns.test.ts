/**
 * What our cleaner left, Apache Kafka reads, finds sound and cleans on from, and the other way
 * round: segments, indexes, snapshots and the cleaner's checkpoint.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dumpLog } from '../apache-kafka/dump-tool.ts'
import { complaintsIn, kafkaObstacle, Turns } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless } from '../client-tools.ts'
import { CompactedTopic } from './compacted-topic.ts'

const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)

describeUnless(kafkaObstacle(), 'a compacted log that our broker and Apache Kafka clean', () => {
  const turns = new Turns()
  let broker: BrokerProcess
  let topic: CompactedTopic

  beforeAll(async () => {
    const settings = { 'log.cleaner.backoff.ms': '100' }
    broker = await BrokerProcess.start({ target: turns, settings })
    topic = await CompactedTopic.create(broker, 'by-turns')
  })
  afterAll(async () => {
    topic?.close()
    await broker?.dispose()
  })

  /** Dirties the log in every codec and waits until that is cleaned. */
  async function cleaned(): Promise<void> {
    for (const codec of [0, 1, 2, 3, 4]) {
      for (let i = 0; i < 3; i++) await topic.writeValues(keys, codec)
      await topic.write([{ key: keys[codec] ?? '', value: null }], codec)
    }
    const end = topic.written.length
    await topic.fillSegment()
    await topic.isCleanedTo(end)
    expect(await topic.faults()).toEqual([])
  }

  async function handOver(to: 'odradek' | 'kafka'): Promise<void> {
    topic.close()
    await broker.stop()
    turns.current = to
    await broker.start()
    await topic.isLed()
  }

  it('is cleaned by our broker', async () => {
    await cleaned()
    await cleaned()
  })

  it("is sound to Kafka's own tool", async () => {
    const { cleanedTo } = topic
    topic.close()
    await broker.stop()
    const folder = join(broker.dataFolder, `${topic.name}-0`)
    const files = readdirSync(folder).filter((file) => /\.(log|index|timeindex)$/.test(file))
    const paths = files.map((file) => join(folder, file))
    const lines = dumpLog('--deep-iteration', '--index-sanity-check', '--files', paths.join(','))
    const complaint = /mismatch|invalid|non-consecutive|found corrupted|isvalid: false/i
    // Gaps between offsets are what compaction makes.
    const told = lines.filter((line) => complaint.test(line) && !/Non-consecutive/i.test(line))
    expect(told).toEqual([])
    // An offset index is empty where one batch is all that a cleaning left of a segment.
    const checked = lines.filter((line) => /passed sanity check|index is empty/.test(line))
    expect(checked).toHaveLength(files.filter((file) => file.endsWith('index')).length)
    await broker.start()
    await topic.isLed()
    expect(topic.cleanedTo).toBeGreaterThanOrEqual(cleanedTo)
  })

  it('is read by Kafka, which has no complaint and cleans on', async () => {
    const before = await topic.read()
    const { cleanedTo } = topic
    await handOver('kafka')
    expect((await topic.read()).at(-1)).toEqual(before.at(-1))
    expect(await topic.faults(cleanedTo)).toEqual([])
    expect(topic.cleanedTo).toBeGreaterThanOrEqual(cleanedTo)
    await cleaned()
    expect(complaintsIn(broker.log)).toEqual([])
  })

  it('comes back to our broker, which goes on from there', async () => {
    const { cleanedTo } = topic
    await handOver('odradek')
    expect(topic.cleanedTo).toBeGreaterThanOrEqual(cleanedTo)
    expect(await topic.faults(cleanedTo)).toEqual([])
    await cleaned()
  })
})
