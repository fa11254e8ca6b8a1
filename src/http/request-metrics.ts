/** How many requests of each kind there were, and how long they took. */
import { assert } from '../base/assert.ts'
import type { BrokerObservation } from '../broker/index.ts'
import {
  type LatencyCounts,
  latencyBucketEndUs,
  latencyBuckets,
  latencyCount,
  latencyQuantileUs,
} from '../telemetry/index.ts'
import type { Family, Sample } from './exposition.ts'
import type { LatencyWindow } from './latency-window.ts'

/** Those that Kafka's own metrics have. */
const quantiles = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999] as const
const usPerMs = 1000
const usPerSecond = 1_000_000
/** A histogram's buckets are powers of four microseconds: every eighth of the counted ones. */
const bucketStep = 8
const firstBucket = 19

/** Families of all requests that were served. */
export function* requestFamilies(
  broker: Pick<BrokerObservation, 'requests'>,
  window: LatencyWindow,
  nowMs: number,
): Generator<Family> {
  const requests = broker.requests().filter(({ counts }) => latencyCount(counts) > 0)
  yield {
    name: 'kafka_network_requestmetrics_requests_total',
    type: 'counter',
    help: 'Requests that were answered.',
    samples: requests.map(({ request, counts }) => {
      return { labels: { request }, value: latencyCount(counts) }
    }),
  }
  yield {
    name: 'kafka_network_requestmetrics_totaltimems',
    type: 'summary',
    help: 'Time from a whole request to its answer in ms; quantiles of the last five minutes.',
    samples: requests.flatMap(({ request, counts }) =>
      // Kafka has fetches by who fetches too; here nobody but consumers does.
      (request === 'Fetch' ? ['Fetch', 'FetchConsumer'] : [request]).flatMap((name) => [
        ...summary(name, counts, window.recent(name, counts, nowMs)),
      ]),
    ),
  }
  yield {
    name: 'odradek_request_duration_seconds',
    type: 'histogram',
    help: 'Time from a whole request to its answer.',
    samples: requests.flatMap(({ request, counts }) => [...histogram(request, counts)]),
  }
}

function* summary(
  request: string,
  counts: LatencyCounts,
  recent: readonly number[],
): Generator<Sample> {
  for (const quantile of quantiles) {
    const us = latencyQuantileUs({ buckets: recent }, quantile)
    yield { labels: { request, quantile }, value: us / usPerMs }
  }
  yield { suffix: '_sum', labels: { request }, value: counts.sumUs / usPerMs }
  yield { suffix: '_count', labels: { request }, value: latencyCount(counts) }
}

function* histogram(request: string, counts: LatencyCounts): Generator<Sample> {
  const { buckets, sumUs } = counts
  let below = 0
  for (let bucket = 0; bucket < latencyBuckets - 1; bucket++) {
    below += buckets[bucket] ?? 0
    if (bucket < firstBucket || (bucket - firstBucket) % bucketStep !== 0) continue
    const le = latencyBucketEndUs(bucket) / usPerSecond
    yield { suffix: '_bucket', labels: { request, le }, value: below }
  }
  const all = latencyCount(counts)
  assert(below <= all, 'no bucket has more than there are')
  yield { suffix: '_bucket', labels: { request, le: '+Inf' }, value: all }
  yield { suffix: '_sum', labels: { request }, value: sumUs / usPerSecond }
  yield { suffix: '_count', labels: { request }, value: all }
}
