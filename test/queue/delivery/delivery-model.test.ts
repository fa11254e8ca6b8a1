/** Random calls, with restarts, beside a model that keeps every message by itself. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Delivery,
  type DeliveryChanges,
  type DeliveryPosition,
  type Handout,
  type Moment,
  type ParkedMessage,
} from '../../../src/queue/delivery/delivery.ts'
import {
  cutAt,
  mayComeAgain,
  neededFrom,
  type Standing,
} from '../../../src/queue/delivery/kept-state.ts'

const attemptsMax = 3

/** The clocks count from different moments. */
const monotonicAheadMs = 1_000_000

/** What is known of one message from outside. */
interface Message {
  readonly dueMs: number
  /** Deliveries that were kept, and all. */
  keptAttempts: number
  attempts: number
  /** The end of a lease that somebody holds. */
  heldUntilMs: number
  isFinished: boolean
  isFinishKept: boolean
  isDead: boolean
}

type Step =
  | { readonly do: 'put'; readonly delayMs: number; readonly gap: number }
  | { readonly do: 'take' }
  | { readonly do: 'ack' | 'extend' | 'release' | 'bury'; readonly which: number }
  | { readonly do: 'nack'; readonly which: number; readonly delayMs: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'keep' }
  | { readonly do: 'restart'; readonly lost: number }

const which = fc.nat(1000)
const delayMs = fc.oneof(fc.constant(0), fc.nat(80))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put'), delayMs, gap: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('ack', 'extend', 'release', 'bury'), which }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('nack'), which, delayMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('keep') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('restart'), lost: fc.constantFrom(0, 0, 3) }),
  },
) as fc.Arbitrary<Step>

