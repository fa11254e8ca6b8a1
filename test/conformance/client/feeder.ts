/** Records for a consumer's tests, put into a broker by bare requests: no producer takes part. */

import { consumerSettings } from '../../../src/client/consumer/consumer-options.ts'
import { ProtocolError } from '../../../src/client/error.ts'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import { openCluster } from '../../../src/client/options/connection-options.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { createPartitionsApi } from '../../../src/protocol/generated/37-create-partitions.ts'
import { type BatchHeader, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'

/** A key and a value; null is none. */
export type Pair = readonly [key: string | null, value: string | null]

/** Talks to a broker beside the consumer. */
export class Feeder {
  readonly cluster: Cluster

  constructor(bootstrapServer: string) {
    const { connection } = consumerSettings({ bootstrapServers: [bootstrapServer] })
    this.cluster = openCluster(connection, false)
  }

  /** Makes a topic, or fails. */
  async create(topic: string, numPartitions: number): Promise<void> {
    const request = {
      topics: [{ name: topic, numPartitions, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 10_000,
    }
    const response = await this.cluster.call('controller', createTopicsApi, request)
    const [made] = response.topics
    if (made?.errorCode !== 0) throw new Error(`${topic}: error ${made?.errorCode}`)
    await this.cluster.awaitTopic(topic, 10_000)
  }

  /** Gives a topic more partitions. */
  async grow(topic: string, count: number): Promise<void> {
    const request = {
      topics: [{ name: topic, count, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: false,
    }
    const response = await this.cluster.call('controller', createPartitionsApi, request)
    const [grown] = response.results
    if (grown?.errorCode !== 0) throw new Error(`${topic}: error ${grown?.errorCode}`)
    await this.cluster.refresh()
  }

  /** Writes one batch; returns the offset of its first record. */
  produce(
    topic: string,
    partition: number,
    pairs: readonly Pair[],
    header: Partial<BatchHeader> = {},
    timestamp = Date.now(),
  ): Promise<number> {
    const bytesOf = (text: string | null): Buffer | null =>
      text === null ? null : Buffer.from(text)
    const records = pairs.map(([key, value]) => ({
      timestamp,
      key: bytesOf(key),
      value: bytesOf(value),
      headers: [{ key: 'n', value: bytesOf(value) }],
    }))
    return this.append(topic, partition, encodeBatch(newBatch(records, header)))
  }

  /** Writes the bytes of a batch; a leader that does not know yet that it is one is asked again. */
  append(topic: string, partition: number, records: Uint8Array): Promise<number> {
    return this.cluster.retrying(`${topic}-${partition} was not written`, 10_000, async () => {
      const info = await this.cluster.awaitTopic(topic, 10_000)
      const leader = info.partitions[partition]?.leader ?? -1
      const response = await this.cluster.call(leader, produceApi, (version) => ({
        acks: -1,
        timeoutMs: 10_000,
        topicData: [
          {
            ...(version >= 13 ? { topicId: info.id } : { name: topic }),
            partitionData: [{ index: partition, records }],
          },
        ],
      }))
      const [answer] = response.responses[0]?.partitionResponses ?? []
      const code = answer?.errorCode ?? 0
      if (code !== 0) throw new ProtocolError(`Cannot write ${topic}-${partition}`, code)
      return answer?.baseOffset ?? -1
    })
  }

  /** Values `prefix0`, `prefix1`, ... in one batch. */
  async count(topic: string, partition: number, count: number, prefix = 'v'): Promise<void> {
    const pairs = Array.from({ length: count }, (_, i): Pair => [`k${i % 7}`, `${prefix}${i}`])
    await this.produce(topic, partition, pairs)
  }

  close(): void {
    this.cluster.close()
  }
}
