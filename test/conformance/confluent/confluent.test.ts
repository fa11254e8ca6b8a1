import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { setUpClient } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { createTopic } from '../raw-requests.ts'
import { PythonClient } from './python-client.ts'

const partitions = 6
const records = 6_000
const keys = 40
const group = 'readers'

const obstacle = setUpClient(join(import.meta.dirname, 'setup.sh'))

describe.skipIf(obstacle !== undefined)('confluent-kafka for Python', () => {
  let broker: BrokerProcess
  const clients: PythonClient[] = []

  beforeAll(async () => {
    broker = await BrokerProcess.start()
  })

  afterEach(() => {
    for (const client of clients) client.kill()
    clients.length = 0
  })

  afterAll(async () => {
    await broker?.dispose()
  })

  function run(...args: string[]): PythonClient {
    const client = new PythonClient(...args)
    clients.push(client)
    return client
  }

  /** Records number `from` up to, not including, `to`, as client.py reads them. */
  function lines(from: number, to: number): string {
    const numbers = Array.from({ length: to - from }, (_, i) => from + i)
    return numbers.map((n) => `key-${n % keys}\t${n}\n`).join('')
  }

  async function makeTopic(topic: string): Promise<void> {
    const connection = await RawConnection.open(broker.port)
    await createTopic(connection, topic, partitions)
    connection.close()
  }

  it('two consumers of a group share a topic, commit, and a third resumes', async () => {
    const topic = 'shared'
    await makeTopic(topic)
    const readers = [1, 2].map(() => run('consume', broker.address, topic, group))
    await eventually('each consumer has three partitions', () =>
      readers.every((reader) => reader.assigned.length === 3),
    )

    const writer = run('produce', broker.address, topic)
    writer.write(lines(0, records / 2))
    await eventually('some records are consumed', () => readers.some((r) => r.records.length > 0))
    writer.write(lines(records / 2, records))
    await broker.stop()
    await broker.start()
    await writer.finish()
    expect(writer.reports.filter((r) => r.failed !== undefined)).toEqual([])
    const acked = writer.reports.filter((report) => report.acked !== undefined)
    expect(acked.length).toBe(records)

    const consumed = () => readers.flatMap((reader) => reader.records)
    await eventually('all is consumed', () => {
      const values = new Set(consumed().map((record) => record.record))
      return acked.every((report) => values.has(report.acked))
    })
    for (const reader of readers) await reader.leave()
    expectOrderPerKey(consumed())

    await broker.stop()
    await broker.start()
    const third = run('consume', broker.address, topic, group)
    await eventually('the third has all partitions', () => third.assigned.length === partitions)
    const late = run('produce', broker.address, topic)
    late.write(lines(records, records + 100))
    await late.finish()
    await eventually('the new records are consumed', () => third.records.length >= 100)
    await third.leave()
    const values = third.records.map((record) => Number(record.record)).sort((a, b) => a - b)
    expect(values).toEqual(Array.from({ length: 100 }, (_, i) => records + i))
  })

  /** For the first time, the records of a key come in the order in which they were sent. */
  function expectOrderPerKey(consumed: readonly { key?: string; record?: string }[]): void {
    const newest = new Map<string, number>()
    const seen = new Set<string>()
    for (const { key = '', record = '' } of consumed) {
      if (seen.has(record)) continue
      seen.add(record)
      expect(Number(record)).toBeGreaterThan(newest.get(key) ?? -1)
      newest.set(key, Number(record))
    }
  }
})
