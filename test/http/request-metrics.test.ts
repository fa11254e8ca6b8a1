import { expect, test } from 'vitest'
import { Breather } from '../../src/http/breather.ts'
import { type Family, renderFamilies } from '../../src/http/exposition.ts'
import { LatencyWindow } from '../../src/http/latency-window.ts'
import { requestFamilies } from '../../src/http/request-metrics.ts'
import { LatencyHistogram } from '../../src/telemetry/index.ts'
import { type ParsedFamily, parseExposition, sampleValue } from './exposition-parser.ts'

const totalTime = 'kafka_network_requestmetrics_totaltimems'

async function page(
  times: Record<string, readonly number[]>,
  window = new LatencyWindow(),
): Promise<Map<string, ParsedFamily>> {
  const requests = Object.entries(times).map(([request, ms]) => {
    const histogram = new LatencyHistogram()
    for (const one of ms) histogram.observe(one)
    return { request, counts: histogram.counts() }
  })
  async function* families(): AsyncGenerator<Family> {
    yield* requestFamilies({ requests: () => requests }, window, 0)
  }
  return parseExposition(await renderFamilies(families(), new Breather()))
}

test('requests are counted, timed in ms and put into buckets of seconds', async () => {
  const families = await page({ Metadata: [1, 1, 1, 500] })
  const request = 'Metadata'
  expect(sampleValue(families, 'kafka_network_requestmetrics_requests_total', { request })).toBe(4)
  expect(sampleValue(families, `${totalTime}_sum`, { request })).toBe(503)
  expect(sampleValue(families, `${totalTime}_count`, { request })).toBe(4)
  const median = sampleValue(families, totalTime, { request, quantile: '0.5' }) ?? 0
  expect(median).toBeGreaterThanOrEqual(1)
  expect(median).toBeLessThanOrEqual(1.25)
  expect(sampleValue(families, totalTime, { request, quantile: '0.999' })).toBeGreaterThanOrEqual(
    500,
  )
  const duration = 'odradek_request_duration_seconds'
  expect(sampleValue(families, `${duration}_bucket`, { request, le: '0.001024' })).toBe(3)
  expect(sampleValue(families, `${duration}_bucket`, { request, le: '0.262144' })).toBe(3)
  expect(sampleValue(families, `${duration}_bucket`, { request, le: '1.048576' })).toBe(4)
  expect(sampleValue(families, `${duration}_sum`, { request })).toBe(0.503)
})

test('what was never asked for is left out, fetches are those of consumers too', async () => {
  const families = await page({ Produce: [], Fetch: [2] })
  const names = families.get(totalTime)?.samples.map(({ labels }) => labels['request'])
  expect([...new Set(names)]).toEqual(['Fetch', 'FetchConsumer'])
})

test('quantiles are of what is recent, sums of all', async () => {
  const window = new LatencyWindow()
  await page({ Metadata: [1000, 1000, 1000] }, window)
  const families = await page({ Metadata: [1000, 1000, 1000, 1] }, window)
  const request = 'Metadata'
  expect(sampleValue(families, totalTime, { request, quantile: '0.999' })).toBeLessThan(2)
  expect(sampleValue(families, `${totalTime}_count`, { request })).toBe(4)
  const quiet = await page({ Metadata: [1000, 1000, 1000] }, window)
  expect(sampleValue(quiet, totalTime, { request, quantile: '0.5' })).toBeNaN()
})
