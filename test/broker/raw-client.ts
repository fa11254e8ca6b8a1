/** A client that does one thing at a time on a connection of its own, for tests with sockets. */
import { produceApi } from '../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../src/protocol/generated/01-fetch.ts'
import { decodeBatches, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { ask } from '../conformance/typed-request.ts'

const identity = (_: number, bytes: Uint8Array): Uint8Array => bytes
const unchanged = { compress: identity, decompress: identity }

/** See the head of this file. */
export class RawClient {
  readonly connection: RawConnection
  readonly #topic: string

  private constructor(connection: RawConnection, topic: string) {
    this.connection = connection
    this.#topic = topic
  }

  static async connect(port: number, topic: string): Promise<RawClient> {
    return new RawClient(await RawConnection.open(port), topic)
  }

  /** Produces one batch with acks=all; its base offset. Rejects with the error code. */
  async produce(values: readonly string[], partition = 0): Promise<number> {
    const timestamp = Date.now()
    const records = values.map((value) => ({ timestamp, key: null, value: Buffer.from(value) }))
    const partitionData = [
      { index: partition, records: Buffer.from(encodeBatch(newBatch(records), unchanged)) },
    ]
    const { responses } = await ask(this.connection, produceApi, 9, {
      acks: -1,
      timeoutMs: 5_000,
      topicData: [{ name: this.#topic, partitionData }],
    })
    const { errorCode = -1, baseOffset = -1 } = responses[0]?.partitionResponses[0] ?? {}
    if (errorCode !== 0) throw new Error(`Produce: error ${errorCode}`)
    return Number(baseOffset)
  }

  /** What is from that offset on, as `offset value`; waits for it. Rejects with the error code. */
  async fetch(fetchOffset: number, partition = 0, maxWaitMs = 20_000): Promise<string[]> {
    const partitions = [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }]
    const { responses } = await ask(this.connection, fetchApi, 12, {
      maxWaitMs,
      minBytes: 1,
      topics: [{ topic: this.#topic, partitions }],
    })
    const { errorCode = -1, records = null } = responses[0]?.partitions[0] ?? {}
    if (errorCode !== 0) throw new Error(`Fetch: error ${errorCode}`)
    const { value, error } = decodeBatches(records ?? new Uint8Array(0), unchanged)
    if (value === null) throw new Error(`Fetch: ${error}`)
    const found = value.batches.flatMap(({ baseOffset, records: of }) =>
      of.map((record) => ({ offset: baseOffset + record.offsetDelta, value: record.value })),
    )
    const wanted = found.filter(({ offset }) => offset >= fetchOffset)
    return wanted.map((record) => `${record.offset} ${Buffer.from(record.value ?? [])}`)
  }
}
