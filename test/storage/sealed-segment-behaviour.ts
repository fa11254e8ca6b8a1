/** What every store tells compaction of sealed segments and of producers, as tests. */
import { afterEach, describe, expect, it } from 'vitest'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import type { LogConfig, PartitionLog } from '../../src/storage/log-store.ts'
import {
  batchOf,
  commit,
  everything,
  inThrees,
  type StoreUnderTest,
  settings,
  storageError,
  topicId,
} from './store-behaviour.ts'

/** Registers the tests; `create` makes a fresh directory for each. */
export function describeSealedSegments(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`sealed segments of ${name}`, () => {
    let directory: StoreUnderTest
    afterEach(() => directory.dispose())

    async function opened(config: LogConfig = settings()): Promise<PartitionLog> {
      directory = await create()
      return (await directory.open()).openPartition('t', 0, topicId, config)
    }

    /** A log of 0 to 7 in threes, all sealed, and its batches. */
    async function sealed(): Promise<{ log: PartitionLog; batches: readonly Uint8Array[] }> {
      const log = await opened(inThrees)
      for (let i = 0; i < 8; i++) await commit(log, batchOf([i]))
      await log.roll()
      const batches = []
      for (let i = 0; i < 8; i++) batches.push(await log.read(i, 1, 'highWatermark'))
      return { log, batches }
    }

    it('remembers its producers', async () => {
      const log = await opened()
      expect(log.producers()).toEqual([])
      const producer = { producerId: 9, producerEpoch: 2, baseSequence: 0 }
      await commit(log)
      await commit(log, batchOf([3, 4], producer))
      expect(log.producers()).toEqual([
        {
          producerId: 9,
          producerEpoch: 2,
          lastSequence: 1,
          lastTimestamp: 4,
          coordinatorEpoch: -1,
          transactionFirstOffset: -1,
          lastDataOffset: log.logEndOffset() - 1,
        },
      ])
    })

    it('reads sealed segments by position', async () => {
      const { log, batches } = await sealed()
      expect(log.segmentCount()).toBe(4)
      const size = batchOf([1]).length
      const segment = Buffer.concat(batches.slice(3, 6))
      const read = async (at: number, max: number): Promise<Buffer> =>
        Buffer.from(await log.readSegment(3, at, max))
      expect(await read(0, everything)).toEqual(segment)
      expect(await read(size + 1, 10)).toEqual(segment.subarray(size + 1, size + 11))
      expect(await read(3 * size - 1, 10)).toEqual(segment.subarray(3 * size - 1))
      for (const [at, max] of [
        [3 * size, 10],
        [1 << 20, 10],
        [0, 0],
      ] as const) {
        expect(await read(at, max)).toEqual(Buffer.alloc(0))
      }
      for (const offset of [0, 3, 4, 5, 9]) {
        const position = await log.segmentPosition(3, offset)
        expect(position % size).toBe(0)
        expect(position).toBeLessThanOrEqual(Math.max(0, offset - 3) * size)
      }
    })

    it('tells what compaction asks of a sealed segment', async () => {
      const log = await opened(settings({ indexIntervalBytes: 0 }))
      for (const timestamps of [[10, 50], [90], [20]]) await commit(log, batchOf(timestamps))
      await log.roll()
      await commit(log, batchOf([-1]))
      await log.roll()
      const first = await log.segmentDetail(0)
      expect(first.firstBatchTimestamp).toBe(50)
      expect(first.offsetIndexBytes % 8).toBe(0)
      expect(first.timeIndexBytes % 12).toBe(0)
      expect(await log.segmentDetail(4)).toMatchObject({ firstBatchTimestamp: -1 })
      // Its last batches are gone, then all of them.
      const replacement = await log.replaceSegments(0, 4)
      expect(await replacement.commit([])).toBe(true)
      const hollow = { firstBatchTimestamp: -1, offsetIndexBytes: 0, timeIndexBytes: 0 }
      expect(await log.segmentDetail(0)).toEqual(hollow)
      expect(await log.readSegment(0, 0, 10)).toHaveLength(0)
    })

    it('has no bytes of segments that are not sealed or not there', async () => {
      const { log } = await sealed()
      await commit(log)
      await log.deleteUpTo(3)
      const gone = expect.objectContaining(storageError(ErrorCode.OFFSET_OUT_OF_RANGE))
      for (const base of [0, 4, 8, 9, -1]) {
        await expect(log.segmentDetail(base)).rejects.toEqual(gone)
        await expect(log.segmentPosition(base, base)).rejects.toEqual(gone)
        await expect(log.readSegment(base, 0, 1)).rejects.toEqual(gone)
      }
    })

    it('knows the last data of its producers', async () => {
      const log = await opened()
      const attributes = batchAttributes.transactional
      const producer = { producerId: 7, producerEpoch: 0 }
      const one = { producerId: 7, producerEpoch: 0, transactionFirstOffset: -1, lastDataOffset: 1 }
      expect(log.producers()).toEqual([])
      await commit(log, batchOf([1, 2], { ...producer, attributes, baseSequence: 0 }))
      expect(log.producers()).toMatchObject([{ ...one, transactionFirstOffset: 0 }])
      const marker = { name: 'commit', value: { version: 0, coordinatorEpoch: 0 } } as const
      const control = attributes | batchAttributes.control
      const commits = (producerEpoch: number): Uint8Array => {
        const record = { timestamp: 1, ...encodeControlRecord(marker as never) }
        return encodeBatch(newBatch([record], { ...producer, producerEpoch, attributes: control }))
      }
      await commit(log, commits(0))
      expect(log.producers()).toMatchObject([one])
      // Of the next epoch only its marker is known.
      await commit(log, commits(1))
      expect(log.producers()).toMatchObject([{ ...one, producerEpoch: 1, lastDataOffset: -1 }])
      await commit(log, batchOf([3], { producerId: 8, producerEpoch: 2, baseSequence: 0 }))
      const other = { producerId: 8, producerEpoch: 2, lastDataOffset: 4 }
      const found = log.producers().find(({ producerId }) => producerId === 8)
      expect(found).toMatchObject(other)
    })
  })
}