/** A consumer, what it has kept, and the model. */
class Bench {
  readonly messages = new Map<number, Message>()
  readonly hands: Handout[] = []
  readonly #dead: Handout[] = []
  readonly #leaseMs: number
  nowMs = 1000
  #end = 0
  #delivery: Delivery
  #position: DeliveryPosition = { cursor: 0, handedOut: 0, ranges: [] }
  #parked = new Map<number, ParkedMessage>()

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
    this.#delivery = new Delivery({ leaseMs, attemptsMax }, this.#position)
  }

  get now(): Moment {
    return { wallMs: this.nowMs, monotonicMs: this.nowMs + monotonicAheadMs }
  }

  run(one: Step): void {
    if (one.do === 'put') this.#put(one.delayMs, one.gap)
    else if (one.do === 'take') this.take()
    else if (one.do === 'wait') this.wait(one.ms)
    else if (one.do === 'keep') this.keep()
    else if (one.do === 'restart') this.restart(one.lost)
    else if (one.do === 'bury') this.bury(one.which)
    else this.#withHandout(one)
    this.#check()
  }

  take(): Handout | undefined {
    const handout = this.#delivery.take(this.now)
    this.#meetDead()
    if (handout === undefined) return undefined
    const message = this.#message(handout.offset)
    expect(message.isFinished && message.isFinishKept).toBe(false)
    expect(message.isDead).toBe(false)
    expect(message.heldUntilMs).toBeLessThanOrEqual(this.nowMs)
    expect(message.dueMs).toBeLessThanOrEqual(this.nowMs)
    expect(handout.attempt).toBeGreaterThan(message.keptAttempts)
    expect(handout.attempt).toBeLessThanOrEqual(attemptsMax)
    message.attempts = handout.attempt
    message.heldUntilMs = handout.deadlineMs - monotonicAheadMs
    this.hands.push(handout)
    return handout
  }

  wait(ms: number): void {
    this.nowMs += ms
    this.#delivery.expire(this.now)
    this.#meetDead()
  }

  keep(): void {
    for (let isMore = true; isMore; ) {
      // As many at a time as fit into a batch.
      const changes = this.#delivery.changes(2)
      isMore = changes.parked.size === 2
      this.#apply(changes)
    }
    for (const message of this.messages.values()) {
      message.keptAttempts = message.attempts
      message.isFinishKept = message.isFinished
    }
  }

  ackAll(): void {
    for (const { offset, attempt } of this.hands.splice(0)) this.#ack(offset, attempt)
  }

  buryAll(): void {
    while (this.#dead.length > 0) this.bury(0)
  }

  /** Puts a dead message away; `which` of them. */
  bury(which: number): void {
    if (this.#dead.length === 0) return
    const [handout] = this.#dead.splice(which % this.#dead.length, 1)
    const { offset, attempt } = handout as Handout
    // Who had it has lost it.
    expect(this.#delivery.ack(offset, attempt)).toBe(false)
    expect(this.#delivery.nack(offset, attempt, 0, this.now)).toBe('lost')
    expect(this.#delivery.kill(offset, attempt)).toBe(false)
    this.#delivery.buried(offset)
    this.#message(offset).isFinished = true
  }

  /** The process ends, and a power cut takes the last `lost` messages of the log. */
  restart(lost: number): void {
    this.hands.length = 0
    this.#dead.length = 0
    const end = Math.max(0, this.#end - lost)
    for (const offset of [...this.messages.keys()]) {
      if (offset >= end) this.messages.delete(offset)
    }
    this.#end = end
    const changes = cutAt(this.#kept, end)
    if (changes !== undefined) this.#apply(changes)
    expect(cutAt(this.#kept, end)).toBeUndefined()
    const settings = { leaseMs: this.#leaseMs, attemptsMax }
    this.#delivery = new Delivery(settings, this.#position, this.#parked)
    for (const [offset, message] of this.messages) {
      // What was not kept did not happen, but for the deliveries.
      message.isFinished = message.isFinishKept
      if (!message.isFinished) message.isDead = false
      message.heldUntilMs = 0
      message.attempts = message.keptAttempts
      if (offset >= this.#delivery.offered) {
        this.#delivery.offer(offset, message.dueMs, this.now)
      }
    }
    this.#delivery.skipTo(Math.max(this.#end, this.#delivery.offered))
  }

  get #kept(): Standing {
    return { position: this.#position, parked: this.#parked }
  }

  #apply({ position, parked }: DeliveryChanges): void {
    if (position !== undefined) this.#position = position
    for (const [offset, message] of parked) {
      if (message === null) this.#parked.delete(offset)
      else this.#parked.set(offset, message)
    }
  }

  #put(delay: number, gap: number): void {
    const offset = this.#end + gap
    this.#end = offset + 1
    const dueMs = this.nowMs + delay
    const isFinished = false
    const message = { keptAttempts: 0, attempts: 0, heldUntilMs: 0, isFinished, isDead: false }
    this.messages.set(offset, { dueMs, ...message, isFinishKept: false })
    this.#delivery.offer(offset, dueMs, this.now)
  }

  #withHandout(one: Step & { readonly which: number }): void {
    if (this.hands.length === 0) return
    const [handout] = this.hands.splice(one.which % this.hands.length, 1)
    if (handout === undefined) return
    const { offset, attempt } = handout
    const message = this.#message(offset)
    const isHeld =
      !message.isDead && message.attempts === attempt && message.heldUntilMs > this.nowMs
    expect(this.#delivery.isHeld(offset, attempt)).toBe(isHeld)
    if (one.do === 'ack') {
      expect(this.#ack(offset, attempt)).toBe(isHeld)
    } else if (one.do === 'extend') {
      expect(this.#delivery.extend(offset, attempt, this.now)).toBe(isHeld)
      if (isHeld) message.heldUntilMs = this.nowMs + this.#leaseMs
      this.hands.push(handout)
    } else if (one.do === 'release') {
      this.#delivery.release(offset, attempt, this.now)
      if (!isHeld) return
      // Nobody had it.
      message.attempts = attempt - 1
      message.keptAttempts = Math.min(message.keptAttempts, attempt - 1)
      message.heldUntilMs = this.nowMs
    } else if (one.do === 'nack') {
      const became = this.#delivery.nack(offset, attempt, one.delayMs, this.now)
      const isLast = attempt === attemptsMax
      expect(became).toBe(!isHeld ? 'lost' : isLast ? 'dead' : 'parked')
      if (isHeld) message.heldUntilMs = this.nowMs + one.delayMs
      this.#meetDead()
    }
  }

  #ack(offset: number, attempt: number): boolean {
    const isTaken = this.#delivery.ack(offset, attempt)
    if (isTaken) {
      const message = this.#message(offset)
      expect(message.isFinished).toBe(false)
      message.isFinished = true
      message.heldUntilMs = Infinity
    }
    return isTaken
  }

  #meetDead(): void {
    for (const dead of this.#delivery.takeDead()) {
      const message = this.#message(dead.offset)
      expect(message.isDead).toBe(false)
      expect(dead.attempt).toBe(attemptsMax)
      message.isDead = true
      this.#dead.push(dead)
    }
  }

  /** What is kept tells what may be deleted, and what may come again. */
  #check(): void {
    const needed = neededFrom(this.#kept)
    for (const [offset, { isFinishKept, keptAttempts }] of this.messages) {
      if (!isFinishKept) expect(offset).toBeGreaterThanOrEqual(needed)
      if (isFinishKept || keptAttempts > 0) {
        expect(mayComeAgain(this.#kept, offset)).toBe(!isFinishKept)
      }
    }
  }

  #message(offset: number): Message {
    const message = this.messages.get(offset)
    if (message === undefined) throw new Error(`there is no message ${offset}`)
    return message
  }
}

test.each([50, Infinity])(
  'every message is finished or dead in the end, and none is in two hands: leases of %d ms',
  (leaseMs) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const bench = new Bench(leaseMs)
        for (const one of steps) bench.run(one)
        for (let round = 0; round < attemptsMax + 1; round++) {
          bench.keep()
          bench.restart(0)
          bench.wait(200)
          while (bench.take() !== undefined) bench.ackAll()
          bench.buryAll()
        }
        const open = [...bench.messages.values()].filter(({ isFinished }) => !isFinished)
        expect(open).toEqual([])
      }),
      { numRuns: 1000 },
    )
  },
)
