/**
 * Codecs from producer to consumer, through our broker or (CONFORMANCE_TARGET=kafka) Apache Kafka.
 * A program of its own runs what was compiled: Node 20 runs no TypeScript on a thread.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'

const root = join(import.meta.dirname, '..', '..', '..')
let broker: BrokerProcess

beforeAll(async () => {
  broker = await BrokerProcess.start()
})
afterAll(() => broker?.dispose())

/** Sends small batches and large ones, and tells what came back, and how many threads that took. */
const program = (bootstrapServers: string, compressionType: string): string => `
import { Admin, Consumer, Producer } from 'odradek/client'
const [bootstrapServers, compressionType] = ${JSON.stringify([bootstrapServers, compressionType])}
let threads = 0
process.on('worker', () => threads++)
const topic = 'by-' + compressionType
const admin = new Admin({ bootstrapServers })
await admin.createTopics([{ name: topic, partitions: 1 }])
await admin.close()
const producer = new Producer({ bootstrapServers, batchSize: 512 * 1024, compressionType })
const textOf = (at) => (at + ' ').repeat(100 + at % 50) + (at * 7919) ** 3
for (const count of [1, 10, 4000]) {
  const at = Array.from({ length: count }, (_, at) => at)
  await producer.send(at.map((at) => ({ topic, partition: 0, value: textOf(at) })))
}
await producer.close()
const [compressing, consumer] = [threads, new Consumer({ bootstrapServers })]
consumer.assign([{ topic, partition: 0 }])
consumer.seek({ topic, partition: 0 }, 0)
let [next, wrong] = [0, 0]
for await (const { offset, value } of consumer) {
  const at = offset < 1 ? offset : offset < 11 ? offset - 1 : offset - 11
  if (offset !== next++ || String(value) !== textOf(at)) wrong++
  if (next === 4011) break
}
await consumer.close()
console.log(JSON.stringify({ next, wrong, compressing, opening: threads - compressing }))
`

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('records by %s come back as they were', (codec) => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--no-warnings', '-e', program(broker.address, codec)],
    { cwd: root, encoding: 'utf8', timeout: 60_000 },
  )
  expect(stderr).toBe('')
  const all = { next: 4_011, wrong: 0, compressing: 1 }
  expect(JSON.parse(stdout)).toMatchObject(all)
  expect([0, 1]).toContain((JSON.parse(stdout) as { opening: number }).opening)
  // Two megabytes of text are enough of what is slow to open.
  if (codec === 'gzip') expect(JSON.parse(stdout)).toMatchObject({ opening: 1 })
})
