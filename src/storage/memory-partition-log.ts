/**
 * One partition log of the memory store: batches in an array, with the offsets, epochs and answers
 * of the real one.
 */
import { assert } from '../base/assert.ts'
import { decodeControlRecord } from '../protocol/control-record.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import {
  batchAttributes,
  codecOf,
  decodeBatch,
  decodeBatchHeader,
  lastOffsetOf,
  offsetOf,
  type ReadBatchHeader,
  timestampOf,
} from '../protocol/record-batch.ts'
import {
  type AppendResult,
  type LogConfig,
  type LogProducer,
  type LogSegment,
  type PartitionLog,
  type ReadLimit,
  type SegmentDetail,
  type SegmentReplacement,
  StorageError,
  type StoredAbortedTransaction,
  type TimestampResult,
} from './log-store.ts'
import { producersOf } from './memory-producers.ts'
import { MemorySegmentReplacement } from './memory-segment-replacement.ts'
import { mustRoll, type SegmentStart, type StoredBatch, segmentsOf } from './memory-segments.ts'

/** What survives a close, and with the batches below `durableOffset` a crash too. */
export interface PartitionState {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  batches: StoredBatch[]
  /** Never empty; the last is the active segment's. */
  segments: SegmentStart[]
  /** In the order of their markers. */
  aborted: StoredAbortedTransaction[]
  logStartOffset: number
  /** Invariant: logStartOffset <= durableOffset <= log end offset. */
  durableOffset: number
}

/** What a log asks of the store around it. */
export interface LogOwner {
  /** Whether appends are flushed by themselves, in a later microtask. */
  readonly autoFlush: boolean
  /** The wall clock. */
  now(): number
  /** Empty while the directory is online. */
  offlineReason(): string
}

interface Waiter {
  readonly offset: number
  readonly resolve: () => void
  readonly reject: (cause: StorageError) => void
  readonly mayGiveUp: boolean
}

const nothingFound: TimestampResult = {
  offset: -1,
  timestamp: -1,
  leaderEpoch: -1,
  compressedBatch: undefined,
}

