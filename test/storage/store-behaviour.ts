/** What every implementation of the {@link LogStore} port must do, as tests. */
import { afterEach, describe, expect, it } from 'vitest'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../src/metadata/config/topic-settings.ts'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import {
  type BatchCompression,
  type BatchHeader,
  batchAttributes,
  decodeBatches,
  encodeBatch,
  newBatch,
} from '../../src/protocol/record-batch.ts'
import {
  type LogConfig,
  type LogStore,
  type PartitionLog,
  StorageError,
} from '../../src/storage/log-store.ts'

/** One directory of an implementation. */
export interface StoreUnderTest {
  /** Opens the directory, as it was left. */
  open(): Promise<LogStore>
  /** The process dies with the store open: the next `open` sees what a start after it sees. */
  crash(store: LogStore): Promise<void>
  /** Makes the next write of the open log fail, so that the directory goes offline. */
  breakDisk(store: LogStore, log: PartitionLog): Promise<void>
  /** Ends everything and removes what is left. */
  dispose(): Promise<void>
}

/** Two topic ids. */
export const topicId = 'aaaaRZyoQ_y_biQ5m6sOVA'
export const otherTopicId = 'bbbbRZyoQ_y_biQ5m6sOVA'
const identity = { clusterId: 'cccc-ZyoQ_y_biQ5m6sOVA', nodeId: 1, directoryId: topicId }
/** More bytes than any log here has. */
export const everything: number = 1 << 20

/** The settings of a topic without any of its own: flush.messages=1. */
export function settings(change: Partial<LogConfig> = {}): LogConfig {
  return { ...topicSettings(new Map(), new BrokerConfig()), ...change }
}

/** A codec that leaves the bytes as they are: to a store it is one like any other. */
const unchanged: BatchCompression = {
  compress: (_codec, bytes) => bytes,
  decompress: (_codec, bytes) => bytes,
}

/** A batch with one record for each timestamp. */
export function batchOf(timestamps: readonly number[], header?: Partial<BatchHeader>): Uint8Array {
  const value = Buffer.from('value')
  const records = timestamps.map((timestamp) => ({ timestamp, key: null, value }))
  return encodeBatch(newBatch(records, header), unchanged)
}

/** Appends and waits until it is committed. */
export async function commit(log: PartitionLog, bytes = batchOf([1])): Promise<number> {
  const { baseOffset, requiredHighWatermark } = log.append(bytes)
  await log.committed(requiredHighWatermark)
  return baseOffset
}

/** Segments of three batches of one record. */
export const inThrees: LogConfig = settings({ segmentBytes: 3 * batchOf([1]).length })

/** Where each segment begins, and where the last one ends. */
async function boundsOf(log: PartitionLog): Promise<readonly number[]> {
  const segments = await log.segments()
  return [...segments.map(({ baseOffset }) => baseOffset), segments.at(-1)?.nextOffset ?? -1]
}

async function offsetsIn(log: PartitionLog): Promise<readonly number[]> {
  const bytes = await log.read(log.logStartOffset(), everything, 'logEndOffset')
  const { value, error } = decodeBatches(bytes)
  expect(error).toBeNull()
  return value?.batches.map(({ baseOffset }) => baseOffset) ?? []
}

const isBytes =
  (...expected: readonly number[]) =>
  (bytes: Uint8Array | undefined) =>
    bytes !== undefined && Buffer.from(expected).equals(bytes)

/** What a rejection with that code of Kafka's is. */
export const storageError = (code: number): object => ({ name: 'StorageError', code })

