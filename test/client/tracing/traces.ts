/** OpenTelemetry as a program sets it up, with the spans that ended kept. */
import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/** One program's traces; end them with {@link Traces.close}. */
export class Traces {
  readonly api: typeof api = api
  readonly #exporter = new InMemorySpanExporter()

  constructor() {
    const processor = new SimpleSpanProcessor(this.#exporter)
    const provider = new BasicTracerProvider({ spanProcessors: [processor] })
    api.trace.setGlobalTracerProvider(provider)
    api.propagation.setGlobalPropagator(new W3CTraceContextPropagator())
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  }

  /** Spans that ended, in that order. */
  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  /** The only span of this name. */
  span(name: string): ReadableSpan {
    const found = this.spans.filter((one) => one.name === name)
    const [first] = found
    if (first === undefined || found.length > 1) {
      const names = this.spans.map((one) => one.name).join(', ')
      throw new Error(`one span ${name}, not ${found.length}: ${names}`)
    }
    return first
  }

  /** Runs work below a span of the program's own. */
  within<T>(name: string, work: () => T): T {
    return api.trace.getTracer('program').startActiveSpan(name, (span) => {
      try {
        return work()
      } finally {
        span.end()
      }
    })
  }

  close(): void {
    api.trace.disable()
    api.propagation.disable()
    api.context.disable()
  }
}

/** What ties a span into its trace. */
export function placeOf(span: ReadableSpan): { traceId: string; parent: string | undefined } {
  return { traceId: span.spanContext().traceId, parent: span.parentSpanContext?.spanId }
}
