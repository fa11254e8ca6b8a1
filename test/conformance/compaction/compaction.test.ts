/** Compaction as clients and the disk see it; every case also holds of Apache Kafka. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { codecNames } from '../raw-requests.ts'
import { CompactedTopic, faultsOf } from './compacted-topic.ts'

const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
const rounds = 15

let broker: BrokerProcess
beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'log.cleaner.backoff.ms': '100' } })
})
afterAll(() => broker?.dispose())

/** Every key several times, and the first five deleted; all of it in sealed segments. */
async function written(name: string, codec: number): Promise<CompactedTopic> {
  const topic = await CompactedTopic.create(broker, name)
  for (let i = 0; i < rounds; i++) await topic.writeValues(keys, codec)
  await topic.write(
    keys.slice(0, 5).map((key) => ({ key, value: null })),
    codec,
  )
  await topic.fillSegment(codec)
  return topic
}

describe.each([...codecNames.entries()])('a compacted topic, codec %d (%s)', (codec, name) => {
  let topic: CompactedTopic
  afterAll(() => topic?.close())

  it('keeps the last record of each key, at its offset', async () => {
    topic = await written(`last-${name}`, codec)
    await topic.isCleanedTo(rounds * keys.length + 5)
    const { cleanedTo } = topic
    const seen = await topic.read()
    expect(faultsOf(topic, seen, cleanedTo)).toEqual([])
    expect(seen.length).toBeLessThan(topic.written.length / 2)
    const values = new Map(seen.map(({ key, value }) => [key, value]))
    for (const key of keys.slice(5)) expect(values.get(key)).toBeTypeOf('string')
    for (const key of keys.slice(0, 5)) expect(values.get(key) ?? null).toBeNull()
  })

  it('drops tombstones after delete.retention.ms', async () => {
    await eventually('no tombstone is there', async () => {
      const { cleanedTo } = topic
      await topic.fillSegment(codec)
      await topic.isCleanedTo(cleanedTo + 1)
      return !(await topic.read()).some(({ value }) => value === null)
    })
    expect(await topic.faults()).toEqual([])
  })
})

describe('a broker with compacted topics', () => {
  it('has the same after a restart, and goes on from there', async () => {
    const topic = await written('restarted', 0)
    await topic.isCleanedTo(rounds * keys.length + 5)
    const cleanedTo = topic.cleanedTo
    const before = await topic.read()
    topic.close()
    await broker.stop()
    await broker.start()
    await topic.isLed()
    expect(topic.cleanedTo).toBeGreaterThanOrEqual(cleanedTo)
    const after = await topic.read()
    expect(faultsOf(topic, after, cleanedTo)).toEqual([])
    expect(after.at(-1)).toEqual(before.at(-1))
    await topic.writeValues(keys)
    await topic.fillSegment()
    await topic.isCleanedTo(cleanedTo + keys.length)
    expect(await topic.faults()).toEqual([])
    topic.close()
  })

  it('cleans what has an age bound as well, and both hold', async () => {
    const both = { 'cleanup.policy': 'compact,delete', 'retention.bytes': String(40 * 2 ** 20) }
    const topic = await CompactedTopic.create(broker, 'both', both)
    for (let i = 0; i < rounds; i++) await topic.writeValues(keys)
    await topic.fillSegment()
    await topic.isCleanedTo(rounds * keys.length)
    expect(await topic.faults()).toEqual([])
    topic.close()
  })
})
