/** What the client library tells of the process and of Node by its defaults. */
import { collectDefaultMetrics, Registry } from 'prom-client'

/** `process_*` and `nodejs_*`, sampled from now on. */
export class ProcessMetrics {
  readonly #registry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** The media type of a page that begins with {@link text}. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
