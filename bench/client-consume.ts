/**
 * Records that our consumer takes per second from a broker on the same machine, one by one and by
 * batch: `npm run compile:ts && npm run bench:client-consume -- [records] [rounds]`. Beside it what
 * the iteration alone does, over batches that lie in memory.
 */
import { pathToFileURL } from 'node:url'
import type { Consumer } from '../src/client/consumer/consumer.ts'
import { encodeBatch, newBatch } from '../src/protocol/record-batch.ts'
import { BrokerProcess } from '../test/conformance/broker-process.ts'
import { Feeder } from '../test/conformance/client/feeder.ts'

type ConsumerModule = typeof import('../src/client/consumer/consumer.ts')

const recordsWanted = Number(process.argv[2] ?? 3_000_000)
const rounds = Number(process.argv[3] ?? 3)
const topic = 'data'
const partitions = 6
const recordsPerBatch = 1_000
const value = Buffer.alloc(100, 'x')

/** What is measured is what is shipped: compiled modules, without a loader in between. */
const compiled = new URL('../dist/client/consumer/consumer.js', pathToFileURL(import.meta.filename))
const { Consumer: CompiledConsumer } = (await import(compiled.href)) as ConsumerModule

/** One way to take all records; returns how many it took. */
type Way = (consumer: Consumer, count: number) => Promise<number>

const ways: Readonly<Record<string, Way>> = {
  'one by one': async (consumer, count) => {
    let taken = 0
    let bytes = 0
    for await (const record of consumer) {
      bytes += record.value?.length ?? 0
      if (++taken === count) break
    }
    if (bytes !== count * value.length) throw new Error(`${bytes} bytes`)
    return taken
  },
  'by batch': async (consumer, count) => {
    let taken = 0
    let bytes = 0
    for await (const { records } of consumer.batches()) {
      for (const record of records) bytes += record.value?.length ?? 0
      taken += records.length
      if (taken >= count) break
    }
    if (bytes !== count * value.length) throw new Error(`${bytes} bytes`)
    return taken
  },
}

const broker = await BrokerProcess.start({})
try {
  const feeder = new Feeder(broker.address)
  await feeder.create(topic, partitions)
  const records = Array.from({ length: recordsPerBatch }, (_, i) => ({
    timestamp: Date.now() + i,
    key: null,
    value,
  }))
  const batch = encodeBatch(newBatch(records))
  const batches = Math.ceil(recordsWanted / recordsPerBatch)
  for (let i = 0; i < batches; i++) await feeder.append(topic, i % partitions, batch)
  feeder.close()
  const count = batches * recordsPerBatch
  console.log(`${count} records of ${value.length} bytes in ${partitions} partitions`)
  for (let round = 1; round <= rounds; round++) {
    for (const [name, take] of Object.entries(ways)) await measure(name, take, count)
  }
} finally {
  await broker.dispose()
}

async function measure(name: string, take: Way, count: number): Promise<void> {
  const consumer = new CompiledConsumer({
    bootstrapServers: broker.address,
    autoOffsetReset: 'earliest',
    checkCrcs: process.env['NO_CRC'] === undefined,
  })
  consumer.assign(Array.from({ length: partitions }, (_, partition) => ({ topic, partition })))
  const from = performance.now()
  const cpuFrom = process.cpuUsage()
  const taken = await take(consumer, count)
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpuFrom)
  const cpu = (user + system) / 1e6
  const rate = Math.round(taken / seconds).toLocaleString('en')
  console.log(
    `${name.padEnd(12)} ${rate.padStart(12)} records/s,`,
    `${cpu.toFixed(2)} s of CPU in ${seconds.toFixed(2)} s`,
  )
  await consumer.close()
}
