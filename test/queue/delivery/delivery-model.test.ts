/** Random calls, with restarts, beside a model that keeps every message by itself. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Delivery,
  type DeliveryPosition,
  type Handout,
  type ParkedMessage,
} from '../../../src/queue/delivery/delivery.ts'

const settings = { leaseMs: 50, attemptsMax: 3 }

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
  | { readonly do: 'ack' | 'extend'; readonly which: number }
  | { readonly do: 'nack'; readonly which: number; readonly delayMs: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'keep' }
  | { readonly do: 'restart' }

const which = fc.nat(1000)
const delayMs = fc.oneof(fc.constant(0), fc.nat(80))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put'), delayMs, gap: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('ack', 'extend'), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('nack'), which, delayMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('keep', 'restart') }) },
) as fc.Arbitrary<Step>

/** A consumer, what it has kept, and the model. */
class Bench {
  readonly messages = new Map<number, Message>()
  readonly hands: Handout[] = []
  nowMs = 1000
  #end = 0
  #delivery = new Delivery(settings, { cursor: 0, handedOut: 0, ranges: [] })
  #position: DeliveryPosition = { cursor: 0, handedOut: 0, ranges: [] }
  #parked = new Map<number, ParkedMessage>()

  run(one: Step): void {
    if (one.do === 'put') this.#put(one.delayMs, one.gap)
    else if (one.do === 'take') this.take()
    else if (one.do === 'wait') this.wait(one.ms)
    else if (one.do === 'keep') this.keep()
    else if (one.do === 'restart') this.#restart()
    else this.#withHandout(one)
    this.#check()
  }

  take(): Handout | undefined {
    const handout = this.#delivery.take(this.nowMs)
    this.#buryDead()
    if (handout === undefined) return undefined
    const message = this.#message(handout.offset)
    expect(message.isFinished && message.isFinishKept).toBe(false)
    expect(message.isDead).toBe(false)
    expect(message.heldUntilMs).toBeLessThanOrEqual(this.nowMs)
    expect(message.dueMs).toBeLessThanOrEqual(this.nowMs)
    expect(handout.attempt).toBeGreaterThan(message.keptAttempts)
    expect(handout.attempt).toBeLessThanOrEqual(settings.attemptsMax)
    message.attempts = handout.attempt
    message.heldUntilMs = handout.deadlineMs
    this.hands.push(handout)
    return handout
  }

  wait(ms: number): void {
    this.nowMs += ms
    this.#delivery.expire(this.nowMs)
    this.#buryDead()
  }

  keep(): void {
    const { position, parked } = this.#delivery.changes()
    if (position !== undefined) this.#position = position
    for (const [offset, message] of parked) {
      if (message === null) this.#parked.delete(offset)
      else this.#parked.set(offset, message)
    }
    for (const message of this.messages.values()) {
      message.keptAttempts = message.attempts
      message.isFinishKept = message.isFinished
    }
  }

  ackAll(): void {
    for (const { offset, attempt } of this.hands.splice(0)) this.#ack(offset, attempt)
  }

  get neededFrom(): number {
    return this.#delivery.neededFrom
  }

  #put(delay: number, gap: number): void {
    const offset = this.#end + gap
    this.#end = offset + 1
    const dueMs = this.nowMs + delay
    const isFinished = false
    const message = { keptAttempts: 0, attempts: 0, heldUntilMs: 0, isFinished, isDead: false }
    this.messages.set(offset, { dueMs, ...message, isFinishKept: false })
    this.#delivery.offer(offset, dueMs, this.nowMs)
  }

  #withHandout(one: Step & { readonly which: number }): void {
    if (this.hands.length === 0) return
    const [handout] = this.hands.splice(one.which % this.hands.length, 1)
    if (handout === undefined) return
    const { offset, attempt } = handout
    const message = this.#message(offset)
    const isHeld = message.attempts === attempt && message.heldUntilMs > this.nowMs
    if (one.do === 'ack') {
      expect(this.#ack(offset, attempt)).toBe(isHeld)
    } else if (one.do === 'extend') {
      expect(this.#delivery.extend(offset, attempt, this.nowMs)).toBe(isHeld)
      if (isHeld) message.heldUntilMs = this.nowMs + settings.leaseMs
      this.hands.push(handout)
    } else if (one.do === 'nack') {
      const became = this.#delivery.nack(offset, attempt, one.delayMs, this.nowMs)
      const isLast = attempt === settings.attemptsMax
      expect(became).toBe(!isHeld ? 'lost' : isLast ? 'dead' : 'parked')
      if (isHeld) message.heldUntilMs = this.nowMs + one.delayMs
      this.#buryDead()
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

  #buryDead(): void {
    for (const { offset, attempt } of this.#delivery.takeDead()) {
      const message = this.#message(offset)
      expect(message.isDead).toBe(false)
      expect(attempt).toBe(settings.attemptsMax)
      message.isDead = true
      expect(this.#delivery.ack(offset, attempt)).toBe(true)
      message.isFinished = true
    }
  }

  #restart(): void {
    this.hands.length = 0
    this.#delivery = new Delivery(settings, this.#position, this.#parked)
    for (const [offset, message] of this.messages) {
      // What was not kept did not happen, but for the deliveries.
      message.isFinished = message.isFinishKept
      if (!message.isFinished) message.isDead = false
      message.heldUntilMs = 0
      message.attempts = message.keptAttempts
      if (offset >= this.#delivery.offered) {
        this.#delivery.offer(offset, message.dueMs, this.nowMs)
      }
    }
    this.#delivery.skipTo(Math.max(this.#end, this.#delivery.offered))
  }

  /** Nothing that is not finished may be deleted. */
  #check(): void {
    for (const [offset, { isFinished }] of this.messages) {
      if (!isFinished) expect(offset).toBeGreaterThanOrEqual(this.neededFrom)
    }
  }

  #message(offset: number): Message {
    const message = this.messages.get(offset)
    if (message === undefined) throw new Error(`there is no message ${offset}`)
    return message
  }
}

test('every message is finished or dead in the end, and none is in two hands', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const bench = new Bench()
      for (const one of steps) bench.run(one)
      for (let round = 0; round < settings.attemptsMax + 1; round++) {
        bench.wait(200)
        while (bench.take() !== undefined) bench.ackAll()
      }
      const open = [...bench.messages.values()].filter(({ isFinished }) => !isFinished)
      expect(open).toEqual([])
    }),
    { numRuns: 2000 },
  )
})
