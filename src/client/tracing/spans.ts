/** Spans by the conventions for messaging, version 1.45. */
import { assert } from '../../base/assert.ts'
import { ClientError } from '../error.ts'
import {
  failedStatus,
  type OpenTelemetryApi,
  type Span,
  type SpanAttributes,
  type SpanContext,
  spanKind,
  type Tracer,
  tracerName,
} from './opentelemetry.ts'

/** What a span is about. Keys and values of records are not told: they may be anybody's secret. */
export interface Operation {
  /** Kafka's own word for it. */
  readonly name: 'send' | 'create' | 'poll' | 'process'
  readonly kind: keyof typeof spanKind
  /** Undefined where several are meant. */
  readonly topic: string | undefined
  readonly attributes: SpanAttributes
  readonly links?: { context: SpanContext }[]
  /** ms since 1970; now unless given. */
  readonly startTime?: number
}

/** The convention's types of operations; `poll` is Kafka's word for receiving. */
const types = { send: 'send', create: 'create', poll: 'receive', process: 'process' } as const

/** Starts the spans of one client. */
export class Spans {
  readonly api: OpenTelemetryApi
  readonly #tracer: Tracer
  readonly #common: SpanAttributes

  /** @param common what each span tells, beside what it is about. */
  constructor(api: OpenTelemetryApi, common: SpanAttributes) {
    this.api = api
    this.#tracer = api.trace.getTracer(tracerName)
    this.#common = { 'messaging.system.name': 'kafka', ...common }
  }

  /** A span below the one of `context`. */
  start(operation: Operation, context: unknown): Span {
    const { name, kind, topic, links, startTime } = operation
    assert(topic !== '', 'who does not know the topic leaves it out')
    const attributes = {
      ...this.#common,
      'messaging.operation.name': name,
      'messaging.operation.type': types[name],
      ...(topic === undefined ? {} : { 'messaging.destination.name': topic }),
      ...operation.attributes,
    }
    const title = topic === undefined ? name : `${name} ${topic}`
    return this.#tracer.startSpan(
      title,
      {
        kind: spanKind[kind],
        attributes,
        ...(links === undefined || links.length === 0 ? {} : { links }),
        ...(startTime === undefined ? {} : { startTime }),
      },
      context,
    )
  }
}

/** Ends a span with the error that its work ended with. */
export function endFailed(span: Span, reason: unknown): void {
  const error = reason instanceof Error ? reason : new Error(String(reason))
  span.recordException(error)
  span.setStatus({ code: failedStatus, message: error.message })
  span.setAttributes({ 'error.type': error instanceof ClientError ? error.code : error.name })
  span.end()
}
