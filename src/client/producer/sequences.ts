/**
 * Idempotence, as Kafka's TransactionManager does it without transactions: each batch of a
 * partition carries a sequence that goes on where the one before ended, so that a broker can tell
 * a repeated batch from a missing one. A batch that failed for good leaves a gap; then the epoch
 * goes up and the partition's batches count from 0 again.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'

/** Sequences are int32 and start again at 0 behind the last one. */
const sequencesCount = 2 ** 31

/** The last epoch of a producer id; the next one needs a new id. */
const epochMax = 32_767

/** Brokers remember so many batches of a producer: with more under way a retry may be a gap. */
export const batchesInFlightMax = 5

/** What the sequences need of a batch, and set in it. */
export interface SequencedBatch {
  readonly recordsCount: number
  producerId: number
  producerEpoch: number
  /** -1: it has no sequence yet. */
  baseSequence: number
  /** It was counted anew behind a gap, and has not been sent since. */
  isSequenceReset: boolean
  /** A request with it got no clear answer: it may be stored. */
  readonly isFateUnknown: boolean
  /** It is not sent for now: what becomes of those behind it tells whether it is stored. */
  isAside: boolean
}

/** What is to be done with a batch that was refused. */
export type Verdict = 'retry' | 'fail' | 'set-aside' | 'stored'

/** The sequences of one partition. */
export interface PartitionSequences {
  producerId: number
  producerEpoch: number
  /** Sequence of the next record. */
  next: number
  /** Sequence of the last record that was stored, or -1. */
  lastStored: number
  /** Offset of the last record that was stored, or -1. */
  lastOffset: number
  /** Batches that have a sequence and no outcome, in the order of their sequences. */
  readonly inFlight: SequencedBatch[]
  /**
   * A batch was stored under this producer id. A broker that does not know a producer takes any
   * first sequence, so until then one batch goes at a time: the second could overtake the first.
   */
  isKnownToBroker: boolean
  /** A batch expired, and nobody knows whether it was stored. */
  isUnresolved: boolean
  /** Counts anew with the next epoch. */
  isToReset: boolean
}

/** The answer of a broker about a batch that it did not store. */
export interface BatchRefusal {
  readonly code: number
  /** Start of the partition's log, or -1 where the answer has none. */
  readonly logStartOffset: number
  /** Whether Kafka's errors call it retriable. */
  readonly isRetriable: boolean
}

/** The sequence `count` behind `sequence`. */
export function sequenceAfter(sequence: number, count: number): number {
  assert(sequence >= 0 && count >= 0, 'sequences go forward')
  return (sequence + count) % sequencesCount
}

/** Sequences of all partitions of a producer; `Partition` is whatever names one. */
export class Sequences<Partition> {
  #producerId = -1
  #producerEpoch = -1
  readonly #partitions = new Map<Partition, PartitionSequences>()
  #isBumpNeeded = false
  #hasUnresolved = false

  /** Whether batches can be stamped; without, ask a broker for a producer id. */
  get hasProducerId(): boolean {
    return this.#producerId >= 0
  }

  /** -1: there is none. */
  get producerId(): number {
    return this.#producerId
  }

  /** -1: there is none. */
  get producerEpoch(): number {
    return this.#producerEpoch
  }

  /** Takes the id that a broker gave. Partitions go over to it when they have nothing under way. */
  setProducerId(producerId: number, producerEpoch: number): void {
    assert(producerId >= 0 && producerEpoch >= 0, 'a broker gives a whole id')
    this.#producerId = producerId
    this.#producerEpoch = producerEpoch
    this.#resetFlagged()
  }

  /** The sequences of a partition. */
  of(partition: Partition): PartitionSequences {
    let state = this.#partitions.get(partition)
    if (state === undefined) {
      state = {
        producerId: this.#producerId,
        producerEpoch: this.#producerEpoch,
        next: 0,
        lastStored: -1,
        lastOffset: -1,
        inFlight: [],
        isKnownToBroker: false,
        isUnresolved: false,
        isToReset: false,
      }
      this.#partitions.set(partition, state)
    }
    return state
  }

