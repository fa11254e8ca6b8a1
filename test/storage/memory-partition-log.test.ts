import { beforeEach, describe, expect, it } from 'vitest'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import {
  type BatchHeader,
  batchAttributes,
  decodeBatches,
  encodeBatch,
  newBatch,
} from '../../src/protocol/record-batch.ts'
import type { LogConfig, PartitionLog } from '../../src/storage/log-store.ts'
import { createMemoryLogStore, type MemoryLogStore } from '../../src/storage/memory-log-store.ts'

const id = 'aaaaRZyoQ_y_biQ5m6sOVA'
let store: MemoryLogStore
let log: PartitionLog

beforeEach(async () => {
  store = createMemoryLogStore({ autoFlush: false })
  log = await store.openPartition('t', 0, id, config())
})

describe('append', () => {
  it('assigns offsets and the leader epoch, and leaves the given bytes alone', async () => {
    log.becomeLeader(4)
    const bytes = batch([10, 20])
    const before = Uint8Array.from(bytes)
    expect(log.append(bytes)).toEqual({ baseOffset: 0, lastOffset: 1, requiredHighWatermark: 2 })
    expect(log.append(bytes)).toEqual({ baseOffset: 2, lastOffset: 3, requiredHighWatermark: 4 })
    expect(bytes).toEqual(before)
    const { batches } = decodeBatches(await log.read(0, 1e6, 'logEndOffset')).value!
    expect(batches.map((one) => [one.baseOffset, one.partitionLeaderEpoch])).toEqual([
      [0, 4],
      [2, 4],
    ])
    expect(log.logEndOffset()).toBe(4)
    expect(log.sizeBytes()).toBe(2 * bytes.length)
  })

  it('refuses what is no batch', () => {
    expect(() => log.append(new Uint8Array(10))).toThrow(/record batch/)
    expect(() => log.append(Buffer.concat([batch([1]), batch([2])]))).toThrow(/one batch/)
    expect(log.logEndOffset()).toBe(0)
  })
})

describe('durability', () => {
  it('commits at a flush, with flush.messages = 1', async () => {
    const { requiredHighWatermark } = log.append(batch([1, 2]))
    let committed = false
    const waiting = log.committed(requiredHighWatermark).then(() => {
      committed = true
    })
    await Promise.resolve()
    expect([committed, log.highWatermark(), log.durableOffset()]).toEqual([false, 0, 0])
    expect(await log.flush()).toBe(2)
    await waiting
    expect([log.highWatermark(), log.durableOffset()]).toEqual([2, 2])
    await log.committed(2)
  })

  it('lets the high watermark run ahead by flush.messages - 1, whole batches only', () => {
    log.configure({ ...config(), flushMessages: 5 })
    log.append(batch([1, 2]))
    log.append(batch([1, 2, 3]))
    expect(log.highWatermark()).toBe(2)
    log.configure({ ...config(), flushMessages: Infinity })
    expect(log.highWatermark()).toBe(5)
    expect(log.durableOffset()).toBe(0)
  })

  it('flushes by itself when the store does', async () => {
    const own = createMemoryLogStore()
    const flushed = await own.openPartition('t', 0, id, config())
    const first = flushed.append(batch([1]))
    const second = flushed.append(batch([1]))
    expect(flushed.highWatermark()).toBe(0)
    await flushed.committed(first.requiredHighWatermark)
    expect(flushed.highWatermark()).toBe(second.requiredHighWatermark)
  })

  it('rejects who waits when the directory goes offline', async () => {
    const { requiredHighWatermark } = log.append(batch([1]))
    const waiting = log.committed(requiredHighWatermark)
    store.goOffline('the disk is gone')
    await expect(waiting).rejects.toMatchObject({ code: 56, message: 'the disk is gone' })
    expect(log.online()).toBe(false)
    expect(() => log.append(batch([1]))).toThrow('the disk is gone')
    await expect(log.read(0, 1, 'logEndOffset')).rejects.toThrow('the disk is gone')
    await expect(log.committed(5)).rejects.toThrow('the disk is gone')
  })
})

describe('read', () => {
  it('gives whole batches from the one that holds the offset, the first one always', async () => {
    for (let i = 0; i < 4; i++) log.append(batch([1, 2]))
    await log.flush()
    const size = batch([1, 2]).length
    const offsets = async (from: number, maxBytes: number) => {
      const decoded = decodeBatches(await log.read(from, maxBytes, 'highWatermark')).value
      return decoded?.batches.map((one) => one.baseOffset)
    }
    expect(await offsets(0, 1)).toEqual([0])
    expect(await offsets(3, 1)).toEqual([2])
    expect(await offsets(2, 2 * size)).toEqual([2, 4])
    expect(await offsets(2, 2 * size - 1)).toEqual([2])
    expect(await offsets(8, 1000)).toEqual([])
    await expect(log.read(9, 1, 'highWatermark')).rejects.toMatchObject({ code: 1 })
  })

  it('looks no further than its limit', async () => {
    log.append(batch([1]))
    await log.flush()
    log.append(batch([1]))
    const count = async (limit: 'highWatermark' | 'logEndOffset') =>
      decodeBatches(await log.read(0, 1e6, limit)).value?.batches.length
    expect(await count('highWatermark')).toBe(1)
    expect(await count('logEndOffset')).toBe(2)
  })

  it('sees only decided transactions below the last stable offset', async () => {
    log.append(batch([1]))
    log.append(batch([1], transactional(7)))
    log.append(batch([1], transactional(8)))
    log.append(endMarker(7))
    await log.flush()
    expect([log.highWatermark(), log.lastStableOffset()]).toEqual([4, 2])
    log.append(endMarker(8))
    await log.flush()
    expect(log.lastStableOffset()).toBe(5)
  })
})

