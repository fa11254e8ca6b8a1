/** What all who have one log of a store open share: its partitions, and the settings in force. */
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Codec } from '../compression/codec.ts'
import { loadCodec } from '../compression/codecs.ts'
import type { TopicSettings } from '../metadata/config/topic-settings.ts'
import type { Checksum } from '../record/batch-header.ts'
import type { PartitionLog } from '../storage/log-store.ts'
import { PartitionWriter } from './partition-writer.ts'
import { partitionAt, type ReadablePartition, type ReadableTopic } from './readable-topic.ts'
import { storageFailure } from './storage-failure.ts'
import { Tail } from './tail.ts'

/** A partition as it is written and read here. */
export interface LogPartition extends ReadablePartition {
  readonly log: PartitionLog
  readonly writer: PartitionWriter
}

/** What a {@link LogTopic} works with. */
export interface LogTopicOptions {
  readonly name: string
  readonly settings: TopicSettings
  readonly checksum: Checksum
  readonly clock: Pick<Clock, 'now'>
  /** Why the directory does not work; empty while it does. */
  readonly offlineReason: () => string
}

/** See the head of this file. */
export class LogTopic implements ReadableTopic {
  readonly name: string
  readonly #options: LogTopicOptions
  readonly #partitions: LogPartition[] = []
  #settings: TopicSettings
  #codec: Codec | undefined

  constructor(options: LogTopicOptions) {
    this.name = options.name
    this.#options = options
    this.#settings = options.settings
  }

  /** Those in force. */
  get settings(): TopicSettings {
    return this.#settings
  }

  get partitions(): readonly LogPartition[] {
    return this.#partitions
  }

  /** The settings have changed. Rejects where the library of a codec cannot be loaded. */
  async configure(settings: TopicSettings): Promise<void> {
    assert(settings.targetCodec >= -1, 'a codec has a number')
    this.#settings = settings
    const { targetCodec } = settings
    this.#codec = targetCodec > 0 ? await loadCodec(targetCodec) : undefined
  }

  /** Takes a partition that is open, the next one. */
  add(log: PartitionLog): void {
    assert(log.partition === this.#partitions.length, 'partitions come in their order')
    const { checksum, clock, offlineReason } = this.#options
    const explain = (error: unknown): unknown => storageFailure(error, log, offlineReason())
    const writer = new PartitionWriter({
      log,
      settings: () => this.#settings,
      codec: () => this.#codec,
      checksum,
      clock,
      explain,
    })
    this.#partitions.push({ log, writer, tail: new Tail(log), explain })
  }

  /**
   * The partition of that number; without one the only one there is.
   *
   * @throws {LogError} INVALID_CONFIG
   */
  partition(index: number | undefined): LogPartition {
    return partitionAt(this, index)
  }

  /** Resolves when all appends are settled. */
  async idle(): Promise<void> {
    await Promise.all(this.#partitions.map(({ writer }) => writer.idle()))
  }
}
