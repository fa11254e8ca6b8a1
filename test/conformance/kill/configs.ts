import { describeConfigsApi } from '../../../src/protocol/generated/32-describe-configs.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import type { RawConnection } from '../raw-connection.ts'
import { createTopic } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import { type Actor, accepted } from './actor.ts'
import { Witness } from './witness.ts'

const [topicType, brokerType] = [2, 4]
/** Two configs of a topic and one of the broker, which are altered together. */
const names = ['retention.ms', 'segment.ms'] as const

/** Alters configs: those of one request and one resource hold together or not at all. */
export class Configs implements Actor {
  readonly name = 'configs'
  readonly #topic = new Witness<readonly string[]>(['604800000', '604800000'])
  readonly #broker = new Witness<readonly string[]>(['1048588'])
  #next = 1_000_000

  witnesses = (): Iterable<Witness<unknown>> => [this.#topic, this.#broker]

  async prepare(connection: RawConnection): Promise<void> {
    await createTopic(connection, 'configured', 1)
  }

  async change(connection: RawConnection): Promise<void> {
    const value = String(this.#next++)
    if (this.#next % 2 === 0) {
      await this.#topic.change([value, value], () =>
        this.#alter(connection, topicType, 'configured', names, value),
      )
    } else {
      await this.#broker.change([value], () =>
        this.#alter(connection, brokerType, '', ['message.max.bytes'], value),
      )
    }
  }

  async faults(connection: RawConnection): Promise<string[]> {
    const topic = await this.#values(connection, topicType, 'configured', names)
    const broker = await this.#values(connection, brokerType, '1', ['message.max.bytes'])
    const faults = [this.#topic.judge(topic), this.#broker.judge(broker)]
    return faults.filter((fault) => fault !== undefined)
  }

  async #alter(
    connection: RawConnection,
    resourceType: number,
    resourceName: string,
    configNames: readonly string[],
    value: string,
  ): Promise<void> {
    const configs = configNames.map((name) => ({ name, configOperation: 0, value }))
    const { responses } = await ask(connection, incrementalAlterConfigsApi, 1, {
      resources: [{ resourceType, resourceName, configs }],
      validateOnly: false,
    })
    accepted(responses[0]?.errorCode, `configs of "${resourceName}"`)
  }

  async #values(
    connection: RawConnection,
    resourceType: number,
    resourceName: string,
    configurationKeys: readonly string[],
  ): Promise<string[]> {
    const { results } = await ask(connection, describeConfigsApi, 4, {
      resources: [{ resourceType, resourceName, configurationKeys: [...configurationKeys] }],
    })
    accepted(results[0]?.errorCode, `configs of "${resourceName}"`)
    const values = new Map(results[0]?.configs.map(({ name, value }) => [name, value ?? '']))
    return configurationKeys.map((name) => values.get(name) ?? '')
  }
}
