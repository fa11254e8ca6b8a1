/** What Produce and Fetch moved: all of it, and by topic. */
import type { BrokerObservation, Traffic } from '../broker/index.ts'
import type { Breather } from './breather.ts'
import type { Family, Sample } from './exposition.ts'

/** Kafka's names, what each counts, and where that stands. */
const counters: readonly (readonly [name: string, help: string, field: keyof Traffic])[] = [
  ['messagesin', 'Records that were appended.', 'recordsIn'],
  ['bytesin', 'Bytes of batches that were appended.', 'bytesIn'],
  ['bytesout', 'Bytes of batches that were sent to consumers.', 'bytesOut'],
  ['bytesrejected', 'Bytes of batches that were too large.', 'bytesRejected'],
  ['totalproducerequests', 'Partitions of Produce requests.', 'produces'],
  ['failedproducerequests', 'Partitions of Produce requests that were refused.', 'producesFailed'],
  ['totalfetchrequests', 'Partitions of Fetch requests.', 'fetches'],
  ['failedfetchrequests', 'Partitions of Fetch requests that were refused.', 'fetchesFailed'],
]

/**
 * Families without label `topic` for all, and with it for each topic that was asked for at least
 * once, as in Kafka.
 */
export async function* topicFamilies(
  broker: Pick<BrokerObservation, 'image' | 'traffic'>,
  breather: Breather,
): AsyncGenerator<Family> {
  const all = broker.traffic()
  const topics: { readonly topic: string; readonly traffic: Traffic }[] = []
  for (const topic of broker.image().topicsByName.keys()) {
    const traffic = broker.traffic(topic)
    if (traffic.produces > 0 || traffic.fetches > 0) topics.push({ topic, traffic })
    if (breather.isDue) await breather.rest()
  }
  for (const [name, help, field] of counters) {
    yield {
      name: `kafka_server_brokertopicmetrics_${name}_total`,
      type: 'counter',
      help,
      samples: samplesOf(field),
    }
  }

  function* samplesOf(field: keyof Traffic): Generator<Sample> {
    yield { value: all[field] }
    for (const { topic, traffic } of topics) yield { labels: { topic }, value: traffic[field] }
  }
}
