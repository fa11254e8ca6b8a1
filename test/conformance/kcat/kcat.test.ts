import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { BootstrapRelay } from '../bootstrap-relay.ts'
import { BrokerProcess } from '../broker-process.ts'
import { describeUnless, setUp } from '../client-tools.ts'
import { RawConnection } from '../raw-connection.ts'
import { createTopic, storedCodecs, waitForRecords } from '../raw-requests.ts'
import { Corpus } from './corpus.ts'
import { consumeAll, KcatProducer } from './kcat.ts'
import { type Findings, Ledger } from './ledger.ts'

/** MiB of records for each codec; 256 for the whole flow, see README.md. */
const mebibytes = Number(process.env['CONFORMANCE_MIB'] ?? 32)
const partitions = 6
const minutesMax = 10 * 60_000

const { obstacle } = setUp(join(import.meta.dirname, 'setup.sh'))

describeUnless(obstacle, 'kcat through a restart and a kill', () => {
  let broker: BrokerProcess
  let relay: BootstrapRelay
  let corpus: Corpus

  beforeAll(() => {
    corpus = Corpus.make(mebibytes * 1024 * 1024)
  })

  beforeEach(async () => {
    broker = await BrokerProcess.start()
    relay = await BootstrapRelay.open(broker.port)
  })

  afterEach(async () => {
    await relay?.close()
    await broker?.dispose()
  })

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    it(`gets everything back with default settings, codec ${codec}`, {
      timeout: minutesMax,
    }, async () => {
      const topic = `lines-${codec}`
      const codecArguments = codec === 'none' ? [] : ['-z', codec]
      const findings = await sendAndReadBack(topic, codecArguments)
      expect(findings.faults).toEqual([])
      // Apache Kafka answers the first requests after its start with an error and takes the next
      // ones, so that a client without idempotence stores them in another order.
      if (broker.target.name === 'odradek') expect(findings.disorder).toEqual([])
      expect(findings.missing).toBe(0)
      // librdkafka sends a batch as it is where compressing does not make it smaller.
      const stored = await codecsOf(topic)
      expect(stored).toContain(codec)
      expect([codec, 'none']).toEqual(expect.arrayContaining([...stored]))
    })
  }

  it('gets everything back exactly once if idempotent', { timeout: minutesMax }, async () => {
    const findings = await sendAndReadBack('lines-once', ['-X', 'enable.idempotence=true'])
    expect(findings).toEqual({
      delivered: corpus.recordCount,
      missing: 0,
      duplicates: 0,
      disorder: [],
      faults: [],
    })
  })

  /** Produces the corpus while the broker is stopped after one third and killed after two. */
  async function sendAndReadBack(topic: string, extra: readonly string[]): Promise<Findings> {
    await withConnection((connection) => createTopic(connection, topic, partitions))
    const producer = new KcatProducer(`${broker.address},${relay.address}`, topic, extra)
    const third = Math.floor(corpus.recordCount / 3)
    try {
      await producer.write(corpus.slice(0, third))
      await waitForRecords(broker.port, topic, partitions, third / 2)
      await both(
        producer.write(corpus.slice(third, 2 * third)),
        broker.stop().then(() => broker.start()),
      )
      await waitForRecords(broker.port, topic, partitions, third * 1.5)
      await both(
        producer.write(corpus.slice(2 * third, corpus.recordCount)),
        broker.kill().then(() => broker.start()),
      )
      await producer.finish()
    } finally {
      producer.kill()
    }
    const ledger = new Ledger(corpus)
    await consumeAll(broker.address, topic, (record) => ledger.take(record))
    const findings = ledger.findings()
    const { delivered, duplicates, disorder } = findings
    const order = disorder.length === 0 ? 'in order' : 'not in order'
    console.log(`${topic}: ${delivered} records ${order}, ${duplicates} came twice`)
    return findings
  }

  async function codecsOf(topic: string): Promise<Set<string>> {
    return withConnection(async (connection) => {
      const codecs = new Set<string>()
      for (let p = 0; p < partitions; p++) {
        for (const codec of await storedCodecs(connection, topic, p)) codecs.add(codec)
      }
      return codecs
    })
  }

  async function withConnection<T>(work: (connection: RawConnection) => Promise<T>): Promise<T> {
    const connection = await RawConnection.open(broker.port)
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  }
})

/** Waits for both, also where one fails: nothing may go on behind a failed test. */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.allSettled([first, second])
  await first
  await second
}
