/**
 * Deletes what partitions need not keep any longer, from time to time, one partition after the
 * other. What goes is decided in src/policy; what cannot be deleted now is tried again next time.
 */
import { setImmediate } from 'node:timers/promises'
import type { Clock, TimerHandle, Timers } from '../base/clock.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { topicSettings } from '../metadata/config/topic-settings.ts'
import { configsOf, type MetadataImage, ResourceType } from '../metadata/image.ts'
import { planRetention, type RetentionPlan } from '../policy/retention.ts'
import { type PartitionLog, StorageError } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { TopicLogs } from './topic-logs.ts'

/** Partitions that are passed over in one turn of the event loop; each is a few calls. */
const partitionsPerTurn = 100

/** What a {@link Retention} works with. */
export interface RetentionOptions {
  /** The partitions of the image that are hosted here. */
  readonly logs: Pick<TopicLogs, 'find'>
  readonly image: () => MetadataImage
  readonly config: () => BrokerConfig
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  readonly logger: Logger
}

/** What one round did, for its line in the log. */
interface Round {
  partitions: number
  belowLogStart: number
  beyondBytes: number
  beyondMs: number
  bytes: number
  /** Partitions that could not be looked at or cut, with why the first could not. */
  failed: { readonly name: string; readonly reason: string }[]
}

/** See the head of this file. Runs from its making until {@link Retention.stop}. */
export class Retention {
  readonly #options: RetentionOptions
  #timer: TimerHandle
  #round: Promise<void> = Promise.resolve()
  #stopped = false

  /** The first round comes after `log.initial.task.delay.ms`. */
  constructor(options: RetentionOptions) {
    this.#options = options
    this.#arm(options.config().number('log.initial.task.delay.ms'))
  }

  /** No partition is begun any more; resolves when the one under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#options.timers.clear(this.#timer)
    await this.#round
  }

  #arm(delayMs: number): void {
    const { timers, config, logger } = this.#options
    this.#timer = timers.setTimeout(() => {
      this.#round = this.#run()
        .catch((error: unknown) => logger.error('A round of retention ended early', error))
        .then(() => {
          if (!this.#stopped) this.#arm(config().number('log.retention.check.interval.ms'))
        })
    }, delayMs)
  }

  async #run(): Promise<void> {
    const { logs, image } = this.#options
    const round: Round = {
      partitions: 0,
      belowLogStart: 0,
      beyondBytes: 0,
      beyondMs: 0,
      bytes: 0,
      failed: [],
    }
    let looked = 0
    for (const { name, id, partitions } of image().topicsByName.values()) {
      for (const { index } of partitions) {
        if (++looked % partitionsPerTurn === 0) await setImmediate()
        if (this.#stopped) return this.#report(round)
        const log = logs.find(name, index)
        // One without a byte has nothing to give, and there may be thousands of them.
        const isUsed = log?.topicId === id && log.online() && log.sizeBytes() > 0
        if (isUsed) await this.#tryCut(log, round)
      }
    }
    this.#report(round)
  }

  async #tryCut(log: PartitionLog, round: Round): Promise<void> {
    try {
      const plan = await this.#cut(log)
      if (plan === undefined) return
      round.partitions += 1
      round.belowLogStart += plan.belowLogStart
      round.beyondBytes += plan.beyondBytes
      round.beyondMs += plan.beyondMs
      round.bytes += plan.bytes
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // Of a topic that was deleted meanwhile nobody asks; of a directory its own line told.
      if (!log.online()) return
      round.failed.push({ name: `${log.topic}-${log.partition}`, reason: error.message })
    }
  }

  async #cut(log: PartitionLog): Promise<RetentionPlan | undefined> {
    const { image, config, clock } = this.#options
    // Before the segments: what they end with may be above it, never the other way round.
    const highWatermark = log.highWatermark()
    const segments = await log.segments()
    const settings = topicSettings(configsOf(image(), ResourceType.TOPIC, log.topic), config())
    const logStartOffset = log.logStartOffset()
    const plan = planRetention({ logStartOffset, highWatermark, segments }, settings, clock.now())
    if (plan === undefined) return undefined
    // Records may come before the roll: they stay, for what goes ends where the plan says.
    if (plan.roll) await log.roll()
    await log.deleteUpTo(plan.logStartOffset)
    return plan
  }

  #report({ partitions, belowLogStart, beyondBytes, beyondMs, bytes, failed }: Round): void {
    const { logger } = this.#options
    if (partitions > 0) {
      const reasons = [
        [beyondMs, 'by retention.ms'],
        [beyondBytes, 'by retention.bytes'],
        [belowLogStart, 'below the log start'],
      ] as const
      const told = reasons.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`)
      logger.info(
        `Retention deleted segments of ${partitions} partitions, ${bytes} bytes: ` +
          `${told.join(', ')}.`,
      )
    }
    const [first, ...others] = failed
    if (first === undefined) return
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    logger.warn(`Retention of ${first.name}${more} has to wait for the next round: ${first.reason}`)
  }
}
