import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Accumulator } from '../../../src/client/producer/accumulator.ts'
import { topicPartitioner } from '../../../src/client/producer/partitioner/index.ts'
import type { TopicView } from '../../../src/client/producer/producer-network.ts'
import { TopicBatches } from '../../../src/client/producer/topic-batches.ts'
import { zeroUuid } from '../../../src/protocol/uuid.ts'

const record = { topic: 't', key: null, value: null }
const accumulator = new Accumulator({ batchSize: 100, lingerMs: 0, bufferMemory: 10_000 })

function topic(): TopicBatches {
  return new TopicBatches('t', topicPartitioner('round-robin', seededRandom(1), 100))
}

function view(id: string, ...leaders: number[]): TopicView {
  return { name: 't', id, partitions: leaders.map((leader) => ({ leader, leaderEpoch: 0 })) }
}

describe('TopicBatches', () => {
  it('takes in partitions and leaders, and knows nothing before', () => {
    const batches = topic()
    expect([batches.isKnown, batches.partitionCount]).toEqual([false, 0])
    expect(() => batches.partitionFor(record, 0)).toThrow(/once they are known/)
    batches.update(view('a', 1, -1), accumulator)
    expect([batches.isKnown, batches.partitionCount]).toEqual([true, 2])
    expect(batches.available).toEqual([0])
    batches.update(view('a', 1, 2, 3), accumulator)
    expect(batches.available).toEqual([0, 1, 2])
    expect(batches.queueLengths()).toEqual([0, 0, 0])
    expect(batches.partitionFor(record, 1)?.leaderId).toBe(2)
    expect(batches.partitionFor(record, 3)).toBeUndefined()
  })

  it('leads no record to partitions that a topic of the same name has no more', () => {
    const batches = topic()
    batches.update(view('a', 1, 2, 3), accumulator)
    const gone = batches.partitionFor(record, 2)
    batches.update(view('b', 1, 2), accumulator)
    expect([gone?.leaderId, gone?.topicId]).toEqual([-1, 'b'])
    expect([batches.partitionCount, batches.queueLengths()]).toEqual([2, [0, 0]])
    expect(batches.available).toEqual([0, 1])
  })

  it('keeps the last id that it was told, whatever is away or does not tell ids', () => {
    const batches = topic()
    batches.update(view(zeroUuid, 1), accumulator)
    const partition = batches.partitionFor(record, 0)
    expect(partition?.topicId).toBe(zeroUuid)
    batches.update(view('a', 1), accumulator)
    expect(partition?.topicId).toBe('a')
    batches.update(undefined, accumulator)
    batches.update(view(zeroUuid, 2), accumulator)
    expect([partition?.topicId, partition?.leaderId]).toEqual(['a', 2])
    batches.update(view('b', 2), accumulator)
    expect(partition?.topicId).toBe('b')
  })
})
