import { eventually } from '../eventually.ts'
import { DriverProcess, type Ready } from './driver-process.ts'
import type { Needed, Operation } from './vocabulary.ts'

/** Bytes as a string of one character each; null stays null. */
export type Bytes = string | null

export type Header = readonly [name: string, value: Bytes]

/** A record to produce; what is left out is the client's choice, or null. */
export interface NewRecord {
  readonly topic: string
  readonly partition?: number
  readonly key?: Bytes
  readonly value: Bytes
  readonly headers?: readonly Header[]
  readonly timestamp?: number
}

/** A record as a consumer got it. */
export interface GotRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: Bytes
  readonly value: Bytes
  readonly headers: readonly Header[]
}

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface PlaceOffset extends Place {
  readonly offset: number
  readonly timestamp?: number
}

export interface ProduceOptions {
  readonly acks?: 0 | 1 | -1
  readonly codec?: string
  readonly idempotent?: boolean
}

export interface ConsumerOptions {
  readonly group?: string
  readonly instanceId?: string
  readonly assignor?: string
  readonly autoOffsetReset?: 'earliest' | 'latest' | 'none'
  readonly sessionTimeoutMs?: number
  readonly heartbeatMs?: number
}

export interface GroupDescription {
  readonly state: string
  readonly protocol: string
  readonly members: readonly { readonly id: string; readonly clientId: string }[]
}

/** Thrown where a case asks for what the library does not have: it is skipped, and says so. */
export class Lacking extends Error {}

const encoded = (bytes: Bytes | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes, 'latin1').toString('base64')
const decoded = (base64: Bytes): Bytes =>
  base64 === null ? null : Buffer.from(base64, 'base64').toString('latin1')

/** One process of a client, by the operations of the driver protocol (see README.md). */
export class ClientDriver {
  readonly ready: Ready
  readonly #process: DriverProcess
  #consumers = 0

  private constructor(process: DriverProcess, ready: Ready) {
    this.#process = process
    this.ready = ready
  }

  static async start(command: readonly string[], bootstrap: string): Promise<ClientDriver> {
    const process = new DriverProcess(command, bootstrap)
    return new ClientDriver(process, await process.ready)
  }

  /** Throws {@link Lacking} where the library has no such operation or feature. */
  needs(...features: readonly Needed[]): void {
    for (const feature of features) {
      if (this.ready.lacks.includes(feature)) {
        throw new Lacking(`${this.ready.client} lacks ${feature}`)
      }
    }
  }

  async call<T>(operation: Operation, args: object = {}): Promise<T> {
    this.needs(operation)
    return (await this.#process.request(operation, args)) as T
  }

  /** Sends records and waits for their offsets, which come in the order of the records. */
  produce(records: readonly NewRecord[], options: ProduceOptions = {}): Promise<PlaceOffset[]> {
    const { acks = -1, codec = 'none', idempotent = false } = options
    const lines = records.map(({ key, value, headers = [], ...rest }) => ({
      ...rest,
      key: encoded(key),
      value: encoded(value),
      headers: headers.map(([name, bytes]) => [name, encoded(bytes)]),
    }))
    return this.call('produce', { acks, codec, idempotent, records: lines })
  }

  async consumer(options: ConsumerOptions = {}): Promise<DriverConsumer> {
    const consumer = `c${++this.#consumers}`
    const { autoOffsetReset = 'earliest' } = options
    if (autoOffsetReset === 'none') this.needs('auto-offset-reset-none')
    if (options.instanceId !== undefined) this.needs('static-membership')
    await this.call('openConsumer', { ...options, autoOffsetReset, consumer })
    return new DriverConsumer(this, consumer)
  }

  kill(): Promise<void> {
    return this.#process.kill()
  }
  close(): Promise<void> {
    return this.#process.close()
  }
}

/** A consumer in a driver. What it was handed while something else was waited for is kept. */
export class DriverConsumer {
  readonly #driver: ClientDriver
  readonly #name: string
  #kept: GotRecord[] = []

  constructor(driver: ClientDriver, name: string) {
    this.#driver = driver
    this.#name = name
  }

  subscribe(...topics: readonly string[]): Promise<void> {
    return this.#call('subscribe', { topics })
  }
  assign(...partitions: readonly (Place & { offset: number | 'earliest' | 'latest' })[]) {
    return this.#call<void>('assign', { partitions })
  }
  assignment(): Promise<Place[]> {
    return this.#call('assignment')
  }
  pause(...partitions: readonly Place[]): Promise<void> {
    return this.#call('pause', { partitions })
  }
  resume(...partitions: readonly Place[]): Promise<void> {
    return this.#call('resume', { partitions })
  }
  position(place: Place): Promise<number> {
    return this.#call('position', place)
  }
  commit(...offsets: readonly (PlaceOffset & { metadata?: string })[]): Promise<void> {
    return this.#call('commit', { offsets })
  }
  committed(...partitions: readonly Place[]): Promise<PlaceOffset[]> {
    return this.#call('committed', { partitions })
  }
  close(): Promise<void> {
    return this.#call('closeConsumer')
  }

  /** Goes on from that offset; what came before from the same partition is forgotten. */
  async seek(place: PlaceOffset): Promise<void> {
    await this.#call('seek', place)
    const { topic, partition } = place
    this.#kept = this.#kept.filter((one) => one.topic !== topic || one.partition !== partition)
  }

  /** Polls once and keeps what comes. */
  async poll(timeoutMs = 200, max = 500): Promise<void> {
    const got = await this.#call<GotRecord[]>('poll', { max, timeoutMs })
    for (const { key, value, headers, ...rest } of got) {
      this.#kept.push({
        ...rest,
        key: decoded(key),
        value: decoded(value),
        headers: headers.map(([name, bytes]) => [name, decoded(bytes)]),
      })
    }
  }

  /** Exactly the next `count` records; throws where they do not come in time. */
  async take(count: number, timeoutMs = 20_000): Promise<GotRecord[]> {
    const enough = async () => {
      if (this.#kept.length < count) await this.poll(500, count - this.#kept.length)
      return this.#kept.length >= count
    }
    await eventually(`${count} records come`, enough, timeoutMs)
    return this.#kept.splice(0, count)
  }

  /** What was kept so far. */
  drain(): GotRecord[] {
    return this.#kept.splice(0)
  }

  async #call<T>(operation: Operation, args: object = {}): Promise<T> {
    return this.#driver.call(operation, { ...args, consumer: this.#name })
  }
}

/** Polls all consumers, as their programs do, until the condition holds. */
export async function pollUntil(
  what: string,
  consumers: readonly DriverConsumer[],
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 40_000,
): Promise<void> {
  const round = async () => {
    if (await condition()) return true
    await Promise.all(consumers.map((consumer) => consumer.poll()))
    return false
  }
  await eventually(what, round, timeoutMs)
}
