/**
 * What one named consumer of a queue has finished, what it works at, and what comes next. Pure: the
 * time comes with each call, and whoever calls keeps what changed ({@link Delivery.changes}).
 *
 * A message is offered once, in the order of the log. It is *handed out* under a lease; the lease
 * ends by an acknowledgement, by giving the message back, or by its time. What is given back, comes
 * later or is delivered again is *parked*: noted by itself, so that the cursor passes it and one
 * slow message holds nothing back.
 *
 * What is kept is little: per consumer its cursor, the ranges passed above it and how far messages
 * were handed out; per parked message its attempts and when it is due. A message that was handed
 * out and is neither passed nor parked when this is restored has had one attempt.
 */
import { assert } from '../../base/assert.ts'
import { type OffsetRange, PassedOffsets } from './passed-offsets.ts'
import { TimeHeap } from './time-heap.ts'

/**
 * A moment by both clocks, in ms. When a message is due goes by the wall clock, as that is kept
 * through a restart; leases do not outlive the process and go by the one that never jumps.
 */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** How messages are delivered; times in ms. */
export interface DeliverySettings {
  /** How long a message may be worked at before it is handed out again. */
  readonly leaseMs: number
  /** How often a message is handed out before it is dead. */
  readonly attemptsMax: number
}

/** Where a consumer stands. */
export interface DeliveryPosition {
  /** Everything below it is passed: finished or parked. */
  readonly cursor: number
  /** Everything below it has been handed out at least once, or was passed. */
  readonly handedOut: number
  /** What is passed above the cursor. */
  readonly ranges: readonly OffsetRange[]
}

/** A message that waits by itself. */
export interface ParkedMessage {
  /** How often it was handed out. */
  readonly attempts: number
  /** When it may be handed out, in ms since the epoch. */
  readonly dueMs: number
}

/** A message in somebody's hands. */
export interface Handout {
  readonly offset: number
  /** Which delivery this is, from 1. */
  readonly attempt: number
  /** When it is handed out again unless it is finished or extended, by the monotonic clock. */
  readonly deadlineMs: number
}

/** What became of a message that is given back. */
export type Returned = 'parked' | 'dead' | 'lost'

/** What has to be kept since the last look. */
export interface DeliveryChanges {
  /** Undefined where it did not change. */
  readonly position: DeliveryPosition | undefined
  /** Null: it is parked no more. */
  readonly parked: ReadonlyMap<number, ParkedMessage | null>
}

interface Lease {
  readonly attempt: number
  deadlineMs: number
  /** It had all its attempts, is in nobody's hands, and waits to be put away. */
  isDead: boolean
  /** A message that is noted by itself; the cursor does not wait for it. */
  readonly wasParked: boolean
}

/** Before so many ends of leases are no longer true nobody looks for them. */
const untrueEndsMax = 64

/** See the head of this file. */
export class Delivery {
  readonly #settings: DeliverySettings
  readonly #passed: PassedOffsets
  #handedOut: number
  /** The next offset that may be offered. */
  #offered: number
  /** Offered and not handed out yet, rising; from {@link #first} on. */
  #fresh: number[] = []
  #first = 0
  readonly #parked = new Map<number, ParkedMessage>()
  /** Of the parked ones when they are due; what is no longer true is skipped. */
  readonly #due = new TimeHeap()
  readonly #leases = new Map<number, Lease>()
  /** Ends of leases; what is no longer true is skipped. */
  readonly #deadlines = new TimeHeap()
  /** Those that had all their attempts and that nobody was told of. */
  #dead: Handout[] = []
  #hasMoved = false
  /** Of these it changed whether, or how, they are parked. What is kept is how that is by then. */
  readonly #changed = new Set<number>()