describe('lookup', () => {
  beforeEach(async () => {
    log.becomeLeader(1)
    log.append(batch([10, 30]))
    log.becomeLeader(2)
    log.append(batch([20, 40]))
    log.append(batch([25]))
    await log.flush()
  })

  it('finds the first record that is young enough', async () => {
    const at = async (timestamp: number) => {
      const found = await log.lookupTimestamp(timestamp, 'highWatermark')
      return [found.offset, found.timestamp, found.leaderEpoch]
    }
    expect(await at(0)).toEqual([0, 10, 1])
    expect(await at(11)).toEqual([1, 30, 1])
    expect(await at(31)).toEqual([3, 40, 2])
    expect(await at(41)).toEqual([-1, -1, -1])
  })

  it('finds the youngest record', async () => {
    const found = await log.lookupMaxTimestamp('highWatermark')
    expect(found).toMatchObject({ offset: 3, timestamp: 40, compressedBatch: undefined })
    const empty = await store.openPartition('u', 0, id, config())
    expect(await empty.lookupMaxTimestamp('logEndOffset')).toMatchObject({ offset: -1 })
  })

  it('hands out a compressed batch that would have to be opened', async () => {
    const compression = { compress: () => Uint8Array.of(1), decompress: () => Uint8Array.of() }
    const bytes = encodeBatch(
      newBatch([{ timestamp: 50, key: null, value: null }], { attributes: 1 }),
      compression,
    )
    log.append(bytes)
    await log.flush()
    const found = await log.lookupTimestamp(45, 'highWatermark')
    expect(found).toMatchObject({ offset: 5, timestamp: 50 })
    expect(found.compressedBatch?.length).toBe(bytes.length)
  })

  it('knows the epochs', () => {
    expect(log.endOffsetOf(0)).toEqual({ leaderEpoch: 0, endOffset: 0 })
    expect(log.endOffsetOf(1)).toEqual({ leaderEpoch: 1, endOffset: 2 })
    expect(log.endOffsetOf(2)).toEqual({ leaderEpoch: 2, endOffset: 5 })
    expect(log.endOffsetOf(9)).toEqual({ leaderEpoch: -1, endOffset: -1 })
    expect([log.leaderEpochAt(1), log.leaderEpochAt(2), log.leaderEpochAt(5)]).toEqual([1, 2, 2])
    expect(() => log.becomeLeader(1)).toThrow(/never falls/)
  })
})

describe('cuts', () => {
  beforeEach(async () => {
    for (let i = 0; i < 3; i++) log.append(batch([1, 2]))
    await log.flush()
  })

  it('at the end take whole batches', async () => {
    expect(await log.truncateTo(3)).toBe(2)
    expect([log.logEndOffset(), log.highWatermark(), log.durableOffset()]).toEqual([2, 2, 2])
    expect(log.append(batch([1])).baseOffset).toBe(2)
  })

  it('at the beginning move the log start, and keep the batch that holds it', async () => {
    expect(await log.deleteUpTo(3)).toBe(3)
    expect([log.logStartOffset(), log.logEndOffset()]).toEqual([3, 6])
    const { batches } = decodeBatches(await log.read(3, 1, 'highWatermark')).value!
    expect(batches[0]?.baseOffset).toBe(2)
    await expect(log.read(2, 1, 'highWatermark')).rejects.toMatchObject({ code: 1 })
    expect((await log.lookupTimestamp(0, 'highWatermark')).offset).toBe(3)
    expect(await log.deleteUpTo(7)).toBe(6)
  })

  it('of everything keep the end', async () => {
    await log.deleteUpTo(6)
    expect([log.logStartOffset(), log.logEndOffset(), log.sizeBytes()]).toEqual([6, 6, 0])
    expect(log.append(batch([1])).baseOffset).toBe(6)
  })
})

function config(): LogConfig {
  return {
    segmentBytes: 1e9,
    segmentMs: Infinity,
    segmentJitterMs: 0,
    segmentIndexBytes: 1e6,
    indexIntervalBytes: 4096,
    flushMessages: 1,
    flushMs: Infinity,
    producerIdExpirationMs: Infinity,
    fileDeleteDelayMs: 0,
    maxMessageBytes: 1e6,
    compacted: false,
    logAppendTime: false,
    timestampBeforeMaxMs: Infinity,
    timestampAfterMaxMs: Infinity,
    targetCodec: -1,
    targetLevel: 0,
    openCompressed: false,
  }
}

function batch(timestamps: readonly number[], header: Partial<BatchHeader> = {}): Uint8Array {
  const records = timestamps.map((timestamp) => ({
    timestamp,
    key: null,
    value: Uint8Array.of(1),
  }))
  return encodeBatch(newBatch(records, header))
}

function transactional(producerId: number): Partial<BatchHeader> {
  const attributes = batchAttributes.transactional
  return { attributes, producerId, producerEpoch: 0, baseSequence: 0 }
}

function endMarker(producerId: number): Uint8Array {
  const record = encodeControlRecord({ name: 'commit', value: { coordinatorEpoch: 0 } })
  const attributes = batchAttributes.transactional | batchAttributes.control
  const header = { attributes, producerId, producerEpoch: 0 }
  return encodeBatch(newBatch([{ timestamp: 1, ...record }], header))
}
