/**
 * A directory that Apache Kafka left within a transaction: our broker refuses it and changes
 * nothing in it. Where Kafka has ended the transaction, it is taken over.
 */
import { Kafka, logLevel, type Producer } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless } from '../client-tools.ts'
import { eventually } from '../eventually.ts'
import { treeOf } from './directory-tree.ts'
import { kafkaObstacle, Turns } from './reference.ts'

const topic = 'payments'
const timeoutMs = 3_000

describeUnless(kafkaObstacle(), 'a directory that Apache Kafka left within a transaction', () => {
  const turns = new Turns()
  let broker: BrokerProcess
  let producer: Producer

  beforeAll(async () => {
    // Ours makes the directory, so that Kafka need not format one.
    broker = await BrokerProcess.start({ target: turns })
    await broker.stop()
    turns.current = 'kafka'
    await broker.start()
    producer = clientOf(broker).producer({
      transactionalId: 'till-1',
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: timeoutMs,
    })
    await producer.connect()
    const open = await producer.transaction()
    await open.send({ topic, messages: [{ value: 'neither committed nor aborted' }] })
    await broker.stop()
    await producer.disconnect().catch(() => undefined)
  })
  afterAll(async () => {
    await broker?.dispose()
  })

  it('is refused with the place and the way out, and not changed', async () => {
    const before = treeOf(broker.dataFolder)
    turns.current = 'odradek'
    await expect(broker.start()).rejects.toThrow(
      new RegExp(`${topic}-0 holds a transaction that begins at offset 0.*start Apache Kafka`),
    )
    expect(treeOf(broker.dataFolder)).toEqual(before)
  })

  it('is taken over when Kafka has ended it', async () => {
    turns.current = 'kafka'
    await broker.start()
    const admin = clientOf(broker).admin()
    await admin.connect()
    // The abort's marker stands behind the record.
    await eventually('the transaction timed out', async () => {
      // It answers before it leads.
      const [partition] = await admin.fetchTopicOffsets(topic).catch(() => [])
      return partition?.high === '2'
    })
    await admin.disconnect()
    await broker.stop()
    turns.current = 'odradek'
    await broker.start()
    const again = clientOf(broker).admin()
    await again.connect()
    expect((await again.fetchTopicOffsets(topic))[0]?.high).toBe('2')
    await again.disconnect()
    await broker.stop()
  })
})

function clientOf(broker: BrokerProcess): Kafka {
  const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 }
  return new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry })
}
