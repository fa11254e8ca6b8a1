/** Queues on a disk in memory, without an engine around: it opens in a millisecond. */
import type { Clock, Timers } from '../../../src/base/clock.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { SharedEngine } from '../../../src/engine/shared-engine.ts'
import { readBrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../../src/metadata/config/topic-settings.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { Log } from '../../../src/queue/log.ts'
import { LogTopic } from '../../../src/queue/log-topic.ts'
import { notesOf } from '../../../src/queue/message-headers.ts'
import type { LogOptions } from '../../../src/queue/options.ts'
import type { Durability } from '../../../src/queue/partition-writer.ts'
import { QueueHost } from '../../../src/queue/queue-host.ts'
import type { PartitionLog } from '../../../src/storage/log-store.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../../src/storage/memory-log-store.ts'

/** Time that passes when it is told to. */
export class Time implements Clock, Timers {
  nowMs: number
  readonly #waiting = new Set<{ readonly atMs: number; readonly callback: () => void }>()

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  now(): number {
    return this.nowMs
  }

  monotonicMs(): number {
    return this.nowMs
  }

  setTimeout(callback: () => void, delayMs: number): object {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), callback }
    this.#waiting.add(timer)
    if (delayMs <= 0) setImmediate(() => this.#fire())
    return timer
  }

  clear(timer: unknown): void {
    this.#waiting.delete(timer as never)
  }

  pass(ms: number): void {
    this.nowMs += ms
    this.#fire()
  }

  #fire(): void {
    for (const timer of [...this.#waiting]) {
      if (timer.atMs <= this.nowMs && this.#waiting.delete(timer)) timer.callback()
    }
  }
}

/** A message that is stored, and the consumer that made it of another one. */
export interface Standing {
  readonly offset: number
  readonly number: string
  readonly consumer: string | undefined
}

/** Queues that are `os`; all others are `fsync`. */
export type OsLogs = ReadonlySet<string>

const { config } = readBrokerConfig({ overrides: [] })
const flushMessages = { fsync: '1', os: '9223372036854775807' }

/** No broker comes to it. */
const noEngine = new SharedEngine(undefined as unknown as Engine)

/** See the head of this file. */
export class Bench {
  readonly host: QueueHost
  readonly time: Time
  readonly #memory: MemoryLogStore
  readonly #topics = new Map<string, LogTopic>()
  readonly #osLogs: OsLogs
  readonly #life: number
  readonly #watch: (log: PartitionLog) => void

  /** `life` is its leader epoch: a start behind an end begins one. `watch` is given every log. */
  constructor(
    disk: MemoryDisk | undefined,
    osLogs: OsLogs,
    life: number,
    nowMs: number,
    watch: (log: PartitionLog) => void = () => undefined,
  ) {
    this.time = new Time(nowMs)
    this.#osLogs = osLogs
    this.#life = life
    this.#watch = watch
    this.#memory = createMemoryLogStore(disk === undefined ? {} : { disk, clock: this.time })
    this.host = new QueueHost({
      shared: noEngine,
      clock: this.time,
      timers: this.time,
      openLog: async (name) => this.#logOf(await this.#ensure(name, {})),
      ensureLog: (name, options) => this.#ensure(name, options),
      hasLog: (name) => this.#memory.disk.partitions.has(`${name}-0`),
      partitionOf: (name) => (this.#topics.get(name) as LogTopic).partition(0).log,
    })
  }

  get disk(): MemoryDisk {
    return this.#memory.disk
  }

  /** What stands in a log; nothing where there is no such log. */
  async standingIn(name: string): Promise<Standing[]> {
    if (!this.disk.partitions.has(`${name}-0`)) return []
    const { log } = await this.host.partsOf(name)
    const standing: Standing[] = []
    for await (const record of log.read()) {
      const consumer = notesOf(record).source?.[1]
      standing.push({ offset: record.offset, number: String(record.value), consumer })
    }
    return standing
  }

  async #ensure(name: string, { durability, configs }: LogOptions): Promise<LogTopic> {
    const byDefault = this.#osLogs.has(name) ? 'os' : 'fsync'
    const known = this.#topics.get(name)
    const topic = known ?? (await this.#topic(name, durability ?? byDefault, configs))
    this.#topics.set(name, topic)
    return topic
  }

  #logOf(topic: LogTopic): Log {
    return new Log({
      topic,
      shared: noEngine,
      home: 0,
      directory: '',
      options: {},
      checksum: crc32c,
      clock: this.time,
      openedBytesMax: () => 1 << 27,
      failure: () => undefined,
      onClose: async () => undefined,
    })
  }

  async #topic(name: string, durability: Durability, configs: LogOptions['configs'] = {}) {
    if (config === undefined) throw new Error('the defaults are a configuration')
    const texts = { ...configs, 'flush.messages': flushMessages[durability] }
    const settings = topicSettings(new Map(Object.entries(texts)), config)
    const checksum = crc32c
    const topic = new LogTopic({
      name,
      settings,
      checksum,
      clock: this.time,
      offlineReason: () => '',
    })
    const id = this.disk.partitions.get(`${name}-0`)?.topicId ?? 'AAAAAAAAAAAAAAAAAAAAAQ'
    const log = await this.#memory.openPartition(name, 0, id, settings)
    log.becomeLeader(this.#life)
    this.#watch(log)
    topic.add(log)
    return topic
  }
}

/** Some turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}
