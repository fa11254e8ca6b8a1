/** `/metrics`: figures for Prometheus, by the names that Kafka's JMX exporter gives. */
import type { BrokerObservation } from '../broker/index.ts'
import { type Answer, textAnswer } from './answer.ts'
import { Breather } from './breather.ts'
import { brokerFamilies } from './broker-metrics.ts'
import { cleanerFamilies } from './cleaner-metrics.ts'
import { type Family, renderFamilies } from './exposition.ts'
import { groupFamilies } from './group-metrics.ts'
import { LatencyWindow } from './latency-window.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { requestFamilies } from './request-metrics.ts'
import { topicFamilies } from './topic-metrics.ts'

const statusUnavailable = 503

/** Makes the page; one at a time, which all get who ask meanwhile. */
export class MetricsPage {
  readonly #process = new ProcessMetrics()
  readonly #window = new LatencyWindow()
  #underWay: Promise<Answer> | undefined

  /** 503 before the broker has started, and while it stops. */
  answer(broker: BrokerObservation | undefined): Promise<Answer> {
    this.#underWay ??= this.#make(broker).finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  async #make(broker: BrokerObservation | undefined): Promise<Answer> {
    const unavailable = textAnswer(statusUnavailable, 'The broker is starting or stopping.')
    if (broker?.health().serving !== true) return unavailable
    try {
      const text = await renderFamilies(this.#families(broker), new Breather())
      const body = text + (await this.#process.text())
      return { status: 200, contentType: this.#process.contentType, body }
    } catch (error) {
      // Its parts are gone one by one.
      if (!broker.health().serving) return unavailable
      throw error
    }
  }

  async *#families(broker: BrokerObservation): AsyncGenerator<Family> {
    const breather = new Breather()
    yield* requestFamilies(broker, this.#window, performance.now())
    yield* topicFamilies(broker, breather)
    yield* brokerFamilies(broker, breather)
    yield* cleanerFamilies(broker.statistics().cleaner)
    yield* groupFamilies(broker, breather)
  }
}
