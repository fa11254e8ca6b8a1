import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Consumer } from '../../../src/client/consumer/consumer.ts'
import { ConsumerTracing } from '../../../src/client/tracing/consumer-tracing.ts'
import type { ConsumerRecord } from '../../../src/record/record.ts'
import { LogCluster } from '../consumer/log-cluster.ts'
import { placeOf, Traces } from './traces.ts'

let traces: Traces
let tracing: ConsumerTracing<Buffer, Buffer>

beforeEach(() => {
  traces = new Traces()
  tracing = new ConsumerTracing(traces.api, 'client-7', 'billing')
})
afterEach(() => traces.close())

/** A trace of somebody who sent a record. */
function sender(at: number): { traceId: string; spanId: string; traceparent: string } {
  const traceId = `${at}`.padStart(32, 'a')
  const spanId = `${at}`.padStart(16, 'b')
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` }
}

function record(offset: number, from?: number): ConsumerRecord {
  const headers = [{ key: 'a', value: null }]
  const own = {
    key: 'traceparent',
    value: Buffer.from(from === undefined ? '' : sender(from).traceparent),
  }
  return {
    topic: 'orders',
    partition: 2,
    offset,
    timestamp: 1,
    key: null,
    value: Buffer.from('v'),
    headers: from === undefined ? headers : [...headers, own],
  }
}

/** A loop's source of these records. */
function sourceOf(...records: ConsumerRecord[]) {
  return async (): Promise<IteratorResult<ConsumerRecord, undefined>> => {
    const value = records.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }
}

describe('a loop', () => {
  const loopOver = (...records: ConsumerRecord[]) => ({
    [Symbol.asyncIterator]: () => tracing.iterate(sourceOf(...records)),
  })

  it('works on a record until it asks for the next one, below who sent it', async () => {
    const ended: number[] = []
    for await (const { offset } of loopOver(record(7, 1), record(8, 2))) {
      ended.push(traces.spans.length)
      expect(offset).toBe(6 + ended.length)
    }
    expect(ended).toEqual([0, 1])
    const [first, second] = traces.spans
    expect(first?.name).toBe('process orders')
    expect(first?.kind).toBe(traces.api.SpanKind.CONSUMER)
    expect(first?.attributes).toEqual({
      'messaging.system.name': 'kafka',
      'messaging.client.id': 'client-7',
      'messaging.consumer.group.name': 'billing',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '2',
      'kafka.offset': 7,
    })
    if (first === undefined || second === undefined) throw new Error('two spans')
    expect(placeOf(first)).toEqual({ traceId: sender(1).traceId, parent: sender(1).spanId })
    expect(placeOf(second).traceId).toBe(sender(2).traceId)
  })

  it('that is left ends the work on its last record', async () => {
    for await (const _ of loopOver(record(7), record(8))) break
    expect(traces.span('process orders').attributes).toMatchObject({ 'kafka.offset': 7 })
  })
})

describe('a handler', () => {
  it('runs in the context of its span', async () => {
    let inside = ''
    const handle = tracing.handler(async () => {
      await Promise.resolve()
      inside = traces.api.trace.getActiveSpan()?.spanContext().spanId ?? ''
    })
    await handle(record(7, 3))
    const span = traces.span('process orders')
    expect(inside).toBe(span.spanContext().spanId)
    expect(placeOf(span).parent).toBe(sender(3).spanId)
  })

  it('that fails ends its span with the error', async () => {
    const handle = tracing.handler(() => {
      throw new RangeError('mine')
    })
    await expect(handle(record(7))).rejects.toThrow('mine')
    const { status, attributes } = traces.span('process orders')
    expect(status).toEqual({ code: 2, message: 'mine' })
    expect(attributes).toMatchObject({ 'error.type': 'RangeError' })
  })
})

describe('a poll', () => {
  it('with records is a span with a link to each who sent them', async () => {
    const records = [record(1, 1), record(2, 1), record(3), record(4, 2)]
    const polled = await traces.within('program', () =>
      tracing.receive(
        async () => records,
        (all) => all,
      ),
    )
    expect(polled).toBe(records)
    const span = traces.span('poll orders')
    expect(span.kind).toBe(traces.api.SpanKind.CLIENT)
    expect(span.attributes).toMatchObject({
      'messaging.operation.type': 'receive',
      'messaging.batch.message_count': 4,
    })
    // The one that nobody traced is not linked to the program's own span.
    const linked = span.links.map(({ context }) => context.spanId)
    expect(linked).toEqual([sender(1).spanId, sender(2).spanId])
    expect(placeOf(span).parent).toBe(traces.span('program').spanContext().spanId)
  })

  it('links to no more than what is kept', async () => {
    const records = Array.from({ length: 200 }, (_, at) => record(at, at))
    await tracing.receive(
      async () => records,
      (all) => all,
    )
    expect(traces.span('poll orders').links).toHaveLength(128)
  })

  it('that brought nothing is none', async () => {
    await tracing.receive(
      async () => [],
      (all) => all,
    )
    expect(traces.spans).toEqual([])
  })
})

it('a consumer traces its loops, polls, batches and runs', async () => {
  const log = await LogCluster.start(1)
  log.append(0, 'a')
  log.append(0, 'b')
  log.append(0, 'c')
  log.append(0, 'd')
  const consumer = new Consumer({
    bootstrapServers: log.address,
    groupId: 'billing',
    autoOffsetReset: 'earliest',
    maxPollRecords: 1,
    opentelemetry: traces.api,
  })
  consumer.assign([{ topic: 't', partition: 0 }])
  try {
    for await (const _ of consumer) break
    expect(await consumer.poll()).toHaveLength(1)
    for await (const _ of consumer.batches()) break
    const ended = new AbortController()
    await consumer.run({ signal: ended.signal }, () => ended.abort())
    await expect(consumer.run({}, 'none' as never)).rejects.toThrow('needs a function')
  } finally {
    await consumer.close()
    await log.close()
  }
  const shown = traces.spans.map(
    ({ name, attributes }) => `${name} ${attributes['kafka.offset'] ?? ''}`,
  )
  expect(shown).toEqual(['process t 0', 'poll t ', 'poll t ', 'process t 3'])
})
