/** kafkajs, a development dependency of this project. */
import { randomUUID } from 'node:crypto'
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs'
import { recordsPerSend, valueBytes } from '../task.ts'
import { serveTask } from './client-under-test.ts'

const value = Buffer.alloc(valueBytes, 'v')

await serveTask({
  async produce({ bootstrap, topic }) {
    const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR })
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    const common = { topic, acks: 1, compression: CompressionTypes.None }
    const messages = Array.from({ length: recordsPerSend }, () => ({ value }))
    return {
      one: () => producer.send({ ...common, messages: [{ value }] }),
      many: () => producer.send({ ...common, messages }),
    }
  },
  async consume({ case: name, bootstrap, topic }, meter) {
    const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR })
    const consumer = kafka.consumer({ groupId: randomUUID() })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    let isOver = false
    if (name === 'one-by-one') {
      await consumer.run({
        eachMessage: async ({ message }) => {
          if (!isOver) isOver = meter.take(1, message.value?.length ?? 0)
        },
      })
    } else {
      await consumer.run({
        eachBatch: async ({ batch: { messages } }) => {
          let bytes = 0
          for (const message of messages) bytes += message.value?.length ?? 0
          if (!isOver) isOver = meter.take(messages.length, bytes)
        },
      })
    }
  },
})