  /** `parked` is what was kept of single messages. */
  constructor(
    settings: DeliverySettings,
    position: DeliveryPosition,
    parked: Iterable<readonly [offset: number, message: ParkedMessage]> = [],
  ) {
    assert(settings.leaseMs > 0 && settings.attemptsMax >= 1, 'settings are checked before')
    assert(position.cursor <= position.handedOut || position.ranges.length === 0, 'passed in order')
    this.#settings = settings
    this.#passed = new PassedOffsets(position.cursor, position.ranges)
    for (const [offset, message] of parked) {
      // A crash may have kept it and not the cursor, which comes behind.
      this.#passed.pass(offset, offset + 1)
      this.#parked.set(offset, message)
      this.#due.add(message.dueMs, offset)
    }
    const { cursor } = this.#passed
    this.#handedOut = Math.max(position.handedOut, cursor)
    this.#offered = cursor
    assert(this.#handedOut >= cursor, 'what is passed need not be handed out')
  }

  /** The next offset that may be offered: where reading goes on. */
  get offered(): number {
    return this.#offered
  }

  /** Offsets up to there that were not offered yet and are not passed, as after a restart. */
  unofferedBelow(endOffset: number): number {
    const unoffered = Math.max(0, endOffset - this.#offered)
    const passed = this.#passed.ranges.map(([start, end]) =>
      Math.max(0, Math.min(end, endOffset) - Math.max(start, this.#offered)),
    )
    return passed.reduce((left, count) => left - count, unoffered)
  }

  /** Messages that were offered and wait to be handed out for the first time. */
  get freshCount(): number {
    return this.#fresh.length - this.#first
  }

  /** Whether a message waits by itself, and may be handed out by that time of the wall clock. */
  isDueBy(offset: number, wallMs: number): boolean {
    const dueMs = this.#parked.get(offset)?.dueMs
    return dueMs !== undefined && dueMs <= wallMs
  }

  /** Messages in somebody's hands. */
  get leasedCount(): number {
    return this.#leases.size
  }

  /** Ends of leases that are remembered, some included that are no longer true. */
  get endsCount(): number {
    return this.#deadlines.size
  }

  /** Messages that wait by themselves: delayed, given back, or to be delivered again. */
  get parkedCount(): number {
    return this.#parked.size
  }

  /** What waits by itself, by offset, those in hands included. */
  get parked(): ReadonlyMap<number, ParkedMessage> {
    const all = new Map(this.#parked)
    for (const offset of this.#leases.keys()) {
      const message = this.#parkedAt(offset)
      if (message !== null) all.set(offset, message)
    }
    return all
  }

  /** Where the consumer stands. */
  get position(): DeliveryPosition {
    const { cursor, ranges } = this.#passed
    assert(this.#handedOut >= cursor, 'what is passed need not be handed out')
    return { cursor, handedOut: this.#handedOut, ranges: [...ranges] }
  }

  /**
   * A message of the log that may be handed out from `dueMs` on. Offsets rise; what is left out
   * between two is no message.
   */
  offer(offset: number, dueMs: number, { wallMs }: Moment): void {
    assert(dueMs >= 0 && wallMs >= 0, 'times count from 1970')
    this.skipTo(offset)
    this.#offered = offset + 1
    if (this.#passed.has(offset)) return
    const attempts = offset < this.#handedOut ? 1 : 0
    if (attempts === 0 && dueMs <= wallMs) this.#fresh.push(offset)
    else this.#park(offset, { attempts, dueMs: attempts === 0 ? dueMs : wallMs })
  }

  /** There is no message from the last offered one up to `offset`. */
  skipTo(offset: number): void {
    assert(offset >= this.#offered, 'messages are offered in the order of the log')
    if (offset === this.#offered) return
    this.#pass(this.#offered, offset)
    this.#offered = offset
  }

  /** Hands out what is due: what was parked first, then what is new. */
  take(now: Moment): Handout | undefined {
    const due = this.#takeDue(now)
    if (due !== undefined) return due
    const offset = this.#fresh[this.#first]
    if (offset === undefined) return undefined
    this.#first++
    if (this.#first === this.#fresh.length) {
      this.#fresh = []
      this.#first = 0
    } else if (this.#first >= 1024) {
      this.#fresh.splice(0, this.#first)
      this.#first = 0
    }
    assert(offset >= this.#handedOut, 'what is new was never handed out')
    this.#handedOut = offset + 1
    this.#hasMoved = true
    return this.#lease(offset, 1, now, false)
  }

  /** Whether the message is in those hands still. */
  isHeld(offset: number, attempt: number): boolean {
    return this.#held(offset, attempt) !== undefined
  }

  /** A message is finished. False: its lease had ended, and another one may have it. */
  ack(offset: number, attempt: number): boolean {
    const lease = this.#held(offset, attempt)
    if (lease === undefined) return false
    this.#finish(offset, lease)
    return true
  }

  /** A dead message is put away. */
  buried(offset: number): void {
    const lease = this.#leases.get(offset)
    assert(lease?.isDead === true, 'only the dead are put away')
    this.#finish(offset, lease)
  }

  /** A message was handed to nobody: it comes again, and that delivery does not count. */
  release(offset: number, attempt: number, { wallMs }: Moment, delayMs = 0): void {
    assert(attempt >= 1 && delayMs >= 0, 'attempts count from 1')
    if (!this.isHeld(offset, attempt)) return
    this.#leases.delete(offset)
    this.#park(offset, { attempts: attempt - 1, dueMs: wallMs + delayMs })
  }

  /**
   * A message is given back, to be delivered again after `delayMs`. `dead`: it has had all its
   * attempts, and {@link takeDead} tells of it. `lost`: as in {@link ack}.
   */
  nack(offset: number, attempt: number, delayMs: number, { wallMs }: Moment): Returned {
    const lease = this.#held(offset, attempt)
    if (lease === undefined) return 'lost'
    assert(delayMs >= 0, 'nothing is due before it is given back')
    if (attempt >= this.#settings.attemptsMax) {
      this.#bury(offset, lease)
      return 'dead'
    }
    this.#leases.delete(offset)
    this.#park(offset, { attempts: attempt, dueMs: wallMs + delayMs })
    return 'parked'
  }

  /** A message is dead at once, whatever its attempts. False as in {@link ack}. */
  kill(offset: number, attempt: number): boolean {
    const lease = this.#held(offset, attempt)
    if (lease === undefined) return false
    this.#bury(offset, lease)
    return true
  }

  /** The lease begins anew. False as in {@link ack}. */
  extend(offset: number, attempt: number, { monotonicMs }: Moment): boolean {
    const lease = this.#held(offset, attempt)
    if (lease === undefined) return false
    lease.deadlineMs = monotonicMs + this.#settings.leaseMs
    assert(lease.deadlineMs > monotonicMs, 'a lease has an end that comes')
    this.#endAt(offset, lease.deadlineMs)
    return true
  }

  /** Ends the leases whose time has passed, as if the messages had been given back. */
  expire(now: Moment): void {
    for (let end = this.#deadlines.first(); end && end.timeMs <= now.monotonicMs; ) {
      this.#deadlines.remove()
      const lease = this.#leases.get(end.offset)
      // Of one that was extended this is an earlier end, of a dead one none.
      if (lease?.deadlineMs === end.timeMs) this.nack(end.offset, lease.attempt, 0, now)
      end = this.#deadlines.first()
    }
  }

  /**
   * The messages that have had all their attempts, each told of once. They stay in hands without an
   * end until they are put away and acknowledged; after a restart they are told of again.
   */
  takeDead(): readonly Handout[] {
    const dead = this.#dead
    this.#dead = []
    return dead
  }

  /** After how many ms something changes by time alone; Infinity: nothing does. */
  waitMs({ wallMs, monotonicMs }: Moment): number {
    this.#dropUntrueDue()
    const untilDue = (this.#due.first()?.timeMs ?? Infinity) - wallMs
    const untilEnd = (this.#deadlines.first()?.timeMs ?? Infinity) - monotonicMs
    return Math.max(0, Math.min(untilDue, untilEnd))
  }

  /**
   * What has to be kept since the last call, of `parkedMax` parked messages at most. The position
   * comes with the last of them: no crash leaves a cursor without what it passed.
   */
  changes(parkedMax: number = Infinity): DeliveryChanges {
    const parked = new Map<number, ParkedMessage | null>()
    for (const offset of this.#changed) {
      if (parked.size >= parkedMax) break
      parked.set(offset, this.#parkedAt(offset))
      this.#changed.delete(offset)
    }
    if (this.#changed.size > 0 || !this.#hasMoved) return { position: undefined, parked }
    this.#hasMoved = false
    return { position: this.position, parked }
  }

  /** Those changes were not kept: how it is with them by then is part of the next. */
  putBack({ position, parked }: DeliveryChanges): void {
    if (position !== undefined) this.#hasMoved = true
    for (const offset of parked.keys()) this.#changed.add(offset)
  }

  #takeDue(now: Moment): Handout | undefined {
    this.#dropUntrueDue()
    const due = this.#due.first()
    if (due === undefined || due.timeMs > now.wallMs) return undefined
    this.#due.remove()
    const { offset } = due
    const message = this.#parked.get(offset)
    assert(message !== undefined, 'what is due is parked')
    this.#parked.delete(offset)
    if (message.attempts >= this.#settings.attemptsMax) {
      // The process ended in its last attempt.
      const attempt = message.attempts
      const lease = { attempt, deadlineMs: Infinity, isDead: false, wasParked: true }
      this.#leases.set(offset, lease)
      this.#bury(offset, lease)
      return this.#takeDue(now)
    }
    this.#changed.add(offset)
    return this.#lease(offset, message.attempts + 1, now, true)
  }

  #bury(offset: number, lease: Lease): void {
    assert(!lease.isDead, 'a message dies once')
    lease.isDead = true
    lease.deadlineMs = Infinity
    this.#dead.push({ offset, attempt: lease.attempt, deadlineMs: Infinity })
  }

  #finish(offset: number, { wasParked }: Lease): void {
    this.#leases.delete(offset)
    assert(!this.#parked.has(offset), 'what is in hands is not parked')
    assert(wasParked === this.#passed.has(offset), 'what is parked is passed')
    if (wasParked) this.#changed.add(offset)
    else this.#pass(offset, offset + 1)
  }

  /** How it is kept: a message that was parked stays noted while it is in hands. */
  #parkedAt(offset: number): ParkedMessage | null {
    const lease = this.#leases.get(offset)
    if (lease?.wasParked === true) return { attempts: lease.attempt, dueMs: 0 }
    return this.#parked.get(offset) ?? null
  }

  #dropUntrueDue(): void {
    for (let due = this.#due.first(); due !== undefined; due = this.#due.first()) {
      if (this.#parked.get(due.offset)?.dueMs === due.timeMs) return
      this.#due.remove()
    }
  }

  #lease(offset: number, attempt: number, { monotonicMs }: Moment, wasParked: boolean): Handout {
    const deadlineMs = monotonicMs + this.#settings.leaseMs
    assert(!this.#leases.has(offset), 'a message is in one hand')
    this.#leases.set(offset, { attempt, deadlineMs, isDead: false, wasParked })
    this.#endAt(offset, deadlineMs)
    return { offset, attempt, deadlineMs }
  }

  #endAt(offset: number, deadlineMs: number): void {
    if (deadlineMs === Infinity) return
    this.#deadlines.add(deadlineMs, offset)
    // Ends that are no longer true lie there until their time, which may be far.
    if (this.#deadlines.size <= 2 * this.#leases.size + untrueEndsMax) return
    this.#deadlines.clear()
    for (const [held, lease] of this.#leases) {
      if (lease.deadlineMs < Infinity) this.#deadlines.add(lease.deadlineMs, held)
    }
  }

  #held(offset: number, attempt: number): Lease | undefined {
    const lease = this.#leases.get(offset)
    return lease?.attempt === attempt && !lease.isDead ? lease : undefined
  }

  #park(offset: number, message: ParkedMessage): void {
    assert(!this.#leases.has(offset), 'what is parked is in no hand')
    this.#parked.set(offset, message)
    this.#changed.add(offset)
    this.#due.add(message.dueMs, offset)
    this.#pass(offset, offset + 1)
  }

  #pass(start: number, end: number): void {
    this.#passed.pass(start, end)
    assert(this.#passed.has(start), 'what is passed is known')
    this.#hasMoved = true
    this.#handedOut = Math.max(this.#handedOut, this.#passed.cursor)
  }
}
