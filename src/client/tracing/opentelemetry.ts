/**
 * What the client uses of OpenTelemetry's API, as types of our own: the package is the program's,
 * and is neither installed nor loaded with ours.
 */
import { accepted, type Rule } from '../../base/option-rule.ts'

/** Values that a span may carry. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A span that was started. */
export interface Span {
  setAttributes(attributes: SpanAttributes): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  recordException(error: Error): void
  end(): void
}

/** Where a span belongs to, as it travels with a record. */
export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** How a span is started. */
export interface SpanOptions {
  readonly kind: number
  readonly attributes: SpanAttributes
  readonly links?: { context: SpanContext }[]
  /** ms since 1970. */
  readonly startTime?: number
}

/**
 * The package `@opentelemetry/api`, from version 1.3 on: give what `import * as opentelemetry from
 * '@opentelemetry/api'` gives. It finds the tracer, the propagator and the manager of contexts that
 * the program has set up; without any, nothing is traced.
 */
export interface OpenTelemetryApi {
  /** The context of nobody. */
  readonly ROOT_CONTEXT: unknown
  readonly trace: {
    getTracer(name: string): Tracer
    setSpan(context: unknown, span: unknown): unknown
    getSpanContext(context: unknown): SpanContext | undefined
  }
  readonly context: {
    active(): unknown
    with(context: unknown, work: () => unknown): unknown
  }
  readonly propagation: {
    inject(context: unknown, carrier: unknown, setter: unknown): void
    extract(context: unknown, carrier: unknown, getter: unknown): unknown
  }
}

/** Starts spans. */
export interface Tracer {
  startSpan(name: string, options: SpanOptions, context: unknown): Span
}

/** Kinds of spans, by OpenTelemetry's numbers. */
export const spanKind = { client: 2, producer: 3, consumer: 4 } as const

/** The status of a span that failed, by OpenTelemetry's number. */
export const failedStatus = 2

/** Under this name a program finds the spans of this client. */
export const tracerName = 'odradek'

/** For the option `opentelemetry` of a client. */
export const openTelemetryRule: Rule<OpenTelemetryApi | undefined> = accepted<
  OpenTelemetryApi | undefined
>('the package @opentelemetry/api', isApi, undefined)

function isApi(value: unknown): boolean {
  const { trace, context, propagation } = Object(value) as Partial<OpenTelemetryApi>
  const functions = [trace?.getTracer, context?.with, propagation?.inject, propagation?.extract]
  return functions.every((one) => typeof one === 'function')
}
