import { describe, expect, it } from 'vitest'
import { CleanedTransactions } from '../../src/cleaner/cleaned-transactions.ts'
import { batchAttributes, type ReadBatchHeader } from '../../src/protocol/record-batch.ts'

const { transactional, control } = batchAttributes

function header(producerId: number, baseOffset: number, attributes: number): ReadBatchHeader {
  return {
    baseOffset,
    attributes,
    producerId,
    partitionLeaderEpoch: 0,
    lastOffsetDelta: 1,
    baseTimestamp: 0,
    maxTimestamp: 0,
    producerEpoch: 0,
    baseSequence: 0,
    bytes: 61,
    crc: 0,
    recordsCount: 2,
  }
}
const data = (producer: number, at: number): ReadBatchHeader => header(producer, at, transactional)
const marker = (producer: number, at: number): ReadBatchHeader =>
  header(producer, at, transactional | control)
const aborted = (producerId: number, firstOffset: number, lastOffset: number) => ({
  producerId,
  firstOffset,
  lastOffset,
  lastStableOffset: lastOffset + 1,
})

describe('transactions under a cleaner', () => {
  it('are aborted from their first batch to their marker', () => {
    const first = aborted(1, 10, 20)
    const transactions = new CleanedTransactions([aborted(1, 30, 40), first])
    expect(transactions.readData(data(1, 8))).toBe(false)
    expect(transactions.readData(data(1, 10))).toBe(true)
    expect(transactions.readData(data(2, 12))).toBe(false)
    expect(transactions.readMarker(marker(1, 20), 'abort')).toEqual({
      needless: false,
      aborted: first,
    })
    expect(transactions.readData(data(1, 22))).toBe(false)
    expect(transactions.readData(data(1, 30))).toBe(true)
  })

  it('begin with the batch that reaches their first offset', () => {
    const transactions = new CleanedTransactions([aborted(1, 11, 20)])
    // The batch ends with offset 11.
    expect(transactions.readData(data(1, 10))).toBe(true)
  })

  it('do not touch what is outside of transactions', () => {
    const transactions = new CleanedTransactions([aborted(1, 10, 20)])
    expect(transactions.readData(header(1, 12, 0))).toBe(false)
    expect(transactions.readMarker(marker(1, 20), 'abort').needless).toBe(true)
  })

  it('need their marker while a batch of theirs was read', () => {
    const transactions = new CleanedTransactions([aborted(1, 10, 20)])
    transactions.readData(data(2, 11))
    expect(transactions.readMarker(marker(1, 20), 'abort')).toEqual({
      needless: true,
      aborted: undefined,
    })
    expect(transactions.readMarker(marker(2, 22), 'commit').needless).toBe(false)
    expect(transactions.readMarker(marker(2, 24), 'commit').needless).toBe(true)
  })

  it('need no emptied marker, and leave others alone', () => {
    const transactions = new CleanedTransactions([])
    expect(transactions.readMarker(marker(1, 5), undefined).needless).toBe(true)
    expect(transactions.readMarker(marker(1, 7), 'other').needless).toBe(false)
  })
})
