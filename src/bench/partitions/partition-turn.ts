import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerConnection } from '../../transport/index.ts'
import { BrokerProcess } from '../broker/broker-process.ts'
import type { BrokerTarget, Settings } from '../broker/broker-target.ts'
import { onConnection } from '../broker/connect.ts'
import { fetchBatches } from '../broker/record-requests.ts'
import { granted } from '../harness/granted.ts'
import { countLed, createTopics, logEndOffsets, produceToEach } from './partition-requests.ts'
import { type ProcessFigures, processFigures } from './process-figures.ts'

/** What one turn of one broker gave; times in milliseconds. */
export interface PartitionTurn {
  /** CreateTopics for all, in as few requests as may be. */
  readonly createMs: number
  readonly fresh: ProcessFigures
  /** A Metadata request that names every topic. */
  readonly listMs: number
  /** One record to every partition, acks=all. */
  readonly produceEachMs: number
  readonly loaded: ProcessFigures
  /**
   * A clean stop after that, which makes the index files of every partition; and from the start of
   * the process to the answer to a Fetch.
   */
  readonly stopMs: number
  readonly cleanStartMs: number
  readonly restarted: ProcessFigures
  /** A clean stop with one more record in every partition, whose files are all there by then. */
  readonly allStopMs: number
  /** The same again with records for a few partitions only. */
  readonly fewStopMs: number
  readonly fewStartMs: number
  /** From the start after SIGKILL, one more record in every partition, to the answer to a Fetch. */
  readonly killedStartMs: number
}

/** What a turn needs to know. */
export interface PartitionTurnOptions {
  readonly target: BrokerTarget
  readonly settings: Settings
  /** Where the broker's folder is made. */
  readonly parent: string | undefined
  readonly topics: number
  readonly partitions: number
}

/** Records are produced to so many partitions of each topic where only few are to change. */
const fewOfEach = 30
/** A start, a stop or a creation of so many may wait for a slow disk. */
const patienceMs = 300_000
/** A broker rests this long before its figures are read. */
const restMs = 1_500

/**
 * Creates the topics on a fresh folder, uses, stops, starts and kills the broker, and discards the
 * folder. Throws if a partition or an acknowledged record is missing after any start.
 */
export async function takePartitionTurn(options: PartitionTurnOptions): Promise<PartitionTurn> {
  const { target, settings, parent } = options
  const broker = await BrokerProcess.start({ target, settings, patienceMs, parent })
  const turn = new Turn(broker, options)
  try {
    return await turn.run()
  } finally {
    await broker.dispose()
  }
}

class Turn {
  readonly #broker: BrokerProcess
  readonly #topics: ReadonlyMap<string, number>
  readonly #partitions: number
  /** Records that were acknowledged, by topic and partition. */
  readonly #acknowledged = new Map<string, number[]>()

  constructor(broker: BrokerProcess, { topics, partitions }: PartitionTurnOptions) {
    this.#broker = broker
    this.#partitions = partitions
    const sizes = Array.from({ length: topics }, (_, i) => Math.floor((partitions + i) / topics))
    this.#topics = new Map(sizes.map((size, i) => [`many-${i}`, size]))
    for (const [topic, size] of this.#topics) this.#acknowledged.set(topic, Array(size).fill(0))
  }

  async run(): Promise<PartitionTurn> {
    const createMs = await this.#timed((connection) => createTopics(connection, this.#topics))
    await this.#waitUntilServed()
    const fresh = await this.#figures()
    const listMs = await this.#timed((connection) => this.#list(connection))
    const produceEachMs = await this.#timed((connection) => this.#produce(connection))
    const loaded = await this.#figures()
    const stopMs = await this.#stop()
    const cleanStartMs = await this.#start()
    const restarted = await this.#figures()
    await this.#check()
    await this.#timed((connection) => this.#produce(connection))
    const allStopMs = await this.#stop()
    await this.#start()
    await this.#check()
    await this.#timed((connection) => this.#produce(connection, fewOfEach))
    const fewStopMs = await this.#stop()
    const fewStartMs = await this.#start()
    await this.#check()
    await this.#timed((connection) => this.#produce(connection))
    await this.#broker.kill()
    const killedStartMs = await this.#start()
    await this.#check()
    await this.#broker.stop()
    const clean = { stopMs, cleanStartMs, restarted, allStopMs, fewStopMs, fewStartMs }
    return { createMs, fresh, listMs, produceEachMs, loaded, ...clean, killedStartMs }
  }

  async #timed(work: (connection: BrokerConnection) => Promise<void>): Promise<number> {
    return onConnection(this.#broker.endpoint, async (connection) => {
      const begun = performance.now()
      await work(connection)
      return performance.now() - begun
    })
  }

  async #figures(): Promise<ProcessFigures> {
    await sleep(restMs)
    return processFigures(this.#broker.pid)
  }

  async #list(connection: BrokerConnection): Promise<void> {
    const led = await countLed(connection)
    if (led !== this.#partitions) throw new Error(`${led} of ${this.#partitions} have a leader`)
  }

  /**
   * A broker may answer CreateTopics, or a first request, before its metadata has all partitions,
   * and name itself their leader before it serves them.
   */
  async #waitUntilServed(): Promise<void> {
    await granted(() => this.#timed((connection) => this.#list(connection)), patienceMs)
    for (const [topic, { length }] of this.#acknowledged) {
      const ends = () =>
        this.#timed(async (connection) => {
          await logEndOffsets(connection, topic, length)
        })
      await granted(ends, patienceMs)
    }
  }

  async #produce(connection: BrokerConnection, ofEach = Number.POSITIVE_INFINITY): Promise<void> {
    for (const [topic, size] of this.#topics) {
      const count = Math.min(size, ofEach)
      await produceToEach(connection, topic, count)
      const records = this.#acknowledged.get(topic) ?? []
      for (let p = 0; p < count; p++) records[p] = (records[p] ?? 0) + 1
    }
  }

  async #stop(): Promise<number> {
    const begun = performance.now()
    await this.#broker.stop()
    return performance.now() - begun
  }

  /** Starts the process and reads a record as soon as it may. */
  async #start(): Promise<number> {
    const begun = performance.now()
    await this.#broker.start()
    return onConnection(this.#broker.endpoint, async (connection) => {
      await granted(() => fetchBatches(connection, 'many-0', 0, 0), patienceMs)
      return performance.now() - begun
    })
  }

  /** Every partition ends where it was acknowledged. */
  async #check(): Promise<void> {
    await this.#waitUntilServed()
    for (const [topic, records] of this.#acknowledged) {
      await this.#timed(async (connection) => {
        const ends = await logEndOffsets(connection, topic, records.length)
        const wrong = records.findIndex((count, p) => ends[p] !== count)
        if (wrong < 0) return
        throw new Error(`${topic}-${wrong} ends at ${ends[wrong]}, not at ${records[wrong]}`)
      })
    }
  }
}