  /** Whether this batch, the oldest that waits in its partition, may be sent now. */
  maySend(partition: Partition, batch: SequencedBatch): boolean {
    if (!this.hasProducerId || this.#isBumpNeeded) return false
    const state = this.of(partition)
    // A retry goes alone in front: only behind its success is the next one no gap.
    const first = firstOf(state)
    if (batch.baseSequence >= 0) return first === batch
    if (state.isUnresolved || state.inFlight.length >= batchesInFlightMax) return false
    if (first !== state.inFlight[0]) return false
    return state.inFlight.length === 0 || (this.#isCurrent(state) && state.isKnownToBroker)
  }

  /** Gives a batch that is about to be sent its sequence, unless it has one. */
  stamp(partition: Partition, batch: SequencedBatch): void {
    assert(this.hasProducerId, 'a stamp needs a producer id')
    batch.isSequenceReset = false
    if (batch.baseSequence >= 0) return
    const state = this.of(partition)
    if (!this.#isCurrent(state)) this.#restart(state)
    batch.producerId = state.producerId
    batch.producerEpoch = state.producerEpoch
    batch.baseSequence = state.next
    state.next = sequenceAfter(state.next, batch.recordsCount)
    state.inFlight.push(batch)
    assert(state.inFlight.length <= batchesInFlightMax, 'no more than brokers remember')
  }

  /** A batch was stored; `lastOffset` is that of its last record, or -1 if nobody told. */
  stored(partition: Partition, batch: SequencedBatch, lastOffset: number): void {
    const state = this.of(partition)
    assert(batch.baseSequence >= 0, 'what was stored had a sequence')
    remove(state, batch)
    if (batch.producerId === state.producerId) state.isKnownToBroker = true
    const last = sequenceAfter(batch.baseSequence, batch.recordsCount - 1)
    // A retry may be answered behind younger batches, as a repetition of what was stored.
    if (!isBehind(last, state.lastStored)) state.lastStored = last
    if (lastOffset > state.lastOffset) state.lastOffset = lastOffset
  }

  /** What becomes of a batch that a broker refused; may ask for the next epoch. */
  refused(partition: Partition, batch: SequencedBatch, refusal: BatchRefusal): Verdict {
    const state = this.of(partition)
    const isFirst = firstOf(state) === batch
    if (refusal.code === ErrorCode.UNKNOWN_PRODUCER_ID) {
      // Retention removed all that this producer wrote. Those behind the first fail likewise, and
      // have been counted anew by then.
      if (refusal.logStartOffset === -1) return 'fail'
      if (!batch.isSequenceReset && isFirst) this.#requestEpoch(state)
      return 'retry'
    }
    if (refusal.code === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) {
      if (isStoredBefore(state, batch)) return 'stored'
      if (isFirst && mayBeBehind(state, batch)) {
        batch.isAside = true
        return 'set-aside'
      }
      const isNext = isFirst && (hasAside(state) || batch.baseSequence === nextStored(state))
      // The gap may be a batch before this one that is still to be retried.
      if (!state.isUnresolved && (batch.isSequenceReset || !isNext)) return 'retry'
      if (isFirst) this.#requestEpoch(state)
      return 'retry'
    }
    return refusal.isRetriable ? 'retry' : 'fail'
  }

  /**
   * A batch failed for good. `isKnown` says that the broker surely did not store it: if nothing
   * before it is under way, what comes behind counts anew at once. Otherwise that has to wait until
   * those before have their outcome: counted anew, one that is stored would be stored twice.
   */
  failed(partition: Partition, batch: SequencedBatch, isKnown: boolean): void {
    if (batch.baseSequence < 0) return
    const state = this.of(partition)
    const isFirst = firstOf(state) === batch
    const isLast = state.inFlight.at(-1) === batch
    remove(state, batch)
    // With some set aside, those behind this one may still tell of them.
    if (isKnown && isFirst && (isLast || !hasAside(state))) {
      this.#requestEpoch(state)
      return
    }
    state.isUnresolved = true
    this.#hasUnresolved = true
  }

  /** A batch is replaced by its parts, which share its sequences. */
  split(partition: Partition, batch: SequencedBatch, parts: readonly SequencedBatch[]): void {
    if (batch.baseSequence < 0) return
    const state = this.of(partition)
    const at = state.inFlight.indexOf(batch)
    assert(parts.length > 1, 'a batch is split into parts')
    assert(at >= 0, 'what is split was under way')
    let sequence = batch.baseSequence
    for (const part of parts) {
      part.producerId = batch.producerId
      part.producerEpoch = batch.producerEpoch
      part.baseSequence = sequence
      part.isSequenceReset = batch.isSequenceReset
      sequence = sequenceAfter(sequence, part.recordsCount)
    }
    const end = sequenceAfter(batch.baseSequence, batch.recordsCount)
    assert(sequence === end, 'the parts take the sequences of the whole')
    state.inFlight.splice(at, 1, ...parts)
  }

  /**
   * Does what failures have asked for. True: the id has no epoch left, ask a broker for another.
   * To be called before batches are drained.
   */
  settle(): boolean {
    if (this.#hasUnresolved) this.#resolve()
    if (!this.#isBumpNeeded || !this.hasProducerId) return false
    this.#isBumpNeeded = false
    if (this.#producerEpoch >= epochMax) {
      this.#producerId = -1
      this.#producerEpoch = -1
      return true
    }
    this.#producerEpoch++
    this.#resetFlagged()
    return false
  }

  /** Nothing of the partition is under way: either all was stored, or there is a gap. */
  #resolve(): void {
    this.#hasUnresolved = false
    for (const state of this.#partitions.values()) {
      if (!state.isUnresolved) continue
      if (state.inFlight.length > 0) this.#hasUnresolved = true
      else if (nextStored(state) === state.next) state.isUnresolved = false
      else this.#requestEpoch(state)
    }
  }

  /** None of those under way is stored: those that were set aside are to be sent again, too. */
  #requestEpoch(state: PartitionSequences): void {
    for (const batch of state.inFlight) batch.isAside = false
    state.isToReset = true
    this.#isBumpNeeded = true
  }

  #resetFlagged(): void {
    assert(this.hasProducerId, 'sequences belong to a producer id')
    for (const state of this.#partitions.values()) {
      if (state.isToReset) this.#restart(state)
    }
  }

  /** Counts from 0 under the current epoch, what is under way included. */
  #restart(state: PartitionSequences): void {
    if (state.producerId !== this.#producerId) state.isKnownToBroker = false
    state.producerId = this.#producerId
    state.producerEpoch = this.#producerEpoch
    state.lastStored = -1
    state.isUnresolved = false
    state.isToReset = false
    let sequence = 0
    for (const batch of state.inFlight) {
      batch.producerId = state.producerId
      batch.producerEpoch = state.producerEpoch
      batch.baseSequence = sequence
      batch.isSequenceReset = true
      sequence = sequenceAfter(sequence, batch.recordsCount)
    }
    state.next = sequence
  }

  #isCurrent(state: PartitionSequences): boolean {
    return state.producerId === this.#producerId && state.producerEpoch === this.#producerEpoch
  }
}

/** Whether a sequence comes before another, -1 for none; they start again at 0 behind the last. */
function isBehind(sequence: number, other: number): boolean {
  if (other < 0) return false
  return (sequence - other + sequencesCount) % sequencesCount >= sequencesCount / 2
}

/** The sequence that a broker expects behind what it has stored. */
function nextStored(state: PartitionSequences): number {
  return state.lastStored < 0 ? 0 : sequenceAfter(state.lastStored, 1)
}

/** The first batch under way that is not set aside. */
function firstOf(state: PartitionSequences): SequencedBatch | undefined {
  return state.inFlight.find(({ isAside }) => !isAside)
}

/** Those that are set aside come before all others. */
function hasAside(state: PartitionSequences): boolean {
  return state.inFlight[0]?.isAside === true
}

/**
 * Whether the broker may be ahead of a batch that it calls out of order, as it has stored it. After
 * a start it may remember no more than the last batch of a producer (its snapshots hold no other),
 * and does not know those before it again. Counted anew, they would be stored twice. So it is asked
 * for those behind: the first that it takes, or knows, tells that all before it are stored; if it
 * knows not even the last, it has lost what came before them.
 */
function mayBeBehind(state: PartitionSequences, batch: SequencedBatch): boolean {
  if (!batch.isFateUnknown || batch.isSequenceReset) return false
  return state.inFlight.at(-1) !== batch
}

/** Whether one behind it is stored, and so it is as well; see {@link mayBeBehind}. */
function isStoredBefore(state: PartitionSequences, batch: SequencedBatch): boolean {
  if (!batch.isFateUnknown || batch.producerEpoch !== state.producerEpoch) return false
  const last = sequenceAfter(batch.baseSequence, batch.recordsCount - 1)
  return batch.producerId === state.producerId && isBehind(last, state.lastStored)
}

function remove(state: PartitionSequences, batch: SequencedBatch): void {
  const at = state.inFlight.indexOf(batch)
  assert(at >= 0, 'what has its outcome was under way')
  state.inFlight.splice(at, 1)
}
