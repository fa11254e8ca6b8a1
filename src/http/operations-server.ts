/** What `odradek start --http` serves: health and metrics of a broker. */
import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import type { BrokerObservation } from '../broker/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { healthAnswer } from './health.ts'
import { HttpServer, type Page } from './http-server.ts'
import { MetricsPage } from './metrics.ts'

/** Serves until {@link OperationsServer.close}. */
export class OperationsServer {
  readonly #server: HttpServer
  readonly #attach: (broker: BrokerObservation) => void

  private constructor(server: HttpServer, attach: (broker: BrokerObservation) => void) {
    this.#server = server
    this.#attach = attach
  }

  /** Rejects with a sentence when it cannot listen there. It has no broker to tell of yet. */
  static async listen(endpoint: HostPort, logger: Logger): Promise<OperationsServer> {
    let broker: BrokerObservation | undefined
    const metrics = new MetricsPage()
    const pages = new Map<string, Page>([
      ['/health', () => healthAnswer(broker)],
      ['/metrics', () => metrics.answer(broker)],
    ])
    const onFailure = (path: string, cause: unknown): void =>
      logger.error(`The page ${path} failed`, cause, { path })
    const server = await HttpServer.listen(endpoint, { pages, onFailure })
    const address = formatHostPort(server.endpoint)
    logger.info(`Health at http://${address}/health, metrics at http://${address}/metrics.`, {
      http: address,
    })
    return new OperationsServer(server, (started) => {
      broker = started
    })
  }

  /** The numeric address that it listens on. */
  get endpoint(): HostPort {
    return this.#server.endpoint
  }

  /** From now on it tells of this broker, also while that stops. */
  attach(broker: BrokerObservation): void {
    this.#attach(broker)
  }

  /** Closes the port and every connection. Idempotent. */
  close(): Promise<void> {
    return this.#server.close()
  }
}