/** Registers the tests; `create` makes a fresh directory for each. */
export function describeLogStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let directory: StoreUnderTest
    afterEach(() => directory.dispose())

    async function started(config = settings()) {
      directory = await create()
      const store = await directory.open()
      return { store, log: await store.openPartition('t', 0, topicId, config) }
    }

    describeLog(started)
    describeCuts(started)

    it('tells how much room its disk has, and how much of it is free', async () => {
      const { store } = await started()
      expect(store.freeBytes()).toBeGreaterThan(0)
      expect(store.totalBytes()).toBeGreaterThanOrEqual(store.freeBytes())
    })

    it('keeps identity, partitions, records and files over a clean restart', async () => {
      const { store, log } = await started()
      await store.format(identity)
      for (let i = 0; i < 3; i++) await commit(log, batchOf([i, i]))
      await store.writeFile('note', Uint8Array.of(1, 2))
      const before = await log.read(0, everything, 'highWatermark')
      await store.close()
      const again = await directory.open()
      expect(again.recoveryReport()).toMatchObject({ clean: true, bytesScanned: 0 })
      expect(again.metaProperties()).toEqual(identity)
      expect(again.partitionsOnDisk()).toMatchObject([{ topic: 't', partition: 0, topicId }])
      const reopened = await again.openPartition('t', 0, topicId, settings())
      const offsets = [reopened.highWatermark(), reopened.durableOffset(), reopened.logEndOffset()]
      expect(offsets).toEqual([6, 6, 6])
      expect(await reopened.read(0, everything, 'highWatermark')).toEqual(before)
      expect(await again.readFile('note')).toSatisfy(isBytes(1, 2))
      expect(await commit(reopened)).toBe(6)
    })

    it('keeps what was committed when the process dies', async () => {
      const { store, log } = await started()
      for (let i = 0; i < 5; i++) await commit(log)
      await directory.crash(store)
      const again = await directory.open()
      expect(again.recoveryReport().clean).toBe(false)
      const reopened = await again.openPartition('t', 0, topicId, settings())
      expect(await offsetsIn(reopened)).toEqual([0, 1, 2, 3, 4])
      expect(reopened.highWatermark()).toBe(5)
      expect(await commit(reopened)).toBe(5)
    })

    it('keeps its segments and what was deleted of them over any restart', async () => {
      const { store, log } = await started(inThrees)
      for (let i = 0; i < 8; i++) await commit(log, batchOf([i]))
      await log.roll()
      expect(await boundsOf(log)).toEqual([0, 3, 6, 8, 8])
      await log.deleteUpTo(3)
      await directory.crash(store)
      const second = await directory.open()
      const crashed = await second.openPartition('t', 0, topicId, inThrees)
      expect(crashed.logStartOffset()).toBe(3)
      const bounds = await boundsOf(crashed)
      expect(bounds.slice(0, 2)).toEqual([3, 6])
      await crashed.deleteUpTo(8)
      await second.close()
      const third = await directory.open()
      const closed = await third.openPartition('t', 0, topicId, inThrees)
      expect([closed.logStartOffset(), closed.logEndOffset()]).toEqual([8, 8])
      expect(await commit(closed)).toBe(8)
    })

    it('opens a partition once, whoever asks, and none of another topic by its name', async () => {
      const { store, log } = await started()
      const both = [1, 2].map(() => store.openPartition('u', 3, topicId, settings()))
      const [one, two] = await Promise.all(both)
      expect(one).toBe(two)
      expect(store.find('u', 3)).toBe(one)
      expect(await store.openPartition('t', 0, topicId, settings())).toBe(log)
      const other = store.openPartition('t', 0, otherTopicId, settings())
      await expect(other).rejects.toMatchObject(storageError(ErrorCode.INCONSISTENT_TOPIC_ID))
      expect(store.find('t', 1)).toBeUndefined()
    })

    it('takes deleted and set aside partitions out of service at once', async () => {
      const { store, log } = await started()
      const aside = await store.openPartition('aside', 0, topicId, settings())
      await commit(log)
      await commit(aside)
      await store.deletePartition('t', 0)
      await store.setAside('aside', 0)
      await store.setAside('never', 0)
      for (const gone of [log, aside]) {
        expect(store.find(gone.topic, 0)).toBeUndefined()
        expect(gone.online()).toBe(false)
        expect(() => gone.append(batchOf([1]))).toThrow(StorageError)
        await expect(gone.read(0, everything, 'highWatermark')).rejects.toThrow(StorageError)
      }
      const anew = await store.openPartition('t', 0, otherTopicId, settings())
      expect(anew.logEndOffset()).toBe(0)
      await commit(anew)
      await store.close()
      const again = await directory.open()
      expect(again.partitionsOnDisk()).toMatchObject([{ topic: 't', topicId: otherTopicId }])
    })

    it('keeps small files by folder', async () => {
      const { store, log } = await started()
      await commit(log)
      const bytes = Uint8Array.of(1, 2)
      await store.writeFile('top', bytes)
      await store.writeFile('t-0/inside', bytes)
      bytes[0] = 9
      expect(await store.readFile('top')).toSatisfy(isBytes(1, 2))
      expect(await store.listFiles('')).toContain('top')
      expect(await store.listFiles('t-0')).toContain('inside')
      expect(await store.listFiles('nowhere')).toEqual([])
      await store.removeFile('top')
      expect(await store.readFile('top')).toBeUndefined()
      expect(await store.readFile('nowhere/at/all')).toBeUndefined()
    })

    it('goes offline at the first failed write and tells everybody', async () => {
      const { store, log } = await started()
      await commit(log)
      const heard: string[] = []
      const listen = (): void => store.onOffline((reason) => heard.push(reason))
      listen()
      listen()
      expect(store.offlineReason()).toBe('')
      const refused = expect.objectContaining(storageError(ErrorCode.KAFKA_STORAGE_ERROR))
      const expectation = expect(log.committed(1000)).rejects.toEqual(refused)
      await directory.breakDisk(store, log)
      await expectation
      await expect.poll(() => heard).toHaveLength(2)
      listen()
      expect(heard).toEqual(Array(3).fill(store.offlineReason()))
      expect(log.online()).toBe(false)
      expect(() => log.append(batchOf([1]))).toThrow(refused)
      await expect(log.read(0, everything, 'highWatermark')).rejects.toEqual(refused)
      await expect(log.committed(1001)).rejects.toEqual(refused)
      await expect(store.openPartition('u', 0, topicId, settings())).rejects.toEqual(refused)
    })

    it('finishes what was asked for before a close, and refuses what comes after', async () => {
      const { store, log } = await started()
      const flushed = [log.append(batchOf([1, 2])), log.flush()] as const
      const closed = store.close()
      expect(await flushed[1]).toBe(2)
      await closed
      await store.close()
      const refused = expect.objectContaining(storageError(ErrorCode.KAFKA_STORAGE_ERROR))
      expect(() => log.append(batchOf([1]))).toThrow(refused)
      await expect(log.read(0, everything, 'highWatermark')).rejects.toEqual(refused)
      await expect(log.flush()).rejects.toEqual(refused)
      await expect(log.committed(99)).rejects.toEqual(refused)
      await expect(store.openPartition('t', 0, topicId, settings())).rejects.toEqual(refused)
      await expect(store.checkpoint()).rejects.toEqual(refused)
      await expect(store.writeFile('x', Uint8Array.of(1))).rejects.toEqual(refused)
    })
  })
}

