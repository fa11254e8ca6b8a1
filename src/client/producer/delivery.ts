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

/** One `send(record)` that no batch has taken yet. */
export class SingleSend {
  readonly resolve: (metadata: Promise<RecordMetadata>) => void
  readonly reject: (error: ClientError) => void

  constructor(
    resolve: (metadata: Promise<RecordMetadata>) => void,
    reject: (error: ClientError) => void,
  ) {
    this.resolve = resolve
    this.reject = reject
  }
}

/** Tells the place of a record by its number in a batch; throws why it has none. */
interface Places {
  at(index: number): RecordMetadata
}

/** The places of a batch that was stored. */
class StoredBatch implements Places {
  readonly #outcome: BatchOutcome
  readonly #timestamps: readonly number[]

  constructor(outcome: BatchOutcome, timestamps: readonly number[]) {
    this.#outcome = outcome
    this.#timestamps = timestamps
  }

  at(index: number): RecordMetadata {
    const { topic, partition, baseOffset, appendTime } = this.#outcome
    const offset = baseOffset < 0 ? -1 : baseOffset + index
    const timestamp = appendTime >= 0 ? appendTime : (this.#timestamps[index] as number)
    return { topic, partition, offset, timestamp }
  }
}

/** The places of a batch that was split: each part has its own outcome. */
class StoredParts implements Places {
  readonly #parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  at(index: number): RecordMetadata {
    const part = this.#parts.findLast(({ from }) => from <= index)
    assert(part?.outcome !== undefined, 'each part has its outcome')
    const { places, error } = part.outcome
    if (error !== null) throw error
    return places.at(index - part.from)
  }
}

interface Part {
  /** Number of its first record in the whole. */
  readonly from: number
  outcome: { readonly places: Places; readonly error: ClientError | null } | undefined
}

/** One promise for all single sends of a batch; theirs are made of it. */
interface Shared {
  readonly promise: Promise<Places>
  readonly resolve: (places: Places) => void
  readonly reject: (error: ClientError) => void
}

/**
 * By the number of a record, what makes its place of those of its batch. Made once for all batches:
 * so a send costs one promise and no closure, which with many in flight is most of its cost.
 */
const placeAt: ((places: Places) => RecordMetadata)[] = []

function placeOf(index: number): (places: Places) => RecordMetadata {
  for (let next = placeAt.length; next <= index; next++) placeAt.push((places) => places.at(next))
  return placeAt[index] as (places: Places) => RecordMetadata
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
    assert(run.group === this && run.count > 0, 'a run of this group has records')
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
    assert(input >= 0 && input < this.#results.length, 'a record of the call')
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
    assert(firstInput >= 0 && firstIndex >= 0, 'records count from 0')
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
  readonly #runs: GroupRun[] = []
  #shared: Shared | undefined
  /** Of the records of single sends, by their number. */
  #timestamps: number[] = []
  /** Where this batch is part of one that was split: told its outcome, too. */
  #tellWhole: ((places: Places, error: ClientError | null) => void) | undefined
  #enqueued = 0

  /** Records for which nobody holds a promise. */
  get enqueued(): number {
    return this.#enqueued
  }

  /** The promise of one `send(record)` whose record is number `index` of the batch. */
  addSingle(index: number, timestamp: number): Promise<RecordMetadata> {
    assert(index >= 0, 'records of a batch count from 0')
    this.#shared ??= newShared()
    this.#timestamps[index] = timestamp
    return this.#shared.promise.then(placeOf(index))
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
    assert(outcome.baseOffset >= -1, 'an offset, or none')
    for (const run of this.#runs) run.group.settle(run, outcome)
    this.#settleSingles(new StoredBatch(outcome, this.#timestamps), outcome.error)
  }

  /** Cuts into parts with so many records each, for a batch that is split. */
  split(counts: readonly number[]): readonly Deliveries[] {
    assert(
      counts.every((count) => count > 0),
      'no part is empty',
    )
    let from = 0
    const parts = counts.map((count) => {
      const part = { from, to: from + count, deliveries: new Deliveries() }
      part.deliveries.#timestamps = this.#timestamps.slice(from, part.to)
      from = part.to
      return part
    })
    const partOf = (index: number): (typeof parts)[number] => {
      const part = parts.find(({ to }) => index < to)
      assert(part !== undefined, 'each record lies in one part')
      return part
    }
    assert(this.#timestamps.length <= from, 'the parts hold each record')
    const claimed = new Uint8Array(from)
    for (const run of this.#runs) {
      for (let i = 0; i < run.count; i++) {
        const index = run.indexOf(i)
        const part = partOf(index)
        part.deliveries.addToGroup(run.group, run.inputOf(i), index - part.from)
        claimed[index] = 1
      }
    }
    claimed.forEach((isClaimed, index) => {
      const isSingle = this.#timestamps[index] !== undefined
      if (isClaimed === 0 && !isSingle) partOf(index).deliveries.addEnqueued()
    })
    const enqueued = parts.reduce((sum, { deliveries }) => sum + deliveries.#enqueued, 0)
    assert(enqueued >= this.#enqueued, 'nobody is forgotten')
    if (this.#shared !== undefined || this.#tellWhole !== undefined) this.#awaitParts(parts)
    return parts.map((part) => part.deliveries)
  }

  #awaitParts(parts: readonly { from: number; deliveries: Deliveries }[]): void {
    const outcomes: Part[] = parts.map(({ from }) => ({ from, outcome: undefined }))
    let left = parts.length
    parts.forEach(({ deliveries }, at) => {
      deliveries.#tellWhole = (places, error) => {
        const part = outcomes[at]
        assert(part !== undefined && left > 0, 'a part is settled once')
        part.outcome = { places, error }
        if (--left === 0) this.#settleSingles(new StoredParts(outcomes), null)
      }
    })
  }

  #settleSingles(places: Places, error: ClientError | null): void {
    this.#tellWhole?.(places, error)
    if (error !== null) this.#shared?.reject(error)
    else this.#shared?.resolve(places)
  }
}

function newShared(): Shared {
  let resolve: Shared['resolve'] = () => {}
  let reject: Shared['reject'] = () => {}
  const promise = new Promise<Places>((resolveIt, rejectIt) => {
    resolve = resolveIt
    reject = rejectIt
  })
  return { promise, resolve, reject }
}
