/**
 * Our broker on a copy of the directory that Apache Kafka wrote: stock clients read from it what
 * Kafka's own reader did. The clock stands near the time of writing, as committed offsets expire.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { Broker } from '../../../src/broker/broker.ts'
import { openNativeLogStore } from '../../../src/storage/native-log-store.ts'
import {
  type GoldenRecord,
  goldenManifest,
  unpackGoldenDirectory,
} from '../../storage/golden-directory.ts'
import { describeUnless, setUp } from '../client-tools.ts'
import { consumeAll } from '../kcat/kcat.ts'

const manifest = goldenManifest()
const { obstacle } = setUp(`${import.meta.dirname}/../kcat/setup.sh`)

describeUnless(obstacle, "our broker on Apache Kafka's directory", () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-golden-broker-'))
  const dataDirectory = unpackGoldenDirectory(folder)
  let broker: Broker
  let address: string

  async function start(): Promise<void> {
    const ahead = manifest.writtenAt + 60_000 - Date.now()
    const clock = { ...systemClock, now: () => systemClock.now() + ahead }
    broker = await Broker.start({
      dataDir: dataDirectory,
      listen: '127.0.0.1:0',
      environment: {
        clock,
        openStore: (path, options) =>
          openNativeLogStore(path, { ...options, clockOffsetMs: ahead }),
      },
    })
    address = `127.0.0.1:${broker.endpoints[0]?.port}`
  }

  beforeAll(start)
  afterAll(async () => {
    await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is the cluster that it was', () => {
    expect([broker.clusterId, broker.nodeId]).toEqual([manifest.clusterId, manifest.nodeId])
  })

  const topics = [...new Set(manifest.partitions.map(({ topic }) => topic))]
  for (const topic of topics) {
    for (const isolation of ['read_committed', 'read_uncommitted']) {
      it(`gives kcat every record of ${topic}, ${isolation}`, async () => {
        const found = await consumed(address, topic, isolation)
        const expected = manifest.records.filter(
          (record) =>
            record.topic === topic && (isolation === 'read_uncommitted' || record.aborted !== true),
        )
        expect(found).toEqual(expected.map(lineOf))
      })
    }
  }

  it('gives kafkajs every committed offset', async () => {
    const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    try {
      for (const { group, offsets } of manifest.groups) {
        const names = [...new Set(offsets.map(({ topic }) => topic))]
        const answer = await admin.fetchOffsets({ groupId: group, topics: names })
        const found = answer.flatMap(({ topic, partitions }) =>
          partitions
            .filter(({ offset }) => offset !== '-1')
            .map(({ partition, offset, metadata }) => ({
              topic,
              partition,
              offset: Number(offset),
              metadata: metadata ?? '',
            })),
        )
        const order = (a: { topic: string; partition: number }) => `${a.topic} ${a.partition}`
        found.sort((a, b) => order(a).localeCompare(order(b)))
        expect(found).toEqual(offsets.map(({ leaderEpoch: _, ...rest }) => rest))
      }
    } finally {
      await admin.disconnect()
    }
  })

  it('gives the same after a clean stop and start', async () => {
    await broker.stop()
    await start()
    for (const topic of topics) {
      const expected = manifest.records.filter((record) => record.topic === topic)
      expect(await consumed(address, topic, 'read_uncommitted')).toEqual(expected.map(lineOf))
    }
  })
})

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (text: string | null | undefined) => Buffer.from(text ?? '', 'base64')

/** Place, key and value of a record; kcat shows an empty and a null one alike. */
function lineOf(record: GoldenRecord): string {
  const value = record.valueSha256 ?? digest(bytesOf(record.value))
  const place = `${record.partition} ${record.offset}`
  return `${place} ${bytesOf(record.key).toString('hex')} ${value}`
}

async function consumed(address: string, topic: string, isolation: string): Promise<string[]> {
  const lines: { partition: number; offset: number; line: string }[] = []
  await consumeAll(
    address,
    topic,
    ({ partition, offset, key, value }) => {
      const line = `${partition} ${offset} ${key.toString('hex')} ${digest(value)}`
      lines.push({ partition, offset, line })
    },
    ['-X', `isolation.level=${isolation}`],
  )
  lines.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  return lines.map(({ line }) => line)
}