type Started = (config?: LogConfig) => Promise<{ store: LogStore; log: PartitionLog }>

function describeLog(started: Started): void {
  it('assigns offsets and the leader epoch, and leaves the given bytes alone', async () => {
    const { log } = await started()
    log.becomeLeader(4)
    const bytes = batchOf([10, 20])
    const before = Uint8Array.from(bytes)
    expect(log.append(bytes)).toEqual({ baseOffset: 0, lastOffset: 1, requiredHighWatermark: 2 })
    expect(log.append(bytes)).toEqual({ baseOffset: 2, lastOffset: 3, requiredHighWatermark: 4 })
    expect(bytes).toEqual(before)
    await log.committed(4)
    const stored = decodeBatches(await log.read(0, everything, 'highWatermark')).value
    expect(stored?.batches.map((batch) => [batch.baseOffset, batch.partitionLeaderEpoch])).toEqual([
      [0, 4],
      [2, 4],
    ])
    expect(log.sizeBytes()).toBe(2 * bytes.length)
  })

  it('refuses bytes that are not one whole batch', async () => {
    const { log } = await started()
    expect(() => log.append(new Uint8Array(10))).toThrow(Error)
    expect(() => log.append(new Uint8Array(0))).toThrow(Error)
    expect(() => log.append(Buffer.concat([batchOf([1]), batchOf([2])]))).toThrow(Error)
    expect(() => log.append(batchOf([1]).subarray(0, -1))).toThrow(Error)
    expect(log.logEndOffset()).toBe(0)
  })

  it('commits in order, many at once', async () => {
    const { log } = await started()
    const order: number[] = []
    const waiting = Array.from({ length: 200 }, (_, i) => {
      const { requiredHighWatermark } = log.append(batchOf([i]))
      return log.committed(requiredHighWatermark).then(() => order.push(i))
    })
    await Promise.all(waiting)
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect([log.highWatermark(), log.durableOffset()]).toEqual([200, 200])
    await log.committed(0)
    await log.committed(200)
  })

  it('commits at once where no flush is asked for', async () => {
    const { log } = await started(settings({ flushMessages: Number.POSITIVE_INFINITY }))
    log.append(batchOf([1, 2, 3]))
    expect(log.highWatermark()).toBe(3)
    expect(await log.flush()).toBe(3)
    expect(log.durableOffset()).toBe(3)
  })

  it('reads whole batches from the one that holds the offset, the first one always', async () => {
    const { log } = await started()
    const size = batchOf([1, 2]).length
    for (let i = 0; i < 4; i++) await commit(log, batchOf([1, 2]))
    const at = async (from: number, maxBytes: number) =>
      decodeBatches(await log.read(from, maxBytes, 'highWatermark')).value?.batches.map(
        ({ baseOffset }) => baseOffset,
      )
    expect(await at(0, everything)).toEqual([0, 2, 4, 6])
    expect(await at(3, 2 * size)).toEqual([2, 4])
    expect(await at(5, 1)).toEqual([4])
    expect(await at(8, everything)).toEqual([])
    for (const outside of [-1, 9]) {
      const read = log.read(outside, everything, 'highWatermark')
      await expect(read).rejects.toMatchObject(storageError(ErrorCode.OFFSET_OUT_OF_RANGE))
    }
  })

  it('holds the last stable offset at the oldest open transaction', async () => {
    const { log } = await started()
    const transactional = (producerId: number, sequence: number) =>
      batchOf([1, 2], {
        attributes: batchAttributes.transactional,
        producerId,
        producerEpoch: 0,
        baseSequence: sequence,
      })
    const end = { name: 'abort', value: { version: 0, coordinatorEpoch: 0 } } as const
    const { key, value } = encodeControlRecord(end as never)
    const marker = encodeBatch(
      newBatch([{ timestamp: 1, key, value }], {
        attributes: batchAttributes.transactional | batchAttributes.control,
        producerId: 7,
        producerEpoch: 0,
      }),
    )
    await commit(log)
    await commit(log, transactional(7, 0))
    await commit(log, transactional(8, 0))
    expect([log.lastStableOffset(), log.highWatermark()]).toEqual([1, 5])
    const stable = await log.read(0, everything, 'lastStableOffset')
    expect(decodeBatches(stable).value?.batches.length).toBe(1)
    await commit(log, marker)
    expect(log.lastStableOffset()).toBe(3)
  })

  it('finds records by timestamp', async () => {
    const { log } = await started()
    await commit(log, batchOf([100, 300]))
    await commit(log, batchOf([200]))
    await commit(log, batchOf([400, 500], { attributes: 1 }))
    const found = await log.lookupTimestamp(150, 'highWatermark')
    expect(found).toMatchObject({ offset: 1, timestamp: 300, leaderEpoch: 0 })
    expect((await log.lookupTimestamp(501, 'highWatermark')).offset).toBe(-1)
    // Of a compressed batch only what it holds from there on.
    for (const [from, offset] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, -1],
      [9, -1],
    ] as const) {
      expect((await log.lookupTimestamp(200, 'highWatermark', from)).offset).toBe(offset)
    }
    const compressed = await log.lookupTimestamp(450, 'highWatermark')
    const decoded = decodeBatches(compressed.compressedBatch ?? new Uint8Array(0), unchanged)
    expect(decoded.value?.batches.map(({ baseOffset }) => baseOffset)).toEqual([3])
    expect((await log.lookupMaxTimestamp('highWatermark')).compressedBatch).toBeDefined()
    await commit(log, batchOf([50, 40]))
    for (const [from, offset, timestamp] of [
      [4, 4, 500],
      [5, 5, 50],
      [6, 6, 40],
      [7, -1, -1],
    ] as const) {
      const largest = await log.lookupMaxTimestamp('highWatermark', from)
      expect(largest).toMatchObject({ offset, timestamp })
    }
    await log.deleteUpTo(6)
    const left = await log.lookupMaxTimestamp('highWatermark')
    expect(left).toMatchObject({ offset: 6, timestamp: 40, compressedBatch: undefined })
  })

  it('knows the leader epochs', async () => {
    const { log } = await started()
    log.becomeLeader(2)
    await commit(log, batchOf([1, 2]))
    log.becomeLeader(5)
    await commit(log)
    expect(log.endOffsetOf(2)).toEqual({ leaderEpoch: 2, endOffset: 2 })
    expect(log.endOffsetOf(4)).toEqual({ leaderEpoch: 2, endOffset: 2 })
    expect(log.endOffsetOf(5)).toEqual({ leaderEpoch: 5, endOffset: 3 })
    expect(log.endOffsetOf(1)).toEqual({ leaderEpoch: 1, endOffset: 0 })
    for (const none of [6, -1]) {
      expect(log.endOffsetOf(none)).toEqual({ leaderEpoch: -1, endOffset: -1 })
    }
    expect([0, 2].map((offset) => log.leaderEpochAt(offset))).toEqual([2, 5])
  })
}

