/** A life of two queues, drawn by fast-check: what is done, and what who does it is told. */
import fc from 'fast-check'
import { LogError } from '../../../src/queue/log-error.ts'
import type { Durability } from '../../../src/queue/partition-writer.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import type { Message } from '../../../src/queue/queue-message.ts'
import type { PutOptions } from '../../../src/queue/queue-options.ts'
import { Bench, turns } from './bench.ts'
import { type CrashPoint, Recorder } from './recorder.ts'

export const consumers = ['router', 'audit'] as const
export type Consumer = (typeof consumers)[number]
export const leaseMs = 100
export const dedupWindowMs = 60_000

type Step =
  | { do: 'put'; key: number | undefined; delayMs: number; durability: Durability | undefined }
  | { do: 'take'; consumer: Consumer }
  | { do: 'ack' | 'handOver'; which: number }
  | { do: 'nack'; which: number; delayMs: number }
  | { do: 'pass'; ms: number }

/** How the queues are opened, what the disk is like, and what is done. */
export interface Workload {
  readonly isInboxOs: boolean
  readonly isOutboxOs: boolean
  readonly maxAttempts: number
  /** Turns of the event loop that flushes take. */
  readonly waits: readonly number[]
  /** Each with the turns that pass behind it. */
  readonly steps: readonly (readonly [step: Step, turns: number])[]
}

const which = fc.nat(7)
const delayMs = fc.constantFrom(0, 0, 20)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('put'),
      key: fc.constantFrom(undefined, undefined, 0, 1),
      delayMs,
      durability: fc.constantFrom(undefined, undefined, 'os', 'fsync'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('take'), consumer: fc.constantFrom(...consumers) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('ack', 'handOver'), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('nack'), which, delayMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(20, 2_000) }) },
) as fc.Arbitrary<Step>

export const workloads: fc.Arbitrary<Workload> = fc.record({
  isInboxOs: fc.boolean(),
  isOutboxOs: fc.boolean(),
  maxAttempts: fc.constantFrom(2, 1_000),
  waits: fc.array(fc.constantFrom(0, 1, 2, 5, 12), { minLength: 1, maxLength: 5 }),
  steps: fc.array(fc.tuple(step, fc.constantFrom(0, 1, 3, 8)), { minLength: 8, maxLength: 24 }),
})

/** What was told of a message; messages have their numbers as values. */
export interface ToldPut {
  readonly offset: number
  readonly isDurable: boolean
  readonly key: string | undefined
}

/** What users were told, or asked for, up to a moment. */
export interface Told {
  readonly puts: ReadonlyMap<string, ToldPut>
  /** Given back late, or never. */
  readonly delayed: ReadonlySet<string>
  /** Acknowledgements by consumer that were begun, and those that were told to be kept. */
  readonly acking: ReadonlyMap<Consumer, ReadonlySet<string>>
  readonly acked: ReadonlyMap<Consumer, ReadonlySet<string>>
  /** What was handed over, as the outbox told. */
  readonly made: ReadonlySet<string>
}

/** What {@link run} found, and where a cut may come. */
export interface Recording {
  readonly points: readonly CrashPoint<Told>[]
  /** Promises that were broken without any cut. */
  readonly faults: readonly string[]
}

/** Runs a workload on a new disk. */
export async function run(workload: Workload): Promise<Recording> {
  const runner = new Runner(workload)
  await runner.open()
  for (const [one, pause] of workload.steps) {
    runner.begin(one)
    await turns(pause)
  }
  await turns(20)
  return runner.end()
}

/** Logs that are `os` in a workload. */
export function osLogsOf({ isInboxOs, isOutboxOs }: Workload): ReadonlySet<string> {
  return new Set([...(isInboxOs ? ['in'] : []), ...(isOutboxOs ? ['out'] : [])])
}

/** How the queues of a workload are opened. */
export function queueOptionsOf({ maxAttempts }: Workload) {
  return { leaseMs, dedupWindowMs, maxAttempts, consumers }
}

class Runner {
  readonly #bench: Bench
  readonly #workload: Workload
  readonly #recorder: Recorder<Told>
  #inbox: Queue | undefined
  #outbox: Queue | undefined
  readonly #hands: Message[] = []
  #sent = 0
  readonly #puts = new Map<string, ToldPut>()
  readonly #delayed = new Set<string>()
  readonly #acking = new Map(consumers.map((name) => [name, new Set<string>()]))
  readonly #acked = new Map(consumers.map((name) => [name, new Set<string>()]))
  readonly #made = new Set<string>()
  readonly #faults: string[] = []

