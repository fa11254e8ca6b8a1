/** @platformatic/kafka, from the folder that the process is given. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { recordsPerSend, valueBytes } from '../task.ts'
import { serveTask } from './client-under-test.ts'

interface Message {
  readonly topic: string
  readonly value: Buffer
}

/** What is used of the library. */
interface Library {
  readonly Producer: new (
    options: object,
  ) => { send(options: { messages: readonly Message[]; acks: number }): Promise<unknown> }
  readonly Consumer: new (
    options: object,
  ) => { consume(options: object): Promise<NodeJS.ReadableStream> }
}

const folder = process.argv[2] ?? ''
const library = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href)
const { Consumer, Producer } = library as Library
const value = Buffer.alloc(valueBytes, 'v')

await serveTask({
  async produce({ bootstrap, topic }, inFlight) {
    const producer = new Producer({
      clientId: 'bench',
      bootstrapBrokers: [bootstrap],
      // The default, 5, holds single sends back: each is a request.
      maxInflights: Math.max(5, inFlight),
    })
    const messages = Array.from({ length: recordsPerSend }, () => ({ topic, value }))
    return {
      one: () => producer.send({ messages: [{ topic, value }], acks: 1 }),
      many: () => producer.send({ messages, acks: 1 }),
    }
  },
  async consume({ bootstrap, topic }, meter) {
    const consumer = new Consumer({
      clientId: 'bench',
      groupId: randomUUID(),
      bootstrapBrokers: [bootstrap],
      // By default it asks for 50 MiB of each partition, and spends its time on their memory.
      maxBytesPerPartition: 1 << 20,
      // Not after each message.
      autocommit: 5_000,
    })
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' })
    // Events are faster than `for await` over a stream.
    await new Promise<void>((resolve, reject) => {
      let isOver = false
      stream.on('error', reject)
      stream.on('data', (message) => {
        if (isOver) return
        isOver = meter.take(1, (message as unknown as Message).value.length)
        if (isOver) resolve()
      })
    })
  },
})
