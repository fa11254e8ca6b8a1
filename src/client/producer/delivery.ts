/**
 * From the outcome of a batch to those who wait for its records. A promise per record exists only
 * where `send(record)` made one; `send(records)` waits with one, `enqueue` with none.
 */
import { assert } from '../../base/assert.ts'
import type { RecordMetadata } from '../../record/record.ts'
import type { ClientError } from '../error.ts'
import { SendError } from './send-error.ts'

/** What became of a batch. */
export interface BatchOutcome {
  readonly topic: string
  readonly partition: number
  /** Offset of the batch's first record, or -1 where the broker did not tell. */
  readonly baseOffset: number
  /** When the broker appended it, where the topic stamps that; else -1. */
  readonly appendTime: number
  /** Why it was not stored; then offsets mean nothing. */
  readonly error: ClientError | null
}

/** One `send(record)`. */
export class SingleSend {
  readonly resolve: (metadata: RecordMetadata) => void
  readonly reject: (error: ClientError) => void
  readonly timestamp: number
  /** Number of the record in its batch; -1 while it is in none. */
  index = -1

  constructor(
    resolve: (metadata: RecordMetadata) => void,
    reject: (error: ClientError) => void,
    timestamp: number,
  ) {
    this.resolve = resolve
    this.reject = reject
    this.timestamp = timestamp
  }
}

/** One `send(records)`: settled when each of its records is. */
export class SendGroup {
  /** What became of each record, in the order of the call. */
  readonly #results: (RecordMetadata | ClientError)[]
  readonly #resolve: (results: RecordMetadata[]) => void
  readonly #reject: (error: SendError) => void
  readonly #timestamps: (input: number) => number
  #left: number
  #failed = 0

  /** @param timestamps tells the timestamp of a record by its number. */
  constructor(
    count: number,
    timestamps: (input: number) => number,
    resolve: (results: RecordMetadata[]) => void,
    reject: (error: SendError) => void,
  ) {
    assert(count > 0, 'a group has records')
    this.#results = new Array(count)
    this.#left = count
    this.#timestamps = timestamps
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Settles a run of records that went into one batch. */
  settle(run: GroupRun, outcome: BatchOutcome): void {
    const { topic, partition, baseOffset, appendTime, error } = outcome
    for (let i = 0; i < run.count; i++) {
      const input = run.inputOf(i)
      if (error !== null) this.#results[input] = error
      else {
        const offset = baseOffset < 0 ? -1 : baseOffset + run.indexOf(i)
        const timestamp = appendTime >= 0 ? appendTime : this.#timestamps(input)
        this.#results[input] = { topic, partition, offset, timestamp }
      }
    }
    this.#settled(run.count, error === null ? 0 : run.count)
  }

  /** Settles a record that reached no batch. */
  fail(input: number, error: ClientError): void {
    this.#results[input] = error
    this.#settled(1, 1)
  }

  #settled(count: number, failed: number): void {
    assert(count <= this.#left, 'a record is settled once')
    this.#left -= count
    this.#failed += failed
    if (this.#left > 0) return
    if (this.#failed === 0) this.#resolve(this.#results as RecordMetadata[])
    else this.#reject(new SendError(this.#results))
  }
}

/** Records of one group in one batch; those of others may lie between them. */
export class GroupRun {
  readonly group: SendGroup
  readonly firstInput: number
  readonly firstIndex: number
  count = 1
  /** Numbers in the call, where they do not follow each other. */
  inputs: number[] | undefined
  /** Numbers in the batch, where they do not follow each other. */
  indexes: number[] | undefined

  constructor(group: SendGroup, firstInput: number, firstIndex: number) {
    this.group = group
    this.firstInput = firstInput
    this.firstIndex = firstIndex
  }

  /** Number in the batch of the run's i-th record. */
  indexOf(i: number): number {
    return this.indexes === undefined ? this.firstIndex + i : (this.indexes[i] as number)
  }

  /** Number in the call of the run's i-th record. */
  inputOf(i: number): number {
    return this.inputs === undefined ? this.firstInput + i : (this.inputs[i] as number)
  }

  /** Adds a record. */
  add(input: number, index: number): void {
    if (this.inputs !== undefined || input !== this.firstInput + this.count) {
      this.inputs ??= Array.from({ length: this.count }, (_, i) => this.firstInput + i)
      this.inputs.push(input)
    }
    if (this.indexes !== undefined || index !== this.firstIndex + this.count) {
      this.indexes ??= Array.from({ length: this.count }, (_, i) => this.firstIndex + i)
      this.indexes.push(index)
    }
    this.count++
  }
}

/** Who waits for the records of one batch. */
export class Deliveries {
  readonly #singles: SingleSend[] = []
  readonly #runs: GroupRun[] = []
  #enqueued = 0

  /** Records for which nobody holds a promise. */
  get enqueued(): number {
    return this.#enqueued
  }

  /** The record `index` of the batch is one of `send(record)`. */
  addSingle(single: SingleSend, index: number): void {
    single.index = index
    this.#singles.push(single)
  }

  /** The record `index` of the batch is the record `input` of the group. */
  addToGroup(group: SendGroup, input: number, index: number): void {
    const last = this.#runs[this.#runs.length - 1]
    if (last?.group === group) last.add(input, index)
    else this.#runs.push(new GroupRun(group, input, index))
  }

  /** A record of `enqueue`. */
  addEnqueued(): void {
    this.#enqueued++
  }

  /** Tells everyone. */
  settle(outcome: BatchOutcome): void {
    const { topic, partition, baseOffset, appendTime, error } = outcome
    for (const { resolve, reject, index, timestamp } of this.#singles) {
      if (error !== null) reject(error)
      else {
        const offset = baseOffset < 0 ? -1 : baseOffset + index
        const time = appendTime >= 0 ? appendTime : timestamp
        resolve({ topic, partition, offset, timestamp: time })
      }
    }
    for (const run of this.#runs) run.group.settle(run, outcome)
  }

  /** Cuts into parts with so many records each, for a batch that is split. */
  split(counts: readonly number[]): readonly Deliveries[] {
    const parts = counts.map(() => new Deliveries())
    const ends: number[] = []
    let end = 0
    for (const count of counts) {
      end += count
      ends.push(end)
    }
    const place = (index: number): [Deliveries, number] => {
      const at = ends.findIndex((one) => index < one)
      const part = parts[at]
      assert(part !== undefined, 'each record lies in one part')
      return [part, index - ((ends[at] as number) - (counts[at] as number))]
    }
    const claimed = new Uint8Array(end)
    for (const single of this.#singles) {
      claimed[single.index] = 1
      const [part, index] = place(single.index)
      part.addSingle(single, index)
    }
    for (const run of this.#runs) {
      for (let i = 0; i < run.count; i++) {
        const [part, index] = place(run.indexOf(i))
        claimed[run.indexOf(i)] = 1
        part.addToGroup(run.group, run.inputOf(i), index)
      }
    }
    claimed.forEach((isClaimed, index) => {
      if (isClaimed === 0) place(index)[0].addEnqueued()
    })
    return parts
  }
}