function describeCuts(started: Started): void {
  it('truncates to a batch and goes on from there', async () => {
    const { log } = await started()
    for (let i = 0; i < 4; i++) await commit(log, batchOf([1, 2]))
    expect(await log.truncateTo(99)).toBe(8)
    expect(await log.truncateTo(5)).toBe(4)
    expect([log.logEndOffset(), log.highWatermark(), log.durableOffset()]).toEqual([4, 4, 4])
    expect(await offsetsIn(log)).toEqual([0, 2])
    expect(await commit(log)).toBe(4)
    expect(await offsetsIn(log)).toEqual([0, 2, 4])
  })

  it('rolls where a segment is full or where it is asked to, and tells of both', async () => {
    const { log } = await started(inThrees)
    const before = Date.now()
    const empty = await log.segments()
    expect(empty).toMatchObject([{ baseOffset: 0, nextOffset: 0, sizeBytes: 0, active: true }])
    // The directory of the test may be on a disk whose clock ticks coarsely.
    expect(empty[0]?.largestTimestamp).toBeGreaterThan(before - 10_000)
    expect(await log.roll()).toBe(0)
    for (const timestamp of [10, 90, 20, 30]) await commit(log, batchOf([timestamp]))
    const size = batchOf([1]).length
    const first = { baseOffset: 0, nextOffset: 3, sizeBytes: 3 * size, largestTimestamp: 90 }
    const second = { baseOffset: 3, nextOffset: 4, sizeBytes: size, largestTimestamp: 30 }
    expect(await log.segments()).toEqual([
      { ...first, active: false },
      { ...second, active: true },
    ])
    expect(await log.roll()).toBe(4)
    expect(await log.roll()).toBe(4)
    expect(await log.segments()).toEqual([
      { ...first, active: false },
      { ...second, active: false },
      expect.objectContaining({ baseOffset: 4, nextOffset: 4, sizeBytes: 0, active: true }),
    ])
    expect([log.logEndOffset(), log.sizeBytes()]).toEqual([4, 4 * size])
    expect(await commit(log)).toBe(4)
    expect(await boundsOf(log)).toEqual([0, 3, 4, 5])
  })

  it('rolls by the time between records', async () => {
    const { log } = await started(settings({ segmentMs: 100 }))
    for (const timestamp of [10, 110, 111, 5]) await commit(log, batchOf([timestamp]))
    expect(await boundsOf(log)).toEqual([0, 2, 4])
  })

  it('takes records without a time to be as old as their file', async () => {
    const { log } = await started()
    const before = Date.now()
    await commit(log, batchOf([-1]))
    const largest = (await log.segments())[0]?.largestTimestamp
    expect(largest).toBeGreaterThan(before - 10_000)
    expect(largest).toBeLessThan(Date.now() + 10_000)
  })

  it('deletes segments whole, one that was just sealed as well', async () => {
    const { log } = await started(inThrees)
    for (let i = 0; i < 8; i++) await commit(log, batchOf([i]))
    await log.deleteUpTo(6)
    expect(await boundsOf(log)).toEqual([6, 8])
    await log.roll()
    expect(await log.deleteUpTo(8)).toBe(8)
    expect(await boundsOf(log)).toEqual([8, 8])
    expect([log.sizeBytes(), log.logStartOffset(), log.logEndOffset()]).toEqual([0, 8, 8])
    const gone = log.read(7, everything, 'highWatermark')
    await expect(gone).rejects.toMatchObject(storageError(ErrorCode.OFFSET_OUT_OF_RANGE))
    expect(await commit(log)).toBe(8)
    expect(await offsetsIn(log)).toEqual([8])
  })

  it('forgets the segments that a truncation takes', async () => {
    const { log } = await started(inThrees)
    for (let i = 0; i < 8; i++) await commit(log, batchOf([i]))
    await log.truncateTo(4)
    expect(await boundsOf(log)).toEqual([0, 3, 4])
    for (let i = 0; i < 3; i++) await commit(log, batchOf([i]))
    expect(await boundsOf(log)).toEqual([0, 3, 6, 7])
  })

  /** A log of 0 to 7 in threes, sealed, and its batches. */
  async function toClean() {
    const { store, log } = await started(inThrees)
    for (let i = 0; i < 8; i++) await commit(log, batchOf([i]))
    await log.roll()
    const batches: Uint8Array[] = []
    for (let i = 0; i < 8; i++) batches.push(await log.read(i, 1, 'highWatermark'))
    const pick = (...offsets: readonly number[]) =>
      Buffer.concat(offsets.map((offset) => batches[offset] ?? new Uint8Array(0)))
    return { store, log, pick }
  }

  async function allOffsets(log: PartitionLog): Promise<number[]> {
    const found: number[] = []
    for (let at = log.logStartOffset(); at < log.logEndOffset(); ) {
      const { value } = decodeBatches(await log.read(at, everything, 'highWatermark'))
      const offsets = value?.batches.map(({ baseOffset }) => baseOffset) ?? []
      found.push(...offsets)
      at = (offsets.at(-1) ?? log.logEndOffset()) + 1
    }
    return found
  }

  it('puts a cleaned segment in place of others', async () => {
    const { log, pick } = await toClean()
    const replacement = await log.replaceSegments(0, 6)
    await replacement.append(pick(1))
    await replacement.append(pick(4, 5))
    expect(await allOffsets(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(await replacement.commit([])).toBe(true)
    expect(await allOffsets(log)).toEqual([1, 4, 5, 6, 7])
    expect(await boundsOf(log)).toEqual([0, 6, 8, 8])
    expect([log.logStartOffset(), log.logEndOffset()]).toEqual([0, 8])
    const ended = { name: 'StorageError', code: ErrorCode.INVALID_REQUEST }
    await expect(replacement.commit([])).rejects.toMatchObject(ended)
    // Once more, the last sealed segment with it; nothing is left of the first.
    const again = await log.replaceSegments(0, 8)
    await again.append(pick(7))
    expect(await again.commit([])).toBe(true)
    expect(await allOffsets(log)).toEqual([7])
    expect(await boundsOf(log)).toEqual([0, 8, 8])
    expect(await commit(log)).toBe(8)
    expect(await allOffsets(log)).toEqual([7, 8])
  })

  it('replaces only what is sealed, one group at a time', async () => {
    const { log, pick } = await toClean()
    const refused = expect.objectContaining(storageError(ErrorCode.INVALID_REQUEST))
    const ranges: readonly (readonly [number, number])[] = [
      [1, 3],
      [3, 0],
      [0, 0],
      [8, 9],
    ]
    for (const [base, end] of ranges) {
      await expect(log.replaceSegments(base, end)).rejects.toEqual(refused)
    }
    const one = await log.replaceSegments(0, 3)
    await expect(log.replaceSegments(3, 6)).rejects.toEqual(refused)
    const damaged = Uint8Array.from(pick(1))
    damaged.set([1], damaged.length - 1)
    for (const wrong of [damaged, pick(1).subarray(1), pick(2, 1), pick(3)]) {
      const append = one.append(wrong)
      await expect(append).rejects.toMatchObject(storageError(ErrorCode.CORRUPT_MESSAGE))
    }
    await one.discard()
    expect(await allOffsets(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await (await log.replaceSegments(3, 6)).discard()
  })

  it('leaves a log alone whose segments went while they were cleaned', async () => {
    const { log, pick } = await toClean()
    const replacement = await log.replaceSegments(0, 6)
    await replacement.append(pick(5))
    await log.deleteUpTo(3)
    expect(await replacement.commit([])).toBe(false)
    expect(await allOffsets(log)).toEqual([3, 4, 5, 6, 7])
  })

  it('keeps the aborted transactions that it is given', async () => {
    const { log } = await started()
    const attributes = batchAttributes.transactional
    const producer = { producerId: 7, producerEpoch: 0 }
    await commit(log, batchOf([1, 2], { ...producer, attributes, baseSequence: 0 }))
    const abort = { name: 'abort', value: { version: 0, coordinatorEpoch: 0 } } as const
    const record = { timestamp: 1, ...encodeControlRecord(abort as never) }
    const control = attributes | batchAttributes.control
    await commit(log, encodeBatch(newBatch([record], { ...producer, attributes: control })))
    await log.roll()
    const entry = { producerId: 7, firstOffset: 0, lastOffset: 2, lastStableOffset: 3 }
    expect(log.abortedTransactions(0, 3)).toEqual([entry])
    expect(log.abortedTransactions(3, 9)).toEqual([])
    const bytes = await log.read(0, everything, 'highWatermark')
    for (const kept of [[entry], []]) {
      const replacement = await log.replaceSegments(0, 3)
      await replacement.append(bytes)
      expect(await replacement.commit(kept)).toBe(true)
      expect(log.abortedTransactions(0, 3)).toEqual(kept)
    }
  })

  it('deletes up to an offset, never beyond the high watermark or back', async () => {
    const { log } = await started()
    for (let i = 0; i < 4; i++) await commit(log, batchOf([1, 2]))
    expect(await log.deleteUpTo(3)).toBe(3)
    expect(await log.deleteUpTo(1)).toBe(3)
    expect(log.logStartOffset()).toBe(3)
    const below = log.read(2, everything, 'highWatermark')
    await expect(below).rejects.toMatchObject(storageError(ErrorCode.OFFSET_OUT_OF_RANGE))
    expect(await offsetsIn(log)).toEqual([2, 4, 6])
    expect(await log.deleteUpTo(99)).toBe(8)
    expect(await commit(log)).toBe(8)
    expect(await offsetsIn(log)).toEqual([8])
  })
}
