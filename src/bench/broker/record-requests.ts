/** Record batches of one partition, by requests that name the topic. */
import { produceApi } from '../../protocol/generated/00-produce.ts'
import { fetchApi } from '../../protocol/generated/01-fetch.ts'
import type { BrokerConnection } from '../../transport/index.ts'

/** Later versions name topics by their ids. */
const produceVersionMax = 12
const fetchVersionMax = 12
const produceTimeoutMs = 30_000
const fetchBytesMax = 1024 * 1024

/** Sends one batch with acks=all; throws on any error. */
export async function produceBatch(
  connection: BrokerConnection,
  topic: string,
  partition: number,
  records: Uint8Array,
): Promise<void> {
  const request = {
    acks: -1,
    timeoutMs: produceTimeoutMs,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  }
  const { responses } = await connection.call(produceApi, request, {
    versionMax: produceVersionMax,
  })
  const errorCode = responses[0]?.partitionResponses[0]?.errorCode
  if (errorCode !== 0) throw new Error(`Produce ${topic}-${partition}: error ${errorCode}`)
}

/** Stored batches from the one with that offset on, at most about a MiB; throws on any error. */
export async function fetchBatches(
  connection: BrokerConnection,
  topic: string,
  partition: number,
  fetchOffset: number,
): Promise<Uint8Array> {
  const place = { partition, fetchOffset, partitionMaxBytes: fetchBytesMax }
  const request = {
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    topics: [{ topic, partitions: [place] }],
  }
  const answer = await connection.call(fetchApi, request, { versionMax: fetchVersionMax })
  const [found] = answer.responses[0]?.partitions ?? []
  const errorCode = answer.errorCode === 0 ? found?.errorCode : answer.errorCode
  if (errorCode !== 0) throw new Error(`Fetch ${topic}-${partition}: error ${errorCode}`)
  return found?.records ?? new Uint8Array()
}
