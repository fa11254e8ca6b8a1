/** What a group has after commits, asked for and automatic, beside each other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Consumer } from '../../../src/client/index.ts'
import { BrokerProcess } from '../broker-process.ts'
import { Feeder } from './feeder.ts'

let broker: BrokerProcess
let feeder: Feeder

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  feeder = new Feeder(broker.address)
  await feeder.create('orders', 1)
  await feeder.count('orders', 0, 10)
})
afterAll(async () => {
  feeder?.close()
  await broker?.dispose()
})

const partition = { topic: 'orders', partition: 0 }

test.each<[string, number, (consumer: Consumer) => Promise<void>]>([
  [
    'the last record of a loop',
    4,
    async (consumer) => {
      let left = 4
      for await (const _ of consumer) if (--left === 0) break
      await consumer.commit()
    },
  ],
  [
    'a whole poll',
    10,
    async (consumer) => {
      await consumer.poll()
      await consumer.commit()
    },
  ],
  [
    'a part of a poll',
    3,
    async (consumer) => {
      await consumer.poll()
      await consumer.commit([{ ...partition, offset: 3 }])
    },
  ],
])('commit() of %s is not taken back by close()', async (groupId, offset, read) => {
  const options = { bootstrapServers: broker.address, groupId }
  const consumer = new Consumer({ ...options, autoOffsetReset: 'earliest' })
  await consumer.subscribe('orders')
  await read(consumer)
  await consumer.close()
  const later = new Consumer(options)
  expect(await later.committed([partition])).toMatchObject([{ offset }])
  await later.close()
})
