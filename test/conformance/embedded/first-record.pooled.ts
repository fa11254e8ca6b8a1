/** Run by vitest in each of its pools: see `pools.test.ts`. */
import { Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { Broker } from '../../../dist/broker/index.js'

/** The first finds nothing loaded. The fastest start is what the broker needs of the machine. */
const rounds = 5

/** One broker, one topic, one record through a new group; in ms from the start's beginning. */
async function round(): Promise<{ readonly startMs: number; readonly recordMs: number }> {
  const begunMs = performance.now()
  const broker = await Broker.start({ topics: { orders: 3 } })
  const startMs = performance.now() - begunMs
  const kafka = new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: 'readers' })
  const producer = kafka.producer()
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const arrived = new Promise<string>((resolve, reject) => {
    consumer
      .run({ eachMessage: async ({ message }) => resolve(String(message.value)) })
      .catch(reject)
  })
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'first' }] })
  expect(await arrived).toBe('first')
  const recordMs = performance.now() - begunMs
  await Promise.all([consumer.disconnect(), producer.disconnect()])
  await broker.stop()
  return { startMs, recordMs }
}

it('a start, and a record through a new group', async () => {
  const all: Awaited<ReturnType<typeof round>>[] = []
  for (let i = 0; i < rounds; i++) all.push(await round())
  const startMs = Math.min(...all.map((one) => one.startMs))
  const told = all.map((one) => `${one.startMs.toFixed(0)}/${one.recordMs.toFixed(0)}`).join(' ')
  console.log(`start/first record in ms: ${told}`)
  expect(startMs).toBeLessThanOrEqual(50)
  expect(all[0]?.recordMs).toBeLessThanOrEqual(500)
})
