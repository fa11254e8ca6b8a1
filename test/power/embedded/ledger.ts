import type { Errand, Said } from './life.ts'
import { type Complain, type End, type Found, LogLedger } from './log-ledger.ts'
import { nameOf, QueueLedger } from './queue-ledger.ts'

const once = { dedupWindowMs: 1_500, isMade: false }
const made = { dedupWindowMs: 0, isMade: true }

type FoundLine = [partition: number, start: number, end: number, records: Found['records']]

/** Everything that the processes on one disk said, held against what the next one finds. */
export class Ledger {
  readonly #complain: Complain
  readonly #logs = new Map<string, LogLedger>()
  readonly #queues = new Map(
    [
      { name: 'in', durability: 'fsync' as const, consumers: ['router', 'audit'], ...once },
      { name: 'out', durability: 'fsync' as const, consumers: ['nobody'], ...made },
      { name: 'done', durability: 'fsync' as const, consumers: ['nobody'], ...made },
      { name: 'jobs', durability: 'os' as const, consumers: ['worker'], ...once },
      { name: 'jobs.dead', durability: 'fsync' as const, consumers: [], ...once },
    ].map((use) => [use.name, new QueueLedger(use)]),
  )
  #keys: { key: string; offset: number; atMs: number }[] = []
  /** Names of what stood in them when it was last told. */
  readonly #standing = new Map<string, Set<string>>()
  #next = 1
  acknowledged = 0

  constructor(complain: Complain) {
    this.#complain = complain
  }

  /** What the next process goes on from. */
  errand(): Pick<Errand, 'next' | 'keys'> {
    return { next: this.#next, keys: this.#keys.slice(-20) }
  }

  /** Takes what a process said that began after `before`, and ended with `end`. */
  take(said: readonly Said[], before: End, end: End): void {
    for (const line of said) this.#take(line, before)
    for (const queue of this.#queues.values()) queue.ended(end)
    // Numbers that were given out and not told of stay unused.
    this.#next += 1_000
  }

  /** The last process worked at everything to the end. */
  judgeDrained(): void {
    const dead = this.#standing.get('jobs.dead') ?? new Set<string>()
    for (const name of ['in', 'jobs']) this.#queues.get(name)?.judgeDrained(dead, this.#complain)
    this.#judgeMade('in', 'router', 'out', (number) => (number % 4 === 0 ? 2 : 1))
    this.#judgeMade('jobs', 'worker', 'done', () => 1)
  }

  /** What was made of each message that a consumer finished is there. */
  #judgeMade(from: string, consumer: string, to: string, parts: (number: number) => number): void {
    const made = this.#standing.get(to)
    for (const id of this.#queues.get(from)?.finishedBy(consumer) ?? []) {
      for (let i = 0; i < parts(Number(id)); i++) {
        if (made?.has(`${id}.${i}`)) continue
        this.#complain(`${to} lacks ${id}.${i}, which ${consumer} made`, 1)
      }
    }
  }

  #take([what, ...rest]: Said, before: End): void {
    const [name, ...more] = rest as [string, ...unknown[]]
    const [first, second] = more as [string, string]
    const queue = this.#queues.get(name)
    switch (what) {
      case 'found':
        this.#found(name, more as FoundLine, before)
        break
      case 'fault':
        this.#complain(name)
        break
      case 'appended':
        this.#appended(name, more as [number, number, number, number, string])
        break
      case 'put':
        this.#put(name, more as [string, number, string, string?, number?])
        break
      case 'took':
        queue?.took(...(more as [string, string, number, number]), this.#complain)
        break
      case 'acking':
        queue?.finishing(first, second)
        break
      case 'acked':
        queue?.finished(first, second)
        break
      case 'durable':
      case 'trimming':
      case 'trimmed':
        this.#log(name, Number(first))[what](Number(second))
    }
  }

  #appended(
    name: string,
    [partition, offset, first, count, durability]: [number, number, number, number, string],
  ): void {
    this.#next = Math.max(this.#next, first + count)
    this.acknowledged += count
    this.#log(name, partition).appended(offset, first, count, durability)
  }

  #put(
    name: string,
    [id, offset, durability, key, atMs]: [string, number, string, string?, number?],
  ): void {
    if (!id.includes('.')) this.#next = Math.max(this.#next, Number(id) + 1)
    this.acknowledged++
    this.#queues.get(name)?.put(id, offset, durability)
    if (durability !== 'fsync' || typeof key !== 'string' || atMs === undefined) return
    this.#keys.push({ key, offset, atMs })
  }

  #found(name: string, [partition, start, end, records]: FoundLine, before: End): void {
    const found = { start, end, records }
    const queue = this.#queues.get(name)
    const ledger = queue ?? this.#log(name, partition)
    ledger.judge(found, before, this.#complain)
    if (queue === undefined) return
    this.#standing.set(
      name,
      new Set(records.map(([told]) => nameOf(told, name === 'out' || name === 'done'))),
    )
  }

  #log(name: string, partition: number): LogLedger {
    const key = `${name}-${partition}`
    const log = this.#logs.get(key) ?? new LogLedger(key)
    this.#logs.set(key, log)
    return log
  }
}
