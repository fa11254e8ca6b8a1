import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Metadata } from '../../../src/client/network/metadata.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { answerOf, partitionOf, topicOf } from './metadata-answers.ts'

const otherId = 'AAAAAAAAAAAAAAAAAAAABA'

test('brokers without an id are none', () => {
  const metadata = new Metadata()
  const [broker] = answerOf([]).brokers
  metadata.update({ ...answerOf([]), brokers: [{ ...broker!, nodeId: -1 }, broker!] })
  expect([...metadata.nodes.keys()]).toEqual([1])
})

describe('leader epochs', () => {
  test('a lower one never replaces a higher one', () => {
    const metadata = new Metadata()
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 2, 6)])]))
    expect(metadata.topics.get('t')?.partitions[0]).toMatchObject({ leader: 1, leaderEpoch: 7 })
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 2, 8)])]))
    expect(metadata.topics.get('t')?.partitions[0]).toMatchObject({ leader: 2, leaderEpoch: 8 })
  })

  test('the same epoch may bring other replicas in sync', () => {
    const metadata = new Metadata()
    metadata.update(answerOf([topicOf('t', [{ ...partitionOf(0, 1, 7), isrNodes: [1, 2] }])]))
    metadata.update(answerOf([topicOf('t', [{ ...partitionOf(0, 1, 7), isrNodes: [1] }])]))
    expect(metadata.topics.get('t')?.partitions[0]?.isr).toEqual([1])
  })

  test('a partition kept without a leader is not settled by an answer of before', () => {
    const metadata = new Metadata()
    expect(metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 6)])]))).toBe(true)
    expect(metadata.update(answerOf([topicOf('t', [partitionOf(0, -1, 7)])]))).toBe(false)
    expect(metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 6)])]))).toBe(false)
    expect(metadata.topics.get('t')?.partitions[0]).toMatchObject({ leader: -1, leaderEpoch: 7 })
    expect(metadata.update(answerOf([topicOf('t', [partitionOf(0, 2, 8)])]))).toBe(true)
  })

  test('a topic with another id begins anew', () => {
    const metadata = new Metadata()
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))
    const again = { ...topicOf('t', [partitionOf(0, 2, 0)]), topicId: otherId }
    metadata.update(answerOf([again]))
    expect(metadata.topics.get('t')).toMatchObject({ id: otherId, partitions: [{ leader: 2 }] })
    expect(metadata.nameOf(otherId)).toBe('t')
    expect(metadata.nameOf(topicOf('t', []).topicId)).toBeUndefined()
  })

  test('a broker that tells none is believed', () => {
    const metadata = new Metadata()
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 2, -1)])]))
    expect(metadata.topics.get('t')?.partitions[0]?.leader).toBe(2)
  })

  test('whatever the order of the answers, the highest epoch wins', () => {
    const epochs = fc.array(fc.nat({ max: 50 }), { minLength: 1 })
    fc.assert(
      fc.property(epochs, (told) => {
        const metadata = new Metadata()
        told.forEach((epoch, at) => {
          if (at % 3 !== 2)
            metadata.update(answerOf([topicOf('t', [partitionOf(0, epoch, epoch)])]))
          else metadata.learnLeader({ topic: 't', partition: 0, leader: epoch, leaderEpoch: epoch })
          const highest = Math.max(...told.slice(0, at + 1))
          const partition = metadata.topics.get('t')?.partitions[0]
          expect(partition).toMatchObject({ leader: highest, leaderEpoch: highest })
        })
      }),
    )
  })
})

test('a hint of an answer is taken when it is news, and of known partitions only', () => {
  const metadata = new Metadata()
  metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7), partitionOf(1, 1, 7)])]))
  const hint = { topic: 't', partition: 1, leader: 2, leaderEpoch: 8 }
  expect(metadata.learnLeader(hint)).toBe(true)
  expect(metadata.learnLeader(hint)).toBe(false)
  expect(metadata.learnLeader({ ...hint, partition: 9 })).toBe(false)
  expect(metadata.learnLeader({ ...hint, topic: 'other' })).toBe(false)
  expect(metadata.topics.get('t')?.partitions.map(({ leader }) => leader)).toEqual([1, 2])
})

test('partitions stand at their index in whatever order they came', () => {
  const metadata = new Metadata()
  metadata.update(answerOf([topicOf('t', [partitionOf(1, 2, 0), partitionOf(0, 1, 0)])]))
  const partitions = metadata.topics.get('t')?.partitions ?? []
  expect(partitions.map(({ partition, leader }) => [partition, leader])).toEqual([
    [0, 1],
    [1, 2],
  ])
})

describe('a topic that was not described', () => {
  test('is forgotten when it is gone, or refused for good', () => {
    const metadata = new Metadata()
    for (const code of [
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    ]) {
      metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))
      metadata.update(answerOf([{ ...topicOf('t', []), errorCode: code }]))
      expect(metadata.topics.has('t')).toBe(false)
      expect(metadata.faultOf('t')).toBe(code)
    }
  })

  test('keeps what is known of it when it is away for now', () => {
    const metadata = new Metadata()
    metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))
    const away = { ...topicOf('t', []), errorCode: ErrorCode.LEADER_NOT_AVAILABLE }
    expect(metadata.update(answerOf([away]))).toBe(false)
    expect(metadata.topics.get('t')?.partitions).toHaveLength(1)
    expect(metadata.update(answerOf([topicOf('t', [partitionOf(0, 1, 7)])]))).toBe(true)
    expect(metadata.faultOf('t')).toBeUndefined()
  })
})

test('a partition without a leader is not settled', () => {
  const metadata = new Metadata()
  const lost = { ...partitionOf(0, -1, 7), errorCode: ErrorCode.LEADER_NOT_AVAILABLE }
  expect(metadata.update(answerOf([topicOf('t', [lost])]))).toBe(false)
  expect(metadata.topics.get('t')?.partitions[0]?.leader).toBe(-1)
})

test('an answer for all topics tells which are gone', () => {
  const metadata = new Metadata()
  metadata.update(answerOf([topicOf('old', []), topicOf('kept', [])]))
  metadata.update(answerOf([topicOf('kept', [])]), true)
  expect([...metadata.topics.keys()]).toEqual(['kept'])
})

test('brokers are those of the last answer, and those that were named since', () => {
  const metadata = new Metadata()
  metadata.update(answerOf([]))
  expect([...metadata.nodes.keys()]).toEqual([1, 2])
  metadata.addNodes([{ nodeId: 9, host: 'h', port: 9, rack: null }])
  metadata.addNodes([{ nodeId: -1, host: 'h', port: 9, rack: null }])
  expect([...metadata.nodes.keys()]).toEqual([1, 2, 9])
  metadata.update(answerOf([]))
  expect([...metadata.nodes.keys()]).toEqual([1, 2])
  expect(metadata).toMatchObject({ clusterId: 'cluster', controllerId: 1 })
})