/** See the head of this file. */
export class MemoryPartitionLog implements PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly #state: PartitionState
  readonly #owner: LogOwner
  #config: LogConfig
  #leaderEpoch: number
  /** Invariant: durableOffset <= #highWatermark <= log end offset. */
  #highWatermark: number
  #waiters: Waiter[] = []
  #flushAsked = false
  #retired = false
  #isReplacing = false

  constructor(state: PartitionState, config: LogConfig, owner: LogOwner) {
    this.topic = state.topic
    this.partition = state.partition
    this.topicId = state.topicId
    this.#state = state
    this.#config = config
    this.#owner = owner
    this.#leaderEpoch = state.batches.at(-1)?.header.partitionLeaderEpoch ?? 0
    this.#highWatermark = state.durableOffset
    this.#cutSegments()
    this.#assertOrdered()
  }

  logStartOffset(): number {
    return this.#state.logStartOffset
  }

  durableOffset(): number {
    return this.#state.durableOffset
  }

  highWatermark(): number {
    return this.#highWatermark
  }

  /** Below the first batch of the oldest transaction that has no marker yet. */
  lastStableOffset(): number {
    return Math.min(this.#highWatermark, ...this.#openTransactions().values())
  }

  logEndOffset(): number {
    const last = this.#state.batches.at(-1)?.header
    const end = last === undefined ? 0 : lastOffsetOf(last) + 1
    return Math.max(end, this.#state.logStartOffset)
  }

  sizeBytes(): number {
    return this.#state.batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
  }

  online(): boolean {
    return this.#offlineReason() === ''
  }

  configure(config: LogConfig): void {
    assert(config.flushMessages >= 1, 'a flush is due after some message')
    this.#config = config
    this.#advance()
  }

  becomeLeader(leaderEpoch: number): void {
    assert(leaderEpoch >= this.#leaderEpoch, 'a leader epoch never falls')
    this.#leaderEpoch = leaderEpoch
  }

  append(batch: Uint8Array): AppendResult {
    this.#requireOnline()
    const decoded = decodeBatchHeader(batch)
    if (decoded.value === null) throw new StorageError(ErrorCode.CORRUPT_MESSAGE, decoded.error)
    assert(decoded.value.bytes === batch.length, 'one batch is appended at a time')
    const baseOffset = this.logEndOffset()
    const bytes = Uint8Array.from(batch)
    const view = new DataView(bytes.buffer)
    view.setBigInt64(0, BigInt(baseOffset))
    view.setInt32(12, this.#leaderEpoch)
    const header = { ...decoded.value, baseOffset, partitionLeaderEpoch: this.#leaderEpoch }
    if (mustRoll(this.#activeBatches(), { header, bytes }, this.#config)) this.#beginSegment()
    this.#noteAborted({ header, bytes })
    this.#state.batches.push({ header, bytes })
    this.#activeSegment().modifiedMs = this.#owner.now()
    this.#advance()
    this.#askFlush()
    const lastOffset = lastOffsetOf(header)
    assert(this.logEndOffset() === lastOffset + 1, 'an append ends the log')
    return { baseOffset, lastOffset, requiredHighWatermark: lastOffset + 1 }
  }

  committed(offset: number): Promise<void> {
    return this.#wait(offset, false)
  }

  passed(offset: number): Promise<void> {
    return this.#wait(offset, true)
  }

  giveUp(offset: number): void {
    const isLeft = (waiter: Waiter): boolean => waiter.mayGiveUp && waiter.offset === offset
    const left = this.#waiters.filter(isLeft)
    this.#waiters = this.#waiters.filter((waiter) => !isLeft(waiter))
    for (const { resolve } of left) resolve()
  }

  #wait(offset: number, mayGiveUp: boolean): Promise<void> {
    if (this.#highWatermark >= offset) return Promise.resolve()
    if (!this.online()) return Promise.reject(this.#offlineError())
    return new Promise((resolve, reject) => {
      this.#waiters.push({ offset, resolve, reject, mayGiveUp })
    })
  }

  async read(from: number, maxBytes: number, limit: ReadLimit): Promise<Uint8Array> {
    return this.#stored(from, maxBytes, limit)
  }

  readCached(from: number, maxBytes: number, limit: ReadLimit): Uint8Array {
    return this.#stored(from, maxBytes, limit)
  }

  #stored(from: number, maxBytes: number, limit: ReadLimit): Uint8Array {
    this.#requireOnline()
    const end = this.#limit(limit)
    if (from < this.logStartOffset() || from > this.logEndOffset()) throw this.#outOfRange(from)
    const parts: Uint8Array[] = []
    let size = 0
    for (const { header, bytes } of this.#state.batches) {
      if (lastOffsetOf(header) < from) continue
      if (lastOffsetOf(header) >= end) break
      if (parts.length > 0 && size + bytes.length > maxBytes) break
      parts.push(bytes)
      size += bytes.length
    }
    return Uint8Array.from(Buffer.concat(parts))
  }

  async lookupTimestamp(atLeast: number, limit: ReadLimit, from = 0): Promise<TimestampResult> {
    this.#requireOnline()
    return this.#lookup(limit, (timestamp) => timestamp >= atLeast, from)
  }

  async lookupMaxTimestamp(limit: ReadLimit, from = 0): Promise<TimestampResult> {
    this.#requireOnline()
    let found = nothingFound
    const isLarger = (timestamp: number) => timestamp > found.timestamp
    for (;;) {
      const larger = this.#lookup(limit, isLarger, from)
      if (larger.offset === -1) return found
      found = larger
    }
  }

  endOffsetOf(leaderEpoch: number): { readonly leaderEpoch: number; readonly endOffset: number } {
    const { batches } = this.#state
    const latest = batches.at(-1)?.header.partitionLeaderEpoch ?? -1
    if (leaderEpoch < 0 || leaderEpoch > latest) return { leaderEpoch: -1, endOffset: -1 }
    const later = batches.findIndex(({ header }) => header.partitionLeaderEpoch > leaderEpoch)
    const last = batches.at(later === -1 ? -1 : later - 1)
    const found = later === 0 ? leaderEpoch : (last?.header.partitionLeaderEpoch ?? -1)
    assert(found >= 0 && found <= leaderEpoch, 'leader epochs never fall along a log')
    return {
      leaderEpoch: found,
      endOffset: batches[later]?.header.baseOffset ?? this.logEndOffset(),
    }
  }

  leaderEpochAt(offset: number): number {
    const batch = this.#state.batches.find(({ header }) => lastOffsetOf(header) >= offset)
    return batch?.header.partitionLeaderEpoch ?? this.#leaderEpoch
  }

  async segments(): Promise<readonly LogSegment[]> {
    this.#requireOnline()
    return segmentsOf(this.#state.segments, this.#state.batches, this.logEndOffset())
  }

  segmentCount(): number {
    return this.#state.segments.length
  }

  async segmentDetail(baseOffset: number): Promise<SegmentDetail> {
    const [first] = this.#sealedBatches(baseOffset)
    // It has no index: nothing is searched in files.
    const none = { offsetIndexBytes: 0, timeIndexBytes: 0 }
    return { firstBatchTimestamp: first?.header.maxTimestamp ?? -1, ...none }
  }

  async segmentPosition(baseOffset: number, offset: number): Promise<number> {
    const before = this.#sealedBatches(baseOffset).filter(
      ({ header }) => lastOffsetOf(header) < offset,
    )
    return before.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  async readSegment(baseOffset: number, position: number, maxBytes: number): Promise<Uint8Array> {
    assert(position >= 0 && maxBytes >= 0, 'a piece begins in its segment')
    const stored = Buffer.concat(this.#sealedBatches(baseOffset).map(({ bytes }) => bytes))
    return Uint8Array.from(stored.subarray(position, position + maxBytes))
  }

  producers(): readonly LogProducer[] {
    return producersOf(this.#state.batches)
  }

  async roll(): Promise<number> {
    this.#requireOnline()
    if (this.logEndOffset() > this.#activeSegment().baseOffset) this.#beginSegment()
    return this.#activeSegment().baseOffset
  }

  async replaceSegments(baseOffset: number, endOffset: number): Promise<SegmentReplacement> {
    this.#requireOnline()
    const { segments } = this.#state
    const first = segments.findIndex((segment) => segment.baseOffset === baseOffset)
    const behind = segments.findIndex((segment) => segment.baseOffset === endOffset)
    if (first < 0 || behind <= first) throw refused('no sealed segments hold the offsets')
    if (endOffset > this.lastStableOffset())
      throw refused('they reach above the last stable offset')
    if (this.#isReplacing) throw refused('others of this log are being replaced')
    this.#isReplacing = true
    const replaced = segments.slice(first, behind)
    return new MemorySegmentReplacement(baseOffset, endOffset, {
      commit: (batches, aborted) => this.#swap(replaced, endOffset, batches, aborted),
      ended: () => {
        this.#isReplacing = false
      },
    })
  }

  abortedTransactions(baseOffset: number, endOffset: number): readonly StoredAbortedTransaction[] {
    return this.#state.aborted.filter(
      ({ lastOffset }) => lastOffset >= baseOffset && lastOffset < endOffset,
    )
  }

  async truncateTo(offset: number): Promise<number> {
    this.#requireOnline()
    const state = this.#state
    state.batches = state.batches.filter(({ header }) => lastOffsetOf(header) < offset)
    state.durableOffset = Math.min(state.durableOffset, this.logEndOffset())
    this.#highWatermark = Math.min(this.#highWatermark, state.durableOffset)
    assert(this.logEndOffset() <= Math.max(offset, state.logStartOffset), 'the cut was made')
    this.#cutSegments()
    this.#assertOrdered()
    return this.logEndOffset()
  }

  async deleteUpTo(offset: number): Promise<number> {
    this.#requireOnline()
    const state = this.#state
    state.logStartOffset = Math.max(state.logStartOffset, Math.min(offset, this.#highWatermark))
    const start = state.logStartOffset
    state.batches = state.batches.filter(({ header }) => lastOffsetOf(header) >= start)
    const kept = state.segments.findLastIndex(({ baseOffset }) => baseOffset <= start)
    state.segments = state.segments.slice(Math.max(kept, 0))
    const oldest = state.segments[0]?.baseOffset ?? start
    state.aborted = state.aborted.filter(({ lastOffset }) => lastOffset >= oldest)
    state.durableOffset = Math.max(state.durableOffset, state.logStartOffset)
    this.#assertOrdered()
    return state.logStartOffset
  }

  async flush(): Promise<number> {
    this.#requireOnline()
    this.#state.durableOffset = this.logEndOffset()
    this.#advance()
    assert(this.#highWatermark >= this.#state.durableOffset, 'what is durable is committed')
    return this.#state.durableOffset
  }

  /** Ends the log, when it is deleted or set aside. */
  retire(): void {
    assert(!this.#retired, 'a log is retired once')
    this.#retired = true
    this.fail()
  }

  /** Rejects all who wait, when the directory has gone offline. */
  fail(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(this.#offlineError())
  }

  #activeSegment(): SegmentStart {
    const active = this.#state.segments.at(-1)
    assert(active !== undefined, 'a log has an active segment')
    return active
  }

  /** Where each transaction without a marker begins, by producer. */
  #openTransactions(): Map<number, number> {
    const open = new Map<number, number>()
    for (const { header, bytes } of this.#state.batches) {
      if ((header.attributes & batchAttributes.transactional) === 0) continue
      if (endMarker(header, bytes) !== undefined) open.delete(header.producerId)
      else if (!open.has(header.producerId)) open.set(header.producerId, header.baseOffset)
    }
    return open
  }

  /** A batch is about to be stored: it may end a transaction. */
  #noteAborted({ header, bytes }: StoredBatch): void {
    if (endMarker(header, bytes) !== 'abort') return
    const open = this.#openTransactions()
    const firstOffset = open.get(header.producerId)
    if (firstOffset === undefined) return
    open.delete(header.producerId)
    const lastOffset = lastOffsetOf(header)
    const lastStableOffset = Math.min(lastOffset + 1, ...open.values())
    const { producerId } = header
    this.#state.aborted.push({ producerId, firstOffset, lastOffset, lastStableOffset })
  }

  #swap(
    replaced: readonly SegmentStart[],
    endOffset: number,
    batches: readonly StoredBatch[],
    aborted: readonly StoredAbortedTransaction[],
  ): boolean {
    this.#requireOnline()
    const state = this.#state
    const [front] = replaced
    assert(front !== undefined, 'something is replaced')
    const first = state.segments.indexOf(front)
    const isThere = replaced.every((segment, i) => state.segments[first + i] === segment)
    const behind = state.segments[first + replaced.length]?.baseOffset
    if (first < 0 || !isThere || behind !== endOffset) return false
    const { baseOffset } = front
    const around = state.batches.filter(
      ({ header }) => header.baseOffset < baseOffset || header.baseOffset >= endOffset,
    )
    const start = { baseOffset, modifiedMs: this.#owner.now() }
    state.segments = state.segments.toSpliced(first, replaced.length, start)
    state.batches = [...around, ...batches].sort(
      (a, b) => a.header.baseOffset - b.header.baseOffset,
    )
    const outside = ({ lastOffset }: StoredAbortedTransaction): boolean =>
      lastOffset < baseOffset || lastOffset >= endOffset
    state.aborted = [...state.aborted.filter(outside), ...aborted].sort(
      (a, b) => a.lastOffset - b.lastOffset,
    )
    return true
  }

  /** Of the sealed segment that begins there. */
  #sealedBatches(baseOffset: number): StoredBatch[] {
    this.#requireOnline()
    const { segments, batches } = this.#state
    const at = segments.findIndex((segment) => segment.baseOffset === baseOffset)
    const end = segments[at + 1]?.baseOffset
    if (at < 0 || end === undefined) throw this.#outOfRange(baseOffset)
    return batches.filter(
      ({ header }) => header.baseOffset >= baseOffset && header.baseOffset < end,
    )
  }

  #activeBatches(): StoredBatch[] {
    const { baseOffset } = this.#activeSegment()
    return this.#state.batches.filter(({ header }) => header.baseOffset >= baseOffset)
  }

  #beginSegment(): void {
    const baseOffset = this.logEndOffset()
    assert(baseOffset > this.#activeSegment().baseOffset, 'an empty segment is not sealed')
    this.#state.segments.push({ baseOffset, modifiedMs: this.#owner.now() })
  }

  /** What began behind the log's end is gone. */
  #cutSegments(): void {
    const end = this.logEndOffset()
    this.#state.segments = this.#state.segments.filter(({ baseOffset }) => baseOffset <= end)
    this.#state.aborted = this.#state.aborted.filter(({ lastOffset }) => lastOffset < end)
    this.#activeSegment()
  }

  #assertOrdered(): void {
    const { logStartOffset, durableOffset } = this.#state
    assert(logStartOffset <= durableOffset, 'what is below the log start counts as durable')
    assert(durableOffset <= this.#highWatermark, 'what is durable is committed')
    assert(this.#highWatermark <= this.logEndOffset(), 'the high watermark is within the log')
  }

  /** The most that `flush.messages` allows above the durable offset, rounded down to a batch. */
  #advance(): void {
    const bound = this.#state.durableOffset + this.#config.flushMessages - 1
    const allowed = this.#state.batches.findLast(({ header }) => lastOffsetOf(header) < bound)
    const end = allowed === undefined ? 0 : lastOffsetOf(allowed.header) + 1
    this.#highWatermark = Math.max(this.#highWatermark, this.#state.durableOffset, end)
    this.#assertOrdered()
    const ready = this.#waiters.filter((waiter) => waiter.offset <= this.#highWatermark)
    this.#waiters = this.#waiters.filter((waiter) => waiter.offset > this.#highWatermark)
    for (const waiter of ready) waiter.resolve()
  }

  /** One flush takes all that was appended until it runs. */
  #askFlush(): void {
    if (!this.#owner.autoFlush || this.#flushAsked) return
    this.#flushAsked = true
    queueMicrotask(() => {
      this.#flushAsked = false
      if (this.online()) void this.flush()
    })
  }

  #lookup(limit: ReadLimit, wanted: (timestamp: number) => boolean, from = 0): TimestampResult {
    const end = this.#limit(limit)
    const start = Math.max(from, this.logStartOffset())
    for (const { header, bytes } of this.#state.batches) {
      if (lastOffsetOf(header) >= end) break
      if (lastOffsetOf(header) < start) continue
      const leaderEpoch = header.partitionLeaderEpoch
      if (codecOf(header) !== 0) {
        if (!wanted(header.maxTimestamp)) continue
        const { baseOffset, maxTimestamp: timestamp } = header
        const offset = Math.max(baseOffset, start)
        return { offset, timestamp, leaderEpoch, compressedBatch: bytes }
      }
      const batch = decodeBatch(bytes).value
      assert(batch !== null, 'a stored batch is whole')
      for (const record of batch.records) {
        const timestamp = timestampOf(batch, record)
        const offset = offsetOf(batch, record)
        if (offset < start || !wanted(timestamp)) continue
        return { offset, timestamp, leaderEpoch, compressedBatch: undefined }
      }
    }
    return nothingFound
  }

  #limit(limit: ReadLimit): number {
    if (limit === 'logEndOffset') return this.logEndOffset()
    return limit === 'highWatermark' ? this.#highWatermark : this.lastStableOffset()
  }

  #requireOnline(): void {
    if (!this.online()) throw this.#offlineError()
  }

  #offlineReason(): string {
    const name = `${this.topic}-${this.partition}`
    return this.#retired ? `${name} is not in service any more` : this.#owner.offlineReason()
  }

  #offlineError(): StorageError {
    const code = this.#retired ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.KAFKA_STORAGE_ERROR
    return new StorageError(code, this.#offlineReason())
  }

  #outOfRange(offset: number): StorageError {
    const name = `${this.topic}-${this.partition}`
    return new StorageError(
      ErrorCode.OFFSET_OUT_OF_RANGE,
      `offset ${offset} is not in ${name}, which holds ${this.logStartOffset()} ` +
        `to ${this.logEndOffset()}`,
    )
  }
}

function refused(why: string): StorageError {
  return new StorageError(ErrorCode.INVALID_REQUEST, `segments cannot be replaced: ${why}`)
}

/** How the batch ends its producer's transaction, if it does. */
function endMarker(header: ReadBatchHeader, bytes: Uint8Array): 'abort' | 'commit' | undefined {
  if ((header.attributes & batchAttributes.control) === 0) return undefined
  const record = decodeBatch(bytes).value?.records[0]
  const control = record === undefined ? null : decodeControlRecord(record).value
  return control?.name === 'abort' || control?.name === 'commit' ? control.name : undefined
}
