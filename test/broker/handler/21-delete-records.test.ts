import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { deleteRecordsApi } from '../../../src/protocol/generated/21-delete-records.ts'
import { StorageError } from '../../../src/storage/log-store.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { appendBatches, createTestTopics, holdFlush } from './topics.ts'

const outOfRange = 1
const unknown = 3
const policyViolation = 44

let running: TestBroker
let topic = ''
let number = 0
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { compacted: 1 }, { 'cleanup.policy': 'compact' })
  await createTestTopics(running, { both: 1 }, { 'cleanup.policy': 'compact,delete' })
  await createTestTopics(running, { neither: 1 }, { 'cleanup.policy': '' })
  await createTestTopics(running, { __consumer_offsets: 1 })
})
afterAll(() => running.broker.stop())
beforeEach(async () => {
  topic = `t${number++}`
  await createTestTopics(running, { [topic]: 2 })
  await appendBatches(running, topic, 0, 2, 2, 2, 2, 2)
})

/** Name, index, low watermark and error code of each partition. */
async function remove(
  asked: readonly (readonly [name: string, partitionIndex: number, offset: number])[],
  version = 2,
): Promise<unknown[]> {
  const { topics } = await running.plane.send(deleteRecordsApi, version, {
    topics: asked.map(([name, partitionIndex, offset]) => ({
      name,
      partitions: [{ partitionIndex, offset }],
    })),
    timeoutMs: 5000,
  })
  return topics.flatMap(({ name, partitions }) =>
    partitions.map((one) => [name, one.partitionIndex, one.lowWatermark, one.errorCode]),
  )
}

describe('the log start', () => {
  test.each([0, 1, 2])('moves up to the offset, version %i', async (version) => {
    expect(await remove([[topic, 0, 4]], version)).toEqual([[topic, 0, 4, 0]])
    expect(running.store.find(topic, 0)?.logStartOffset()).toBe(4)
  })

  test('never moves back', async () => {
    await remove([[topic, 0, 4]])
    expect(await remove([[topic, 0, 2]])).toEqual([[topic, 0, 4, 0]])
    expect(await remove([[topic, 0, 0]])).toEqual([[topic, 0, 4, 0]])
  })

  test('moves to the high watermark for -1, into a batch as well', async () => {
    expect(await remove([[topic, 0, 3]])).toEqual([[topic, 0, 3, 0]])
    expect(await remove([[topic, 0, -1]])).toEqual([[topic, 0, 10, 0]])
    expect(await remove([[topic, 1, -1]])).toEqual([[topic, 1, 0, 0]])
  })

  test('stays where an offset is refused', async () => {
    for (const offset of [11, 100, -2, Infinity]) {
      expect(await remove([[topic, 0, offset]])).toEqual([[topic, 0, -1, outOfRange]])
    }
    expect(running.store.find(topic, 0)?.logStartOffset()).toBe(0)
  })

  test('is still there after a restart', async () => {
    const first = await startTestBroker()
    await createTestTopics(first, { t: 1 })
    await appendBatches(first, 't', 0, 2, 2)
    await first.plane.send(deleteRecordsApi, 2, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 3 }] }],
      timeoutMs: 5000,
    })
    await first.broker.stop()
    const second = await startTestBroker({ disk: first.store.disk })
    expect(second.store.find('t', 0)?.logStartOffset()).toBe(3)
    await second.broker.stop()
  })
})

test.each([
  [-1, 12],
  [11, 11],
])('records that are not flushed yet can be deleted: %i', async (offset, lowWatermark) => {
  const release = holdFlush(running, topic, 0)
  const appended = appendBatches(running, topic, 0, 2)
  const answers = remove([[topic, 0, offset]])
  await new Promise(setImmediate)
  release()
  expect(await answers).toEqual([[topic, 0, lowWatermark, 0]])
  await appended
})

test('records of a topic without any cleanup policy can be deleted', async () => {
  expect(await remove([['neither', 0, -1]])).toEqual([['neither', 0, 0, 0]])
})

describe('records cannot be deleted', () => {
  test.each<[string, number, number]>([
    ['nope', 0, unknown],
    ['__cluster_metadata', 0, unknown],
    ['compacted', 0, policyViolation],
    ['__consumer_offsets', 0, 17],
    ['__consumer_offsets', 9, unknown],
  ])('from %s-%i: error %i', async (name, index, code) => {
    expect(await remove([[name, index, 0]])).toEqual([[name, index, -1, code]])
  })

  test('from a partition that is not there, which fails no other', async () => {
    const asked = [[topic, 9, 0] as const, ['nope', 0, 0] as const, [topic, 0, 2] as const]
    expect(await remove(asked)).toEqual([
      [topic, 9, -1, unknown],
      [topic, 0, 2, 0],
      ['nope', 0, -1, unknown],
    ])
  })

  test('where the disk refuses', async () => {
    const log = running.store.find(topic, 0)
    if (log === undefined) throw new Error('no log')
    const refuses = vi.spyOn(log, 'deleteUpTo')
    refuses.mockRejectedValueOnce(new StorageError(56, 'the disk is gone'))
    expect(await remove([[topic, 0, 2]])).toEqual([[topic, 0, -1, 56]])
    refuses.mockRejectedValueOnce(new Error('a bug'))
    expect(await remove([[topic, 0, 2]])).toEqual([[topic, 0, -1, -1]])
    expect(running.lines.join()).toContain(`DeleteRecords of ${topic}-0 failed`)
  })
})

test('records that are compacted and deleted can be deleted', async () => {
  await appendBatches(running, 'both', 0, 1, 1)
  expect(await remove([['both', 0, 1]])).toEqual([['both', 0, 1, 0]])
})

test('a partition that stands twice is answered once, and the last offset counts', async () => {
  const asked = [[topic, 0, 8] as const, [topic, 0, 2] as const]
  expect(await remove(asked)).toEqual([[topic, 0, 2, 0]])
})

test('a topic without partitions is not answered', async () => {
  const request = { topics: [{ name: topic, partitions: [] }], timeoutMs: 5000 }
  expect((await running.plane.send(deleteRecordsApi, 2, request)).topics).toEqual([])
})
