/** Traces what a producer sends, and lets the trace travel with the records. */
import { assert } from '../../base/assert.ts'
import type { ProducerRecord, RecordMetadata } from '../../record/record.ts'
import type { OpenTelemetryApi, Span } from './opentelemetry.ts'
import { WrittenHeaders } from './record-carrier.ts'
import { endFailed, type Operation, Spans } from './spans.ts'

/**
 * A call of `send` is one span, which ends with the outcome; a record of `enqueue` is one that ends
 * when it is taken. Records carry the span's context in their headers.
 */
export class ProducerTracing<K, V> {
  readonly #spans: Spans

  constructor(api: OpenTelemetryApi, clientId: string) {
    assert(clientId !== '', 'a client has a name')
    this.#spans = new Spans(api, { 'messaging.client.id': clientId })
  }

  /** Sends a record. */
  sendOne(
    record: ProducerRecord<K, V>,
    send: (record: ProducerRecord<K, V>) => Promise<RecordMetadata>,
  ): Promise<RecordMetadata> {
    const { span, headers } = this.#begin('send', topicOf(record), aboutOne(record))
    const sent = send(headers.on(record))
    sent.then(
      ({ partition, offset }) => {
        span.setAttributes({ 'messaging.destination.partition.id': String(partition) })
        if (offset >= 0) span.setAttributes({ 'kafka.offset': offset })
        span.end()
      },
      (error: unknown) => endFailed(span, error),
    )
    return sent
  }

  /** Sends several records. */
  sendAll(
    records: readonly ProducerRecord<K, V>[],
    send: (records: readonly ProducerRecord<K, V>[]) => Promise<RecordMetadata[]>,
  ): Promise<RecordMetadata[]> {
    if (records.length === 0) return send(records)
    const topics = new Set(records.map(topicOf))
    const [topic] = topics.size === 1 ? topics : []
    const count = { 'messaging.batch.message_count': records.length }
    const { span, headers } = this.#begin('send', topic, count)
    const sent = send(records.map((record) => headers.on(record)))
    sent.then(
      () => span.end(),
      (error: unknown) => endFailed(span, error),
    )
    return sent
  }

  /** Enqueues a record. One that is not taken leaves no span: it is offered again. */
  enqueue(
    record: ProducerRecord<K, V>,
    enqueue: (record: ProducerRecord<K, V>) => boolean,
  ): boolean {
    const { span, headers } = this.#begin('create', topicOf(record), aboutOne(record))
    try {
      const isTaken = enqueue(headers.on(record))
      if (isTaken) span.end()
      return isTaken
    } catch (error) {
      endFailed(span, error)
      throw error
    }
  }

  #begin(
    name: Operation['name'],
    topic: string | undefined,
    attributes: Operation['attributes'],
  ): { readonly span: Span; readonly headers: WrittenHeaders } {
    const { api } = this.#spans
    const active = api.context.active()
    const span = this.#spans.start({ name, kind: 'producer', topic, attributes }, active)
    const headers = new WrittenHeaders()
    api.propagation.inject(api.trace.setSpan(active, span), headers, WrittenHeaders.setter)
    return { span, headers }
  }
}

/** Undefined for what is no record at all: the producer tells of that. */
function topicOf(record: unknown): string | undefined {
  const { topic } = Object(record) as { readonly topic?: unknown }
  return typeof topic === 'string' && topic !== '' ? topic : undefined
}

function aboutOne(record: unknown): Operation['attributes'] {
  const { value } = Object(record) as { readonly value?: unknown }
  return value === null ? { 'kafka.message.tombstone': true } : {}
}