  constructor(workload: Workload) {
    this.#workload = workload
    this.#recorder = new Recorder<Told>(
      () => this.#bench.disk,
      () => ({ nowMs: this.#bench.time.nowMs, told: this.#told() }),
      workload.waits,
    )
    const watch = this.#recorder.watch
    this.#bench = new Bench(undefined, osLogsOf(workload), 0, 1_700_000_000_000, watch)
  }

  async open(): Promise<void> {
    const { host } = this.#bench
    this.#inbox = await host.open('in', queueOptionsOf(this.#workload), async () => undefined)
    this.#outbox = await host.open('out', {}, async () => undefined)
  }

  end(): Recording {
    this.#recorder.point('the end')
    this.#recorder.isOn = false
    return { points: this.#recorder.points, faults: this.#faults }
  }

  begin(one: Step): void {
    if (one.do === 'put') void this.#noted(this.#put(one))
    else if (one.do === 'take') void this.#noted(this.#take(one.consumer))
    else if (one.do === 'pass') this.#bench.time.pass(one.ms)
    else {
      const message = this.#hands[one.which % Math.max(1, this.#hands.length)]
      if (message === undefined) return
      if (one.do === 'handOver') void this.#noted(this.#handOver(message))
      if (one.do === 'ack') void this.#noted(this.#ack(message))
      if (one.do === 'nack') void this.#noted(this.#giveBack(message, one.delayMs))
    }
  }

  async #put({ key, delayMs: delay, durability }: Extract<Step, { do: 'put' }>): Promise<void> {
    const { isInboxOs } = this.#workload
    const number = String(this.#sent++)
    if (delay > 0) this.#delayed.add(number)
    const options: PutOptions = {
      ...(key === undefined ? {} : { key: `k${key}` }),
      ...(delay === 0 ? {} : { delayMs: delay }),
      ...(durability === undefined ? {} : { durability }),
    }
    const put = await this.#inbox?.put({ value: number }, options)
    if (put === undefined || put.isDuplicate) return
    const isDurable = (durability ?? (isInboxOs ? 'os' : 'fsync')) === 'fsync'
    this.#puts.set(number, { offset: put.offset, isDurable, key: options.key })
  }

  async #take(consumer: Consumer): Promise<void> {
    const iterator = this.#inbox?.take({ consumer })[Symbol.asyncIterator]()
    const message: Message | undefined = (await iterator?.next())?.value
    if (message === undefined) return
    const number = String(message.value)
    if (this.#acked.get(consumer)?.has(number)) {
      this.#faults.push(`${number} came to ${consumer} again after its acknowledgement`)
    }
    this.#hands.push(message)
  }

  async #giveBack(message: Message, ms: number): Promise<void> {
    this.#letGo(message)
    await message.nack({ delayMs: ms })
  }

  async #ack(message: Message): Promise<void> {
    this.#letGo(message)
    const [consumer, number] = [message.consumer as Consumer, String(message.value)]
    this.#acking.get(consumer)?.add(number)
    await message.ack()
    this.#acked.get(consumer)?.add(number)
  }

  /** The work of a router: another message, then the acknowledgement. */
  async #handOver(message: Message): Promise<void> {
    if (message.consumer !== 'router') return this.#ack(message)
    this.#letGo(message)
    const { value } = message
    await this.#outbox?.put({ value }, { source: message })
    this.#made.add(String(value))
    await this.#ack(message)
  }

  #letGo(message: Message): void {
    const at = this.#hands.indexOf(message)
    if (at >= 0) this.#hands.splice(at, 1)
  }

  /** Whoever is late is told so. Anything else is no part of a workload. */
  async #noted(done: Promise<void>): Promise<void> {
    try {
      await done
    } catch (error) {
      const isLate = error instanceof LogError && error.code === 'LEASE_LOST'
      if (!isLate) this.#faults.push(String(error))
    }
  }

  #told(): Told {
    const copy = (sets: ReadonlyMap<Consumer, ReadonlySet<string>>) =>
      new Map([...sets].map(([name, set]) => [name, new Set(set)]))
    return {
      puts: new Map(this.#puts),
      delayed: new Set(this.#delayed),
      acking: copy(this.#acking),
      acked: copy(this.#acked),
      made: new Set(this.#made),
    }
  }
}
