/** A broker in this process, and commands on it. */
import { Broker } from '../../../src/broker/index.ts'
import { Admin, Producer } from '../../../src/client/index.ts'
import { type CapturedTerminal, type Ended, runToEnd } from '../captured-terminal.ts'

/** Whoever starts one closes it. */
export class TestCluster {
  readonly #broker: Broker
  readonly admin: Admin
  readonly producer: Producer

  private constructor(broker: Broker) {
    this.#broker = broker
    const { bootstrapServers } = broker
    this.admin = new Admin({ bootstrapServers })
    this.producer = new Producer({ bootstrapServers })
  }

  /** @param topics with their partitions. */
  static async start(topics: Readonly<Record<string, number>>): Promise<TestCluster> {
    return new TestCluster(await Broker.start({ topics }))
  }

  get address(): string {
    return this.#broker.bootstrapServers
  }

  /** Runs a command to its end, on a terminal of its own unless one is given. */
  run(args: readonly string[], terminal?: CapturedTerminal): Promise<Ended> {
    return runToEnd([...args, '-b', this.address], terminal)
  }

  /** Sends so many records to a partition. */
  async fill(topic: string, partition: number, count: number): Promise<void> {
    const values = Array.from({ length: count }, (_, at) => ({ topic, partition, value: `${at}` }))
    await this.producer.send(values)
  }

  async close(): Promise<void> {
    await this.producer.close()
    await this.admin.close()
    await this.#broker.stop()
  }
}
