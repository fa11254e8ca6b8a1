/**
 * Two log directories, our broker and Apache Kafka by turns: each finds every partition where the
 * other left it, and records where it puts new ones so that the other leads them.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { kafkaTarget, type Settings } from '../broker-target.ts'
import { describeUnless } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { RecordLedger } from '../record-ledger.ts'
import { complaintsIn, kafkaObstacle, Turns } from './reference.ts'

/** Kafka makes the directories. */
class KafkaFirst extends Turns {
  override current: 'odradek' | 'kafka' = 'kafka'

  override prepare(folder: string, port: number, settings: Settings): void {
    kafkaTarget().prepare(folder, port, settings)
    super.prepare(folder, port, settings)
  }
}

const names = ['first', 'second'] as const

describeUnless(kafkaObstacle(), 'two log directories', () => {
  let broker: BrokerProcess | undefined
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-two-'))
  })
  afterEach(async () => {
    await broker?.dispose()
    broker = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  /** Folders of partitions in each directory. */
  const places = (): string[][] =>
    names.map((name) =>
      readdirSync(join(folder, name))
        .filter((entry) => /^\w[\w-]*-\d+$/.test(entry))
        .sort(),
    )

  async function isLed(ledger: RecordLedger, topic: string, partitions: number): Promise<boolean> {
    const found = await ledger.partitions(topic).catch(() => [])
    return found.length === partitions && found.every(({ leaderId }) => leaderId === 1)
  }

  async function create(ledger: RecordLedger, topic: string): Promise<void> {
    expect(await ledger.createTopic(topic, 3)).toBe(0)
    await eventually(`${topic} is led`, () => isLed(ledger, topic, 3))
    for (let i = 0; i < 30; i++) {
      await eventually('a record is taken', async () => {
        return (await ledger.produce(topic, i % 3)).errorCode === 0
      })
    }
  }

  async function handOver(turns: Turns, ledger: RecordLedger, topics: string[]): Promise<void> {
    await broker?.stop()
    const before = places()
    turns.current = turns.current === 'kafka' ? 'odradek' : 'kafka'
    await broker?.start()
    for (const topic of topics) {
      await eventually(`${topic} is led by ${turns.current}`, () => isLed(ledger, topic, 3))
    }
    expect(await ledger.missing()).toEqual([])
    expect(places()).toEqual(before)
  }

  it.each([
    ['our broker', new Turns()],
    ['Apache Kafka', new KafkaFirst()],
  ])('made by %s go to and fro', async (_, turns) => {
    const settings = { 'log.dirs': names.map((name) => join(folder, name)).join(',') }
    broker = await BrokerProcess.start({ target: turns, settings, parent: folder })
    const ledger = new RecordLedger(broker.port)
    await create(ledger, 'one')
    expect(names.map((name) => existsSync(join(folder, name, '__cluster_metadata-0')))).toEqual([
      true,
      false,
    ])
    // Neither puts all in one place.
    for (const place of places()) expect(place.join()).toMatch(/one-\d/)
    await handOver(turns, ledger, ['one'])
    await create(ledger, 'two')
    await handOver(turns, ledger, ['one', 'two'])
    await create(ledger, 'three')
    await handOver(turns, ledger, ['one', 'two', 'three'])
    await broker.stop()
    expect(broker.log).not.toMatch(/was not clean: replayed/)
    expect(broker.log).not.toMatch(/cannot be used/)
    expect(complaintsIn(broker.log)).toEqual([])
    for (const name of names) {
      expect(readdirSync(join(folder, name))).toContain('.kafka_cleanshutdown')
    }
  })
})
