import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, TimeoutError } from '../../../src/client/error.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import type { OpenTelemetryApi } from '../../../src/client/tracing/opentelemetry.ts'
import { ProducerTracing } from '../../../src/client/tracing/producer-tracing.ts'
import type { HeaderPair } from '../../../src/record/headers.ts'
import type { ProducerRecord, RecordMetadata } from '../../../src/record/record.ts'
import { placeOf, Traces } from './traces.ts'

let traces: Traces
let tracing: ProducerTracing<string, string>
/** What was sent, with its headers. */
let sent: ProducerRecord<string, string>[]

beforeEach(() => {
  traces = new Traces()
  tracing = new ProducerTracing(traces.api, 'client-7')
  sent = []
})
afterEach(() => traces.close())

const record = { topic: 'orders', value: 'v' }

function take(one: ProducerRecord<string, string>): Promise<RecordMetadata> {
  sent.push(one)
  return Promise.resolve({ topic: one.topic, partition: 3, offset: 41, timestamp: 5 })
}

function headerOf(one: ProducerRecord<string, string> | undefined, name: string): unknown[] {
  const pairs = (one?.headers ?? []) as readonly HeaderPair[]
  return pairs.filter(([key]) => key === name).map(([, value]) => value)
}

describe('a send', () => {
  it('is a span below that of the program, and the record says so', async () => {
    await traces.within('request', () => tracing.sendOne(record, take))
    const span = traces.span('send orders')
    const request = traces.span('request')
    expect(placeOf(span)).toEqual({
      traceId: request.spanContext().traceId,
      parent: request.spanContext().spanId,
    })
    expect(span.kind).toBe(traces.api.SpanKind.PRODUCER)
    expect(span.attributes).toEqual({
      'messaging.system.name': 'kafka',
      'messaging.client.id': 'client-7',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '3',
      'kafka.offset': 41,
    })
    const { traceId, spanId } = span.spanContext()
    expect(headerOf(sent[0], 'traceparent')).toEqual([`00-${traceId}-${spanId}-01`])
  })

  it('keeps the headers of the record, but for the context of others', async () => {
    const headers = [
      ['a', '1'],
      ['traceparent', 'of who sent it before'],
      ['a', '2'],
    ] as const
    const before = { ...record, key: 'k', partition: 2, timestamp: 9, headers }
    await tracing.sendOne(before, take)
    const { spanId } = traces.span('send orders').spanContext()
    expect(sent[0]).toMatchObject({ topic: 'orders', key: 'k', value: 'v', partition: 2 })
    expect(sent[0]?.timestamp).toBe(9)
    expect(headerOf(sent[0], 'a')).toEqual(['1', '2'])
    expect(headerOf(sent[0], 'traceparent')).toEqual([expect.stringContaining(spanId)])
    expect(headers).toHaveLength(3)
  })

  it('that fails ends with the error, and rejects with it', async () => {
    const error = new TimeoutError('too late')
    const failed = tracing.sendOne({ ...record, value: null }, () => Promise.reject(error))
    await expect(failed).rejects.toBe(error)
    const { status, attributes, events } = traces.span('send orders')
    expect(status).toEqual({ code: 2, message: 'too late' })
    expect(attributes).toMatchObject({
      'error.type': 'REQUEST_TIMED_OUT',
      'kafka.message.tombstone': true,
    })
    expect(events.map(({ name }) => name)).toEqual(['exception'])
  })

  it('of several is one span, which all of them name', async () => {
    const records = [record, { ...record, headers: { a: '1' } }]
    await tracing.sendAll(records, (all) => Promise.all(all.map(take)))
    const span = traces.span('send orders')
    expect(span.attributes).toMatchObject({ 'messaging.batch.message_count': 2 })
    const named = sent.flatMap((one) => headerOf(one, 'traceparent'))
    expect(named).toHaveLength(2)
    expect(new Set(named).size).toBe(1)
    expect(String(named[0])).toContain(span.spanContext().spanId)
    const mixed = [record, { topic: 'others', value: 'v' }]
    await tracing.sendAll(mixed, (all) => Promise.all(all.map(take)))
    expect(traces.span('send').attributes).not.toHaveProperty('messaging.destination.name')
    expect(await tracing.sendAll([], (all) => Promise.all(all.map(take)))).toEqual([])
    expect(traces.spans).toHaveLength(2)
  })
})

describe('an enqueued record', () => {
  it('has a span of its own once it is taken', () => {
    const answers = [false, true]
    const enqueue = (one: ProducerRecord<string, string>): boolean => {
      sent.push(one)
      return answers.shift() ?? true
    }
    expect(tracing.enqueue(record, enqueue)).toBe(false)
    expect(traces.spans).toEqual([])
    expect(tracing.enqueue(record, enqueue)).toBe(true)
    const span = traces.span('create orders')
    expect(headerOf(sent[1], 'traceparent')[0]).toContain(span.spanContext().spanId)
  })

  it('that is refused ends its span with the error', () => {
    const refuse = (): never => {
      throw new ConfigError('no')
    }
    expect(() => tracing.enqueue(record, refuse)).toThrow('no')
    expect(traces.span('create orders').status.code).toBe(2)
  })
})

it('what is no record, or has no headers that can be sent, is left to the producer', async () => {
  const wrong = { ...record, headers: 7 } as never
  await tracing.sendOne(wrong, take)
  expect(sent[0]).toBe(wrong)
  const failed = tracing.sendOne(null as never, () => Promise.reject(new TypeError('none')))
  await expect(failed).rejects.toThrow('none')
  expect(traces.span('send').attributes).not.toHaveProperty('messaging.destination.name')
})

it('a program without OpenTelemetry set up sends as if there were none', async () => {
  traces.close()
  await tracing.sendOne(record, take)
  expect(sent[0]).toBe(record)
})

it('a producer takes the API and nothing else', async () => {
  const options = { bootstrapServers: '127.0.0.1:1', maxBlockMs: 50 }
  expect(() => new Producer({ ...options, opentelemetry: {} as OpenTelemetryApi })).toThrow(
    "'opentelemetry' is an object; it has to be the package @opentelemetry/api.",
  )
  const producer = new Producer({ ...options, opentelemetry: traces.api })
  await expect(producer.send({ topic: 'orders', value: 'v' })).rejects.toThrow()
  expect(() => producer.enqueue({ topic: 'orders', value: undefined as never })).toThrow()
  await producer.close({ timeoutMs: 10 }).catch(() => {})
  expect(traces.span('send orders').status.code).toBe(2)
  expect(traces.span('create orders').attributes).toMatchObject({
    'messaging.client.id': 'odradek',
  })
})
