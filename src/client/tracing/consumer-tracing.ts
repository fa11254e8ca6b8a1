/** Traces what a consumer receives and what becomes of it. */
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../record/record.ts'
import type { OpenTelemetryApi, Span, SpanContext } from './opentelemetry.ts'
import { recordCarrier } from './record-carrier.ts'
import { endFailed, type Operation, Spans } from './spans.ts'

/** Most records that a span of several links to: what SDKs keep. */
const linksMax = 128

type Next<T> = () => Promise<IteratorResult<T, undefined>>

/**
 * The work on a record is one span, below the one that sent it: from when it is handed out to when
 * the next one is asked for, or as long as its handler runs. A poll, or a batch, that has records
 * is one span with links to those that sent them.
 */
export class ConsumerTracing<K, V> {
  readonly #spans: Spans

  constructor(api: OpenTelemetryApi, clientId: string, groupId: string | null) {
    const group = groupId === null ? {} : { 'messaging.consumer.group.name': groupId }
    this.#spans = new Spans(api, { 'messaging.client.id': clientId, ...group })
  }

  /** A loop over records. */
  iterate(next: Next<ConsumerRecord<K, V>>): AsyncIterator<ConsumerRecord<K, V>, undefined> {
    let atWork: Span | null = null
    const finish = (): void => {
      atWork?.end()
      atWork = null
    }
    return {
      next: async () => {
        finish()
        const result = await next()
        if (result.done !== true) atWork = this.#process(result.value).span
        return result
      },
      return: async () => {
        finish()
        return { done: true, value: undefined }
      },
    }
  }

  /** What `receive` brings, as one span that began with the call. */
  async receive<T>(
    receive: () => Promise<T>,
    recordsOf: (received: T) => readonly ConsumerRecord<K, V>[],
  ): Promise<T> {
    const startTime = Date.now()
    const received = await receive()
    const records = recordsOf(received)
    if (records.length > 0) this.#received(records, startTime)
    return received
  }

  /** A handler whose work is traced; what it does is below its span. */
  handler(
    handle: (record: ConsumerRecord<K, V>) => void | Promise<void>,
  ): (record: ConsumerRecord<K, V>) => Promise<void> {
    const { api } = this.#spans
    return async (record) => {
      const { span, context } = this.#process(record)
      try {
        await api.context.with(api.trace.setSpan(context, span), () => handle(record))
        span.end()
      } catch (error) {
        endFailed(span, error)
        throw error
      }
    }
  }

  #process(record: ConsumerRecord<K, V>): { readonly span: Span; readonly context: unknown } {
    const { topic, partition, offset } = record
    const context = this.#contextOf(record, this.#spans.api.context.active())
    const attributes = {
      'messaging.destination.partition.id': String(partition),
      'kafka.offset': offset,
      ...(record.value === null ? { 'kafka.message.tombstone': true } : {}),
    }
    const span = this.#spans.start(
      { name: 'process', kind: 'consumer', topic, attributes },
      context,
    )
    return { span, context }
  }

  #received(records: readonly ConsumerRecord<K, V>[], startTime: number): void {
    const { api } = this.#spans
    const links = new Map<string, { context: SpanContext }>()
    for (const record of records) {
      if (links.size === linksMax) break
      const context = api.trace.getSpanContext(this.#contextOf(record, api.ROOT_CONTEXT))
      if (context !== undefined) links.set(`${context.traceId} ${context.spanId}`, { context })
    }
    assert(links.size <= linksMax, 'no more than an SDK keeps')
    const topics = new Set(records.map(({ topic }) => topic))
    const [topic] = topics.size === 1 ? topics : []
    const operation: Operation = {
      name: 'poll',
      kind: 'client',
      topic,
      attributes: { 'messaging.batch.message_count': records.length },
      links: [...links.values()],
      startTime,
    }
    this.#spans.start(operation, api.context.active()).end()
  }

  /** The context that the record brought along, or the other one where it brought none. */
  #contextOf({ headers }: ConsumerRecord<K, V>, otherwise: unknown): unknown {
    return this.#spans.api.propagation.extract(otherwise, headers, recordCarrier)
  }
}
