import { randomBytes } from 'node:crypto'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import type { BrokerProcess } from '../broker-process.ts'
import type { Settings } from '../broker-target.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { logEndOffset } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import {
  ClientDriver,
  type ConsumerOptions,
  type DriverConsumer,
  type GotRecord,
  Lacking,
} from './client-driver.ts'
import { DriverError } from './driver-process.ts'

/** The broker's id, as AlterConfigs names it. */
export const nodeId = '1'

/** What the broker is started with: groups that don't let the cases wait. */
export const brokerSettings: Settings = {
  'node.id': nodeId,
  'group.initial.rebalance.delay.ms': '100',
  'group.min.session.timeout.ms': '1000',
}

/** For a case in which no broker starts, however busy the machine is. */
export const caseMsMax = 180_000

/** What a case says and does. It throws where the client or the broker does otherwise. */
export interface Case {
  readonly name: string
  /** How long it may take on a busy machine, in ms; {@link caseMsMax} by default. */
  readonly msMax?: number
  run(stage: Stage): Promise<void>
}

/** What one case works with. What it opens is closed after it. */
export class Stage {
  readonly broker: BrokerProcess
  /** The client's process that all cases share: never to be ended. */
  readonly client: ClientDriver
  readonly #command: readonly string[]
  readonly #opened: ClientDriver[] = []
  readonly #consumers: DriverConsumer[] = []

  constructor(broker: BrokerProcess, client: ClientDriver, command: readonly string[]) {
    this.broker = broker
    this.client = client
    this.#command = command
  }

  /** A name that no other case uses. */
  name(kind: string): string {
    return `${kind}-${randomBytes(4).toString('hex')}`
  }

  /** Makes a topic without the client, so that only the cases of administrators need its part. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = this.name('topic')
    const connection = await RawConnection.open(this.broker.port)
    const settings = Object.entries(configs).map(([config, value]) => ({ name: config, value }))
    const topic = { name, numPartitions: partitions, replicationFactor: 1, configs: settings }
    const request = { topics: [{ ...topic, assignments: [] }], timeoutMs: 10_000 }
    const answer = await ask(connection, createTopicsApi, 5, { ...request, validateOnly: false })
    const code = answer.topics[0]?.errorCode
    if (code !== ErrorCode.NONE) throw new Error(`CreateTopics ${name}: error ${code}`)
    // Apache Kafka answers before its broker leads the partitions; a client's first attempt would
    // fail, and its second come out of order.
    for (let partition = 0; partition < partitions; partition++) {
      const isLed = async () => (await logEndOffset(connection, name, partition)) !== undefined
      await eventually('the new partitions have a leader', isLed)
    }
    connection.close()
    return name
  }

  /** One more process of the client. */
  async open(): Promise<ClientDriver> {
    const driver = await ClientDriver.start(this.#command, this.broker.address)
    this.#opened.push(driver)
    return driver
  }

  /** A consumer of the shared process. */
  async consumer(options: ConsumerOptions = {}): Promise<DriverConsumer> {
    const consumer = await this.client.consumer(options)
    this.#consumers.push(consumer)
    return consumer
  }

  /** Reads so many records from the beginning of a topic's partitions, in whatever way it can. */
  async read(topic: string, count: number, partitions = 1): Promise<GotRecord[]> {
    const mustJoin = this.client.ready.lacks.includes('assign')
    const consumer = await this.consumer(mustJoin ? { group: this.name('reader') } : {})
    if (mustJoin) {
      await consumer.subscribe(topic)
    } else {
      const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
      await consumer.assign(...places.map((place) => ({ ...place, offset: 'earliest' as const })))
    }
    return consumer.take(count)
  }

  /** Closes what the case has opened, whatever state it is in. */
  async end(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close().catch(() => {})))
    await Promise.all(this.#opened.map((driver) => driver.close()))
  }
}

/**
 * Waits for a refusal with one of these errors of Kafka, by code or, where the library gives none,
 * by name; further names are those under which libraries report it themselves.
 */
export async function refused(
  work: Promise<unknown>,
  code: keyof typeof ErrorCode,
  ...names: readonly string[]
): Promise<void> {
  const error = await work.then(
    (value) => new Error(`it was not refused: ${JSON.stringify(value)}`),
    (reason) => reason,
  )
  if (error instanceof Lacking) throw error
  if (error instanceof DriverError) {
    if (error.code === ErrorCode[code] || error.errorName === code) return
    if (error.errorName !== undefined && names.includes(error.errorName)) return
  }
  throw new Error(`expected ${[code, ...names].join(' or ')}`, { cause: error })
}
