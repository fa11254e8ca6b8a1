import { ProtocolError } from '../../../../src/client/error.ts'
import type { Cluster } from '../../../../src/client/network/cluster.ts'
import { crc32c } from '../../../../src/protocol/crc32c.ts'
import { fetchApi } from '../../../../src/protocol/generated/01-fetch.ts'
import { BatchReader, batchBytesAt } from '../../../../src/record/batch-reader.ts'

/** A record as it lies in the log, with what its batch's header says. */
export interface StoredRecord {
  readonly offset: number
  readonly value: string
  readonly leaderEpoch: number
  readonly producerEpoch: number
}

/** Versions from 13 on name topics by their ids. */
const fetchVersionMax = 12
const partitionMaxBytes = 512 * 1024

/** Everything of a partition, of batches that are not compressed, read without the consumer. */
export async function storedIn(
  cluster: Cluster,
  topic: string,
  partition: number,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for (let fetchOffset = 0; ; ) {
    const bytes = await fetchFrom(cluster, topic, partition, fetchOffset)
    const before = fetchOffset
    for (let at = 0, size = 0; ; at += size) {
      size = batchBytesAt(bytes, at)
      if (size <= 0) break
      const reader = new BatchReader()
      if (!reader.open(bytes, at, crc32c)) throw new Error(`${reader.error}`)
      const { leaderEpoch, producerEpoch } = reader
      while (reader.next()) {
        const { offset } = reader
        records.push({ offset, value: String(reader.value), leaderEpoch, producerEpoch })
      }
      fetchOffset = reader.lastOffset + 1
    }
    if (fetchOffset === before) return records
  }
}

function fetchFrom(
  cluster: Cluster,
  topic: string,
  partition: number,
  fetchOffset: number,
): Promise<Buffer> {
  const request = {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: partitionMaxBytes,
    isolationLevel: 0,
    topics: [
      {
        topic,
        partitions: [{ partition, fetchOffset, logStartOffset: -1, partitionMaxBytes }],
      },
    ],
  }
  return cluster.retrying(`${topic}-${partition} was not read`, 20_000, async () => {
    const { partitions } = await cluster.awaitTopic(topic, 20_000)
    const leader = partitions[partition]?.leader ?? -1
    const options = { versionMax: fetchVersionMax }
    const response = await cluster.call(leader, fetchApi, request, options)
    const [answer] = response.responses[0]?.partitions ?? []
    const code = answer?.errorCode ?? response.errorCode
    if (code !== 0) {
      cluster.requestRefresh()
      throw new ProtocolError(`Cannot read ${topic}-${partition}`, code)
    }
    return Buffer.from(answer?.records ?? [])
  })
}
