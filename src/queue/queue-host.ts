/** The queues of one store: what is open of them, and where their consumers stand. */
import { assert } from '../base/assert.ts'
import type { Clock, Timers } from '../base/clock.ts'
import type { SharedEngine } from '../engine/shared-engine.ts'
import { topicNameProblem } from '../metadata/topic-name.ts'
import type { Payload } from '../record/record.ts'
import type { PartitionLog } from '../storage/log-store.ts'
import { cutAt, keptChanges, mayComeAgain } from './delivery/kept-state.ts'
import type { Log } from './log.ts'
import { LogError } from './log-error.ts'
import type { LogOptions } from './options.ts'
import { Queue } from './queue.ts'
import { checkQueueOptions, type QueueOptions, type QueueSettings } from './queue-options.ts'
import { QueueState, queueStateName, queueStateOptions } from './queue-state.ts'
import { QueueTopic, type SourceOrigin, type StoredMessage, storedBytes } from './queue-topic.ts'

/** What a store lends to its queues. */
export interface QueueHostOptions {
  readonly shared: SharedEngine
  readonly clock: Clock
  readonly timers: Timers
  readonly openLog: (name: string) => Promise<Log>
  /** Makes a log where there is none of that name, and has it as these options want it. */
  readonly ensureLog: (name: string, options: LogOptions) => Promise<unknown>
  /** Whether there is a log of that name, open or not. */
  readonly hasLog: (name: string) => boolean
  /** The one partition of a log that is open. */
  readonly partitionOf: (name: string) => PartitionLog
}

/** A queue's log, and who puts into it. */
export interface QueueParts {
  readonly log: Log
  readonly topic: QueueTopic
}

/** Segments are that part of a queue's bound, so that room comes back in pieces. */
const segmentsOfBound = 8
const segmentBytesMin = 1024 * 1024
/** One message that is not finished keeps its segment. */
const segmentBytesMax = 128 * 1024 * 1024

/** See the head of this file. */
export class QueueHost {
  readonly #options: QueueHostOptions
  #state: Promise<QueueState> | undefined
  readonly #parts = new Map<string, Promise<QueueParts>>()
  readonly #open = new Map<string, Queue<never, unknown>>()
  /** Names of those that are open although their topics were deleted. */
  readonly #lost = new Set<string>()

  constructor(options: QueueHostOptions) {
    this.#options = options
  }

  get clock(): Clock {
    return this.#options.clock
  }

  get timers(): Timers {
    return this.#options.timers
  }

