/** Our client, as it is shipped: compiled, without a loader in between. */
import { randomUUID } from 'node:crypto'
import { recordsPerSend, valueBytes } from '../task.ts'
import { serveTask } from './client-under-test.ts'

type Client = typeof import('../../../src/client/index.ts')

const dist = new URL('../../../dist/client/index.js', import.meta.url)
const { Consumer, Producer } = (await import(dist.href)) as Client
const value = Buffer.alloc(valueBytes, 'v')

await serveTask({
  async produce({ bootstrap, topic }) {
    const producer = new Producer({ bootstrapServers: bootstrap, acks: 1 })
    const records = Array.from({ length: recordsPerSend }, () => ({ topic, value }))
    return {
      one: () => producer.send({ topic, value }),
      many: () => producer.send(records),
      async enqueueUntil(endMs) {
        let count = 0
        for (; performance.now() < endMs; count += recordsPerSend) {
          for (let i = 0; i < recordsPerSend; i++) {
            while (!producer.enqueue({ topic, value })) await producer.ready()
          }
        }
        await producer.flush()
        return count
      },
    }
  },
  async consume({ case: name, bootstrap, topic }, meter) {
    const consumer = new Consumer({
      bootstrapServers: bootstrap,
      groupId: randomUUID(),
      autoOffsetReset: 'earliest',
    })
    await consumer.subscribe([topic])
    if (name === 'one-by-one') {
      for await (const record of consumer) if (meter.take(1, record.value?.length ?? 0)) break
    } else {
      for await (const { records } of consumer.batches()) {
        let bytes = 0
        for (const record of records) bytes += record.value?.length ?? 0
        if (meter.take(records.length, bytes)) break
      }
    }
    await consumer.close()
  },
})
