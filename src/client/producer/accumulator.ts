import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { BatchBuilder, builderSlackBytes, memoryForRecord } from '../../record/batch-builder.ts'
import { BatchReader } from '../../record/batch-reader.ts'
import type { HeaderPair } from '../../record/headers.ts'
import type { Payload } from '../../record/record.ts'
import { Deliveries } from './delivery.ts'
import { type DrainBounds, drain, dueAtMs } from './drain.ts'
import { MemoryPool } from './memory-pool.ts'
import type { PartitionBatches } from './partition-batches.ts'
import { ProducerBatch } from './producer-batch.ts'

/** Sizes in bytes, times in ms. */
export interface AccumulatorOptions {
  readonly batchSize: number
  readonly lingerMs: number
  readonly bufferMemory: number
}

/** A record as it goes into a batch. */
export interface PreparedRecord {
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Payload | null
  readonly value: Payload | null
  readonly headers: readonly HeaderPair[]
}

/**
 * The records that wait to be sent: per partition a queue of batches, per node the partitions that
 * it leads. It knows no socket and no promise.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #pool: MemoryPool
  /** Partitions with batches, by the node that leads them; each in the order of its next turn. */
  readonly #nodes = new Map<number, PartitionBatches[]>()
  readonly #unsettled = new Set<ProducerBatch>()
  /** While above 0 everything that waits is due. */
  #urgent = 0
  /** Somebody waits for memory: everything that waits is due, as that gives memory back. */
  isShort = false

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.#pool = new MemoryPool(options.bufferMemory, options.batchSize)
  }

  /** Bytes of the buffer that are in use. */
  get usedBytes(): number {
    return this.#pool.usedBytes
  }

  /** Batches that have no outcome yet, in requests or waiting; read it, it changes. */
  get unsettled(): ReadonlySet<ProducerBatch> {
    return this.#unsettled
  }

  /** Nodes for which batches wait; -1 stands for partitions without a known leader. */
  get nodes(): readonly number[] {
    return [...this.#nodes.keys()]
  }

  /** Bytes of the buffer that a record takes at most where it opens a batch. */
  static memoryFor(record: PreparedRecord): number {
    return memoryForRecord(record.key, record.value, record.headers)
  }

  /** Whether a record of so many bytes, see {@link memoryFor}, finds memory for a batch. */
  hasRoomFor(bytes: number): boolean {
    return this.#pool.usedBytes + this.#pool.sizeFor(bytes) <= this.#pool.bytesMax
  }

  /** Adds a record to the last batch of its partition, or to a new one. Undefined: no memory. */
  append(
    partition: PartitionBatches,
    record: PreparedRecord,
    clock: Clock,
  ): ProducerBatch | undefined {
    const open = partition.open
    if (open !== undefined && this.#fill(open.builder, record)) return open
    const bytes = memoryForRecord(record.key, record.value, record.headers)
    const memory = this.#pool.take(bytes)
    if (memory === undefined) return undefined
    if (open !== undefined) open.isFull = true
    const place = partition.nextPlace()
    const builder = new BatchBuilder(memory)
    const batch = new ProducerBatch(
      partition,
      builder,
      new Deliveries(),
      clock.monotonicMs(),
      place,
    )
    const { timestamp, key, value, headers } = record
    const isIn = builder.append(timestamp, key, value, headers)
    assert(isIn, 'a new batch has room for its first record')
    // Memory of a size of its own was taken for one record, which alone may pass the batch size.
    batch.isFull = memory.length > this.#pool.pieceBytesMax
    this.#unsettled.add(batch)
    if (partition.length === 0) this.#activate(partition)
    partition.push(batch)
    return batch
  }

  /** From now on everything that waits is due, until {@link calm} was called as often. */
  hurry(): void {
    this.#urgent++
  }

  /** Takes one {@link hurry} back. */
  calm(): void {
    assert(this.#urgent > 0, 'calm comes after hurry')
    this.#urgent--
  }

  /** The partition's leader changed: its batches go to another node. */
  moveTo(partition: PartitionBatches, leaderId: number): void {
    if (partition.leaderId === leaderId) return
    if (partition.length > 0) {
      const former = this.#nodes.get(partition.leaderId) ?? []
      assert(former.includes(partition), 'what waits is listed under its leader')
      this.#setWaiting(
        partition.leaderId,
        former.filter((other) => other !== partition),
      )
    }
    partition.leaderId = leaderId
    if (partition.length > 0) this.#activate(partition)
  }

  /** When a batch for the node is due: 0 for at once, Infinity where nothing is to be awaited. */
  dueAtMs(nodeId: number, mayTake: (batch: ProducerBatch) => boolean): number {
    const urgency = { lingerMs: this.#options.lingerMs, isUrgent: this.#urgent > 0 || this.isShort }
    let due = Infinity
    for (const partition of this.#nodes.get(nodeId) ?? []) {
      due = Math.min(due, dueAtMs(partition, urgency, mayTake))
      if (due === 0) break
    }
    return due
  }

  /** Takes the batches of the next request to a node. */
  drain(nodeId: number, bounds: DrainBounds): readonly ProducerBatch[] {
    const { batches, waiting } = drain(this.#nodes.get(nodeId) ?? [], bounds)
    assert(waiting.length <= (this.#nodes.get(nodeId)?.length ?? 0), 'nobody waits twice')
    this.#setWaiting(nodeId, waiting)
    return batches
  }

  /** Puts a batch back that is to be sent again from `retryAtMs` on. */
  restore(batch: ProducerBatch, retryAtMs: number): void {
    assert(!batch.isDone && !batch.isOnWire, 'a retry has been answered and has no outcome')
    batch.retryAtMs = retryAtMs
    if (batch.owner.length === 0) this.#activate(batch.owner)
    batch.owner.restore(batch)
  }

  /** Takes out the batches that `isOver` names. */
  removeWhere(isOver: (batch: ProducerBatch) => boolean): readonly ProducerBatch[] {
    const removed: ProducerBatch[] = []
    for (const [nodeId, partitions] of this.#nodes) {
      const before = removed.length
      for (const partition of partitions) removed.push(...partition.removeWhere(isOver))
      if (removed.length === before) continue
      this.#setWaiting(
        nodeId,
        partitions.filter((partition) => partition.length > 0),
      )
    }
    return removed
  }

  /** Creation time of the oldest batch that waits, or Infinity. */
  oldestMs(): number {
    let oldest = Infinity
    for (const partitions of this.#nodes.values()) {
      for (const { head } of partitions)
        if (head !== undefined) oldest = Math.min(oldest, head.createdMs)
    }
    return oldest
  }

  /** The batch has its outcome: its memory is free, for another batch if no socket has it. */
  settled(batch: ProducerBatch): void {
    assert(!batch.isDone, 'a batch is settled once')
    batch.isDone = true
    const wasUnsettled = this.#unsettled.delete(batch)
    assert(wasUnsettled, 'what is settled was accepted')
    assert(batch.writes >= 0, 'a write ends once')
    if (batch.writes > 0 || batch.isOnWire) this.#pool.forget(batch.builder.memory)
    else this.#pool.give(batch.builder.memory)
  }

  /**
   * Cuts a batch of more than one record into parts of about half its size, which take its place.
   * They are accepted already, so the bound of the buffer does not hold for them.
   */
  split(batch: ProducerBatch): readonly ProducerBatch[] {
    assert(batch.recordsCount > 1, 'only what has more than one record is split')
    const bytes = batch.builder.copy()
    const reader = new BatchReader()
    reader.open(bytes)
    const half = Math.ceil(batch.recordsCount / 2)
    const counts = [half, batch.recordsCount - half]
    const deliveries = batch.deliveries.split(counts)
    const span = batch.span / counts.length
    const parts = counts.map((count, at) => {
      const builder = new BatchBuilder(this.#pool.takeAnyway(bytes.length + builderSlackBytes))
      for (let i = 0; i < count; i++) {
        const isThere = reader.next()
        assert(isThere, 'the batch holds what was put in')
        const { timestamp, key, value, headers } = reader
        const pairs = headers.map((header) => [header.key, header.value] as const)
        const isIn = builder.append(timestamp, key, value, pairs)
        assert(isIn, 'a part is smaller than the whole')
      }
      const place = { ordinal: batch.ordinal + at * span, span }
      const its = deliveries[at] ?? new Deliveries()
      const part = new ProducerBatch(batch.owner, builder, its, batch.createdMs, place)
      part.isFull = true
      part.attempts = batch.attempts
      return part
    })
    const isLeft = reader.next()
    assert(!isLeft, 'each record is in a part')
    for (const part of parts) this.#unsettled.add(part)
    this.settled(batch)
    return parts
  }

  /** Adds to a batch, which grows up to its largest size. */
  #fill(builder: BatchBuilder, record: PreparedRecord): boolean {
    const { timestamp, key, value, headers } = record
    while (!builder.append(timestamp, key, value, headers)) {
      const size = this.#pool.sizeAbove(builder.memory.length)
      const memory = size === undefined ? undefined : this.#pool.take(size)
      if (memory === undefined) return false
      assert(memory.length > builder.memory.length, 'a batch moves to a larger piece')
      this.#pool.give(builder.moveTo(memory))
    }
    return true
  }

  #activate(partition: PartitionBatches): void {
    const waiting = this.#nodes.get(partition.leaderId)
    if (waiting === undefined) this.#nodes.set(partition.leaderId, [partition])
    else waiting.push(partition)
  }

  #setWaiting(nodeId: number, waiting: PartitionBatches[]): void {
    if (waiting.length === 0) this.#nodes.delete(nodeId)
    else this.#nodes.set(nodeId, waiting)
  }
}