  /** Opens a queue, which is made if it is missing. `onClose` follows its close. */
  async open<VI = Payload, VO = Buffer>(
    name: string,
    given: QueueOptions<VI, VO>,
    onClose: () => Promise<void>,
  ): Promise<Queue<VI, VO>> {
    const settings = checkQueueOptions(given)
    const { deadLetters = `${name}.dead` } = settings
    const isOwn = deadLetters === name || deadLetters === queueStateName
    if (isOwn || topicNameProblem(deadLetters) !== undefined) {
      throw new LogError(
        'INVALID_CONFIG',
        `The dead letters of ${name} cannot go to ${deadLetters}.`,
      )
    }
    // Looked at before anything is changed, and again behind what others may open it in.
    this.#requireNotOpen(name)
    await this.#ensureLog(name, settings)
    const parts = await this.partsOf(name)
    const state = await this.state()
    this.#requireNotOpen(name)
    const queue = new Queue<VI, VO>({
      ...parts,
      shared: this.#options.shared,
      host: this,
      state,
      settings,
      options: given,
      sizeBytes: () => this.#options.partitionOf(name).sizeBytes(),
      roll: () => this.#options.partitionOf(name).roll(),
      leaderEpochAt: (offset) => this.#options.partitionOf(name).leaderEpochAt(offset),
      onClose: async () => {
        assert(this.#open.get(name) !== undefined, 'what is closed was open')
        this.#open.delete(name)
        if (this.#lost.delete(name)) await this.#forget(name).catch(() => undefined)
        await onClose()
      },
    })
    assert(queue.name === name, 'a queue has the name of its log')
    this.#open.set(name, queue as unknown as Queue<never, unknown>)
    try {
      await queue.begin()
    } catch (error) {
      this.#open.delete(name)
      throw error
    }
    return queue
  }

  /** A queue's log and who puts into it, whether the queue is open or not. */
  partsOf(name: string): Promise<QueueParts> {
    const known = this.#parts.get(name)
    if (known !== undefined) return known
    const opening = this.#openParts(name)
    this.#parts.set(name, opening)
    opening.catch(() => this.#parts.delete(name))
    return opening
  }

  /** Puts a message into the queue of that name for dead ones, which takes those of any size. */
  async bury(name: string, message: StoredMessage, origin: SourceOrigin): Promise<unknown> {
    const { topic } = await this.partsOf(name)
    // It was stored in its own topic, and what says where it came from is more.
    const bytes = 2 * storedBytes(message)
    assert(bytes > 0, 'a message takes room')
    const wider = { 'max.message.bytes': String(bytes) }
    // Segments are smaller than messages may be where the dead letters' queue has a small bound.
    for (const configs of [wider, { ...wider, 'segment.bytes': String(bytes) }]) {
      try {
        return await topic.put(message, { origin })
      } catch (error) {
        const isTooLarge = error instanceof LogError && error.code === 'MESSAGE_TOO_LARGE'
        if (!isTooLarge) throw error
      }
      await this.#options.ensureLog(name, { configs })
    }
    return topic.put(message, { origin })
  }

  /** Where consumers stand. */
  state(): Promise<QueueState> {
    if (this.#state === undefined) {
      this.#state = this.#openState()
      this.#state.catch(() => {
        this.#state = undefined
      })
    }
    return this.#state
  }

  /** The topic was deleted: in a queue of its name that comes later, no consumer has a place. */
  deleted(name: string): void {
    this.#parts.delete(name)
    // Its consumers keep where they stand until it is closed.
    if (this.#open.has(name)) this.#lost.add(name)
    else if (this.#options.hasLog(queueStateName)) void this.#forget(name).catch(() => undefined)
  }

  /** Ends all queues that are open, before their logs end. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((queue) => queue.close()))
  }

  /** The store has failed. */
  fail(error: LogError): void {
    for (const queue of this.#open.values()) queue.fail(error)
  }

  async #forget(queue: string): Promise<void> {
    const state = await this.state()
    const consumers = [...state.consumersOf(queue).keys()]
    for (const consumer of consumers) await state.forget(queue, consumer, 'os')
  }

  #requireNotOpen(name: string): void {
    if (!this.#open.has(name)) return
    const what = `The queue ${name} is open in this store already`
    throw new LogError('INVALID_CONFIG', `${what}; use that one, any number of consumers can.`)
  }

  async #openState(): Promise<QueueState> {
    const { ensureLog, openLog } = this.#options
    await ensureLog(queueStateName, queueStateOptions)
    return QueueState.of(await openLog(queueStateName))
  }

  /** The log of a queue is there, as the settings of an opening want it. */
  #ensureLog(
    name: string,
    { durability, maxBytes = Infinity }: Partial<QueueSettings>,
  ): Promise<unknown> {
    const share = Math.floor(maxBytes / segmentsOfBound)
    assert(share >= 0, 'a bound is no less than nothing')
    const segmentBytes = Math.min(segmentBytesMax, Math.max(segmentBytesMin, share))
    return this.#options.ensureLog(name, {
      partitions: 1,
      ...(durability === undefined ? {} : { durability }),
      configs: {
        // Messages have rising times even if the clock goes back.
        'message.timestamp.after.max.ms': String(Number.MAX_SAFE_INTEGER),
        'segment.bytes': String(segmentBytes),
        // Who has finished a message alone decides on its end.
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'retention.bytes': '-1',
      },
    })
  }

  async #openParts(name: string): Promise<QueueParts> {
    // Who only puts dead letters there changes nothing of a queue that exists.
    if (!this.#options.hasLog(name)) await this.#ensureLog(name, {})
    const log = await this.#options.openLog(name)
    if (log.partitions !== 1) {
      const what = `The log ${name} has ${log.partitions} partitions`
      throw new LogError('INVALID_CONFIG', `${what}, and a queue has one.`)
    }
    const state = await this.state()
    const partition = this.#options.partitionOf(name)
    for (const [consumer, kept] of state.consumersOf(name)) {
      const cut = cutAt(kept, endOfKnown(partition, kept.position.leaderEpoch))
      if (cut === undefined) continue
      const changes = keptChanges(cut, (offset) => partition.leaderEpochAt(offset))
      await state.keep(name, consumer, changes, 'fsync')
    }
    const { timestamp } = await partition.lookupMaxTimestamp('logEndOffset')
    const topic = new QueueTopic({
      log,
      clock: this.#options.clock,
      sizeBytes: () => partition.sizeBytes(),
      lastTimestamp: timestamp,
      mayComeAgain: (queue, consumer, offset) => {
        const kept = state.consumer(queue, consumer)
        return kept !== undefined && mayComeAgain(kept, offset)
      },
    })
    return { log, topic }
  }
}

/**
 * Where the messages end that a position of that leader epoch may tell of. Every start behind an
 * unclean stop begins an epoch, so what was appended since has a later one.
 */
function endOfKnown(partition: PartitionLog, leaderEpoch: number): number {
  const end = partition.highWatermark()
  assert(leaderEpoch >= -1, 'an epoch counts from 0')
  const { endOffset } = partition.endOffsetOf(leaderEpoch)
  return endOffset < 0 ? end : Math.min(end, endOffset)
}
