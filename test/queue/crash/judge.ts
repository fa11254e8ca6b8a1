/** Opens the queues on what a cut left, works at everything to the end, and holds that to docs. */
import type { Queue } from '../../../src/queue/queue.ts'
import type { MemoryDisk } from '../../../src/storage/memory-log-store.ts'
import { Bench, type Standing, turns } from './bench.ts'
import { type CrashPoint, Recorder } from './recorder.ts'
import {
  type Consumer,
  consumers,
  osLogsOf,
  queueOptionsOf,
  type Told,
  type Workload,
} from './workload.ts'

/** What is wrong, in sentences; and where the power may be cut once more, while it opens. */
export interface Judgement {
  readonly faults: readonly string[]
  readonly points: readonly CrashPoint<Told>[]
}

/** Messages of the next life. */
const fresh = ['900', '901', '902']
const turnsMax = 600
/** A machine takes longer to start. */
const startMs = 1

/** See the head of this file. */
export async function judge(
  workload: Workload,
  disk: MemoryDisk,
  life: number,
  { nowMs: cutMs, told }: CrashPoint<Told>,
): Promise<Judgement> {
  const nowMs = cutMs + startMs
  const recorder = new Recorder<Told>(
    () => bench.disk,
    () => ({ nowMs, told }),
  )
  const bench = new Bench(disk, osLogsOf(workload), life, nowMs, recorder.watch)
  const inbox = await bench.host.open('in', queueOptionsOf(workload), async () => undefined)
  const outbox = await bench.host.open('out', {}, async () => undefined)
  recorder.isOn = false
  const trial = new Trial(bench, workload, told, inbox, outbox)
  await trial.run()
  return { faults: trial.faults, points: recorder.points }
}

class Trial {
  readonly #bench: Bench
  readonly #workload: Workload
  readonly #told: Told
  readonly #inbox: Queue
  readonly #outbox: Queue
  readonly faults: string[] = []
  readonly #came = new Map<Consumer, string[]>(consumers.map((name) => [name, []]))

  constructor(bench: Bench, workload: Workload, told: Told, inbox: Queue, outbox: Queue) {
    this.#bench = bench
    this.#workload = workload
    this.#told = told
    this.#inbox = inbox
    this.#outbox = outbox
  }

  async run(): Promise<void> {
    const before = await this.#bench.standingIn('in')
    const stored = before.map(({ number }) => number)
    this.#judgePuts(before)
    const outBefore = new Set((await this.#bench.standingIn('out')).map(({ number }) => number))
    for (const number of this.#workload.isOutboxOs ? [] : this.#told.made) {
      if (!outBefore.has(number)) this.faults.push(`${number} was handed over and is lost`)
    }
    await this.#putOn(new Set(stored))
    await this.#drain()
    this.#judgeTwice('in', stored)
    const dead = await this.#bench.standingIn('in.dead')
    for (const name of consumers) {
      const its = dead.filter(({ consumer }) => consumer === name).map(({ number }) => number)
      this.#judgeTwice(`what ${name} put to the dead letters`, its)
      this.#judgeConsumer(name, stored, new Set(its))
    }
    const out = (await this.#bench.standingIn('out')).map(({ number }) => number)
    this.#judgeTwice('out', out)
    for (const number of this.#came.get('router') ?? []) {
      if (!out.includes(number)) this.faults.push(`the hand-over of ${number} is lost`)
    }
  }

  #judgePuts(standing: readonly Standing[]): void {
    const start = standing[0]?.offset ?? Number.POSITIVE_INFINITY
    const there = new Map(standing.map(({ offset, number }) => [number, offset]))
    for (const [number, { offset, isDurable }] of this.#told.puts) {
      const at = there.get(number)
      if (at === offset) continue
      const isDone = consumers.every((name) => this.#told.acking.get(name)?.has(number))
      const isDeleted = offset < start && (isDone || this.#workload.maxAttempts < 1_000)
      if (at !== undefined) this.faults.push(`${number} is at ${at} and was put at ${offset}`)
      else if (isDurable && !isDeleted) this.faults.push(`${number}, put at ${offset}, is lost`)
    }
  }

  /** Keys that are stored are known; the next messages get offsets that some may have lost. */
  async #putOn(stored: ReadonlySet<string>): Promise<void> {
    const known = [...this.#told.puts].filter(([number]) => stored.has(number))
    for (const [number, { key, offset }] of known) {
      if (key === undefined) continue
      const put = await this.#inbox.put({ value: 'again' }, { key })
      if (!put.isDuplicate || put.offset !== offset) {
        this.faults.push(`the key ${key} of ${number} was put again at ${put.offset}`)
      }
    }
    for (const value of fresh) await this.#inbox.put({ value })
  }

  /** Every consumer works until nothing is left for it. */
  async #drain(): Promise<void> {
    const stop = new AbortController()
    const { signal } = stop
    const working = consumers.map((consumer) => {
      return this.#inbox.process({ consumer, signal, concurrency: 2 }, async (message) => {
        const number = String(message.value)
        this.#came.get(consumer)?.push(number)
        if (consumer === 'router') {
          await this.#outbox.put({ value: number }, { source: message })
        }
      })
    })
    this.#bench.time.pass(1_000)
    const isLeft = (): boolean => this.#inbox.statistics().consumers.some(({ lag }) => lag > 0)
    let turned = 0
    for (; isLeft() && turned < turnsMax; turned++) {
      await turns(1)
      if (turned % 50 === 49) this.#bench.time.pass(1_000)
    }
    if (turned === turnsMax) this.faults.push('something is left and does not come')
    stop.abort()
    await Promise.all(working)
  }

  #judgeConsumer(consumer: Consumer, stored: readonly string[], dead: ReadonlySet<string>): void {
    const came = this.#came.get(consumer) ?? []
    this.#judgeTwice(`what came to ${consumer}`, came)
    const has = new Set(came)
    const { acked, acking } = this.#told
    for (const number of this.#workload.isInboxOs ? [] : (acked.get(consumer) ?? [])) {
      if (has.has(number)) this.faults.push(`${number} came to ${consumer} again`)
    }
    for (const number of [...stored, ...fresh]) {
      const isDue = !has.has(number) && !dead.has(number)
      if (isDue && !acking.get(consumer)?.has(number)) {
        this.faults.push(`${number} never came to ${consumer}`)
      }
    }
  }

  #judgeTwice(where: string, values: readonly string[]): void {
    const twice = values.filter((value, i) => values.indexOf(value) !== i)
    if (twice.length > 0) this.faults.push(`${where} has ${twice.join(', ')} twice`)
  }
}
