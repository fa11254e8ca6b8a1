import { describe, expect, it } from 'vitest'
import { Deliveries } from '../../../src/client/producer/delivery.ts'
import { PartitionBatches } from '../../../src/client/producer/partition-batches.ts'
import {
  answersOf,
  produceRequest,
  type SealedBatch,
  versionMaxFor,
} from '../../../src/client/producer/produce-request.ts'
import { ProducerBatch } from '../../../src/client/producer/producer-batch.ts'
import type { PartitionProduceResponse } from '../../../src/protocol/generated/00-produce.ts'
import { zeroUuid } from '../../../src/protocol/uuid.ts'
import { BatchBuilder } from '../../../src/record/batch-builder.ts'

function sealed(topic: string, partition: number, topicId = `id-of-${topic}`): SealedBatch {
  const owner = new PartitionBatches(topic, partition)
  const builder = new BatchBuilder(Buffer.alloc(100))
  const batch = new ProducerBatch(owner, builder, new Deliveries(), 0, owner.nextPlace())
  return { batch, bytes: Buffer.from(`${topic}${partition}`), topicId }
}

function answer(index: number, baseOffset: number): PartitionProduceResponse {
  return {
    index,
    errorCode: 0,
    baseOffset,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    recordErrors: [],
    errorMessage: null,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}

function response(topics: readonly (readonly [name: string, id: string, ...number[]])[]) {
  const responses = topics.map(([name, id, ...indexes]) => ({
    name,
    topicId: id,
    partitionResponses: indexes.map((index) => answer(index, 10 * index)),
  }))
  return { responses, throttleTimeMs: 0, nodeEndpoints: [] }
}

describe('produceRequest', () => {
  it('names each topic once, and does not copy the batches', () => {
    const batches = [sealed('a', 0), sealed('b', 1), sealed('a', 2)]
    const request = produceRequest(batches, { acks: -1, timeoutMs: 5 })
    expect(request).toEqual({
      acks: -1,
      timeoutMs: 5,
      topicData: [
        {
          name: 'a',
          topicId: 'id-of-a',
          partitionData: [
            { index: 0, records: Buffer.from('a0') },
            { index: 2, records: Buffer.from('a2') },
          ],
        },
        {
          name: 'b',
          topicId: 'id-of-b',
          partitionData: [{ index: 1, records: Buffer.from('b1') }],
        },
      ],
    })
    expect(request.topicData[0]?.partitionData[0]?.records).toBe(batches[0]?.bytes)
  })
})

describe('answersOf', () => {
  const batches = [sealed('a', 0), sealed('b', 1), sealed('a', 2)]

  it('finds each batch, by the name of its topic or by its id, in any order', () => {
    for (const topics of [
      [
        ['b', '', 1],
        ['a', '', 2, 0],
      ],
      [
        ['', 'id-of-a', 2, 0],
        ['', 'id-of-b', 1],
      ],
    ] as const) {
      const answers = answersOf(batches, response(topics))
      expect(answers.map((one) => one?.baseOffset)).toEqual([0, 10, 20])
    }
  })

  it('leaves a gap for what is missing', () => {
    const answers = answersOf(batches, response([['a', '', 2]]))
    expect(answers.map((one) => one?.index)).toEqual([undefined, undefined, 2])
    expect(answersOf([sealed('a', 5)], response([['a', '', 4]]))).toEqual([undefined])
    expect(answersOf([sealed('a', 5)], response([]))).toEqual([undefined])
  })

  it('takes no answer for that of another topic', () => {
    const nameless = [sealed('a', 0, zeroUuid), sealed('b', 0, zeroUuid)]
    const answers = response([
      ['', zeroUuid, 0],
      ['', zeroUuid, 0],
    ])
    expect(answersOf(nameless, answers)).toEqual([undefined, undefined])
    const alike = [sealed('x', 0, 'y'), sealed('y', 0, 'z')]
    const byId = response([['', 'y', 0]])
    expect(answersOf(alike, byId).map((one) => one?.index)).toEqual([0, undefined])
  })

  it('needs no look up for one batch', () => {
    expect(answersOf([sealed('a', 4)], response([['a', '', 4]]))[0]?.baseOffset).toBe(40)
    expect(() => answersOf([], response([]))).toThrow(/has batches/)
  })
})

describe('versionMaxFor', () => {
  it('keeps to the versions with names while the id of a topic is not known', () => {
    const known = sealed('a', 0)
    expect(versionMaxFor([known, sealed('b', 0)])).toBe(Infinity)
    expect(versionMaxFor([known, sealed('b', 0, zeroUuid)])).toBe(12)
    expect(() => versionMaxFor([])).toThrow(/has batches/)
  })
})
