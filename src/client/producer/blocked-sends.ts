import { assert } from '../../base/assert.ts'
import type { ClientError } from '../error.ts'
import { Accumulator } from './accumulator.ts'
import { SingleSend } from './delivery.ts'
import type { Outgoing, Waiting } from './outgoing.ts'
import type { TopicBatches } from './topic-batches.ts'

/** A record that no batch could take yet. */
export interface BlockedSend {
  readonly record: Outgoing
  readonly waiting: Waiting
  /** Number of the record in its call, where a group waits. */
  readonly input: number
  /** By the monotonic clock. */
  readonly deadlineMs: number
}

/** Why no batch takes a record now. */
export type Blockage = 'topic-unknown' | 'no-memory'

/** Sends of one topic with their numbers; those before `head` are gone. */
interface TopicQueue {
  sends: BlockedSend[]
  numbers: number[]
  head: number
}

/** So many that are gone are worth a shorter list. */
const headMax = 1_024

/**
 * Records that wait for the metadata of their topic, or for memory. Those of one topic keep their
 * order; topics take turns, so that none waits for ever behind a busier one.
 */
export class BlockedSends {
  readonly #topics = new Map<TopicBatches, TopicQueue>()
  #length = 0
  #bytes = 0
  #added = 0

  /** Records that wait. */
  get length(): number {
    return this.#length
  }

  /** About the memory that the records hold, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Records that were ever added: each is numbered by those before it. */
  get added(): number {
    return this.#added
  }

  /** Number of the first record that waits, or Infinity. */
  get first(): number {
    let first = Infinity
    for (const { numbers, head } of this.#topics.values()) {
      first = Math.min(first, numbers[head] ?? Infinity)
    }
    return first
  }

  /** When the first of them gives up, or Infinity. */
  get deadlineMs(): number {
    let earliest = Infinity
    for (const { sends, head } of this.#topics.values()) {
      earliest = Math.min(earliest, sends[head]?.deadlineMs ?? Infinity)
    }
    return earliest
  }

  /** Whether records of the topic wait: then the next one has to, too. */
  has(topic: TopicBatches): boolean {
    return this.#topics.has(topic)
  }

  /** Puts a record behind those of its topic. */
  add(send: BlockedSend): void {
    const topic = send.record.home
    const queue = this.#topics.get(topic)
    const number = this.#added++
    if (queue === undefined) {
      this.#topics.set(topic, { sends: [send], numbers: [number], head: 0 })
    } else {
      const last = queue.sends.at(-1)
      assert((last?.deadlineMs ?? 0) <= send.deadlineMs, 'who comes later waits longer')
      queue.sends.push(send)
      queue.numbers.push(number)
    }
    this.#length++
    this.#bytes += Accumulator.memoryFor(send.record)
  }

  /** Offers records until there is no memory for one; its topic has its next turn last. */
  release(accept: (send: BlockedSend) => 'taken' | Blockage): void {
    for (const [topic, queue] of [...this.#topics]) {
      for (;;) {
        const send = queue.sends[queue.head]
        if (send === undefined) break
        const acceptance = accept(send)
        if (acceptance === 'taken') {
          this.#shift(topic, queue)
          continue
        }
        if (acceptance === 'topic-unknown') break
        this.#topics.delete(topic)
        this.#topics.set(topic, queue)
        return
      }
    }
  }

  /** Takes out those whose deadline has passed: of a topic, or all of them. */
  expired(nowMs: number, only?: TopicBatches): readonly BlockedSend[] {
    const removed: BlockedSend[] = []
    for (const [topic, queue] of [...this.#topics]) {
      if (only !== undefined && only !== topic) continue
      for (;;) {
        const send = queue.sends[queue.head]
        if (send === undefined || send.deadlineMs > nowMs) break
        removed.push(send)
        this.#shift(topic, queue)
      }
    }
    return removed
  }

  /** Takes out those of a topic, or all of them. */
  remove(topic?: TopicBatches): readonly BlockedSend[] {
    const removed: BlockedSend[] = []
    for (const [name, queue] of [...this.#topics]) {
      if (topic !== undefined && topic !== name) continue
      for (let send = queue.sends[queue.head]; send !== undefined; send = queue.sends[queue.head]) {
        removed.push(send)
        this.#shift(name, queue)
      }
      assert(!this.#topics.has(name), 'none of the topic is left')
    }
    assert(this.#length > 0 || this.#bytes === 0, 'who is gone holds no memory')
    return removed
  }

  #shift(topic: TopicBatches, queue: TopicQueue): void {
    const send = queue.sends[queue.head++]
    assert(send !== undefined, 'the first one is there')
    this.#length--
    this.#bytes -= Accumulator.memoryFor(send.record)
    assert(this.#length >= 0 && this.#bytes >= 0, 'what goes has come')
    if (queue.head === queue.sends.length) this.#topics.delete(topic)
    else if (queue.head >= headMax && queue.head * 2 > queue.sends.length) {
      assert(queue.sends.length === queue.numbers.length, 'each send has its number')
      queue.sends = queue.sends.slice(queue.head)
      queue.numbers = queue.numbers.slice(queue.head)
      queue.head = 0
    }
  }
}

/** Tells who waits that the record reached no batch; nobody waits for a record of `enqueue`. */
export function failWaiting(waiting: Waiting, input: number, error: ClientError): void {
  if (waiting instanceof SingleSend) waiting.reject(error)
  else waiting?.fail(input, error)
}
