/** Traces through a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import { recordCarrier } from '../../../src/client/tracing/record-carrier.ts'
import { placeOf, Traces } from '../../client/tracing/traces.ts'
import { BrokerProcess } from '../broker-process.ts'

let broker: BrokerProcess
let traces: Traces

beforeAll(async () => {
  broker = await BrokerProcess.start()
  traces = new Traces()
})
afterAll(async () => {
  traces?.close()
  await broker?.dispose()
})

test('the work on a record is traced with who sent it', async () => {
  const options = { bootstrapServers: broker.address, opentelemetry: traces.api }
  const [topic, groupId] = ['orders', 'billing']
  await using admin = new Admin({ bootstrapServers: broker.address })
  await admin.createTopics([{ name: topic, partitions: 1 }])
  await using producer = new Producer(options)
  await traces.within('request', () => producer.send({ topic, value: 'one', headers: { a: '1' } }))
  producer.enqueue({ topic, value: 'two' })
  await producer.flush()
  await using consumer = new Consumer({ ...options, groupId, autoOffsetReset: 'earliest' })
  await consumer.subscribe(topic)
  const ended = new AbortController()
  const senders: (string | undefined)[] = []
  await consumer.run({ signal: ended.signal }, ({ offset, headers }) => {
    const { context, propagation, trace } = traces.api
    const sender = propagation.extract(context.active(), headers, recordCarrier)
    senders.push(trace.getSpanContext(sender)?.spanId)
    if (offset === 1) ended.abort()
  })
  const [send, create] = [traces.span(`send ${topic}`), traces.span(`create ${topic}`)]
  const worked = traces.spans.filter(({ name }) => name === `process ${topic}`)
  expect(worked.map(placeOf)).toEqual(
    [send, create].map((span) => {
      const { traceId, spanId } = span.spanContext()
      return { traceId, parent: spanId }
    }),
  )
  expect(senders).toEqual([send.spanContext().spanId, create.spanContext().spanId])
  expect(send.attributes).toMatchObject({ 'kafka.offset': 0 })
  const [request] = traces.spans.filter(({ name }) => name === 'request')
  expect(worked[0]?.spanContext().traceId).toBe(request?.spanContext().traceId)
})
