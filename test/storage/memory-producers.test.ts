import { expect, test } from 'vitest'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import {
  type BatchHeader,
  batchAttributes,
  decodeBatchHeader,
  encodeBatch,
  newBatch,
} from '../../src/protocol/record-batch.ts'
import { producersOf } from '../../src/storage/memory-producers.ts'

const { transactional, control } = batchAttributes

function stored(header: Partial<BatchHeader>, records = 1, timestamp = 5) {
  const values = Array.from({ length: records }, () => ({ timestamp, key: null, value: null }))
  return read(encodeBatch(newBatch(values, header)))
}

function marker(header: Partial<BatchHeader>, name: 'abort' | 'commit', coordinatorEpoch: number) {
  const pair = encodeControlRecord({ name, value: { coordinatorEpoch } })
  const attributes = transactional | control
  return read(encodeBatch(newBatch([{ timestamp: 9, ...pair }], { ...header, attributes })))
}

function read(bytes: Uint8Array) {
  const header = decodeBatchHeader(bytes, 0).value
  if (header === null) throw new Error('the batch is broken')
  return { header, bytes }
}

const first = { producerId: 1, producerEpoch: 0, baseSequence: 0 }

test('batches without producer are passed over; the last sequence counts', () => {
  const batches = [stored({}), stored(first, 3), stored({ ...first, baseSequence: 3 }, 2, 8)]
  expect(producersOf(batches)).toEqual([
    {
      producerId: 1,
      producerEpoch: 0,
      lastSequence: 4,
      lastTimestamp: 8,
      coordinatorEpoch: -1,
      transactionFirstOffset: -1,
      lastDataOffset: 1,
    },
  ])
})

test('sequences begin again behind the largest', () => {
  const [producer] = producersOf([stored({ ...first, baseSequence: 2 ** 31 - 1 }, 3)])
  expect(producer?.lastSequence).toBe(1)
})

test('a transaction is open from its first batch to its marker', () => {
  const inside = { ...first, attributes: transactional, baseOffset: 40 }
  const batches = [stored(inside), stored({ ...inside, baseSequence: 1, baseOffset: 41 })]
  expect(producersOf(batches)[0]).toMatchObject({ transactionFirstOffset: 40, lastSequence: 1 })
  for (const name of ['abort', 'commit'] as const) {
    expect(producersOf([...batches, marker(first, name, 6)])[0]).toMatchObject({
      transactionFirstOffset: -1,
      coordinatorEpoch: 6,
      lastSequence: 1,
      lastTimestamp: 9,
    })
  }
})

test('a marker of a newer epoch forgets the sequences and the last data', () => {
  const batches = [stored(first), marker({ ...first, producerEpoch: 1 }, 'abort', 0)]
  const forgotten = { lastSequence: -1, lastDataOffset: -1 }
  expect(producersOf(batches)[0]).toMatchObject({ producerEpoch: 1, ...forgotten })
})
