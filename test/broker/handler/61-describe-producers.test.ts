import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeProducersApi } from '../../../src/protocol/generated/61-describe-producers.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { createTestTopics } from './topics.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { t: 2 })
})
afterAll(() => running.broker.stop())

async function ask(name: string, ...partitionIndexes: readonly number[]) {
  const topics = [{ name, partitionIndexes }]
  const answer = await running.plane.send(describeProducersApi, 0, { topics })
  expect(answer.topics.map((topic) => topic.name)).toEqual([name])
  return answer.topics.flatMap(({ partitions }) => partitions)
}

test('the producers of each partition are told', async () => {
  const records = [1, 2].map((timestamp) => ({ timestamp, key: null, value: null }))
  const producer = { producerId: 7, producerEpoch: 3, baseSequence: 4 }
  const log = running.store.find('t', 1)
  log?.append(encodeBatch(newBatch(records, producer)))
  const [none, some] = await ask('t', 0, 1)
  expect(none).toEqual({
    partitionIndex: 0,
    errorCode: 0,
    errorMessage: null,
    activeProducers: [],
  })
  expect(some?.activeProducers).toEqual([
    {
      producerId: 7,
      producerEpoch: 3,
      lastSequence: 5,
      lastTimestamp: 2,
      coordinatorEpoch: -1,
      currentTxnStartOffset: -1,
    },
  ])
})

test.each(['bad name', '', '..'])('%j is no name of a topic', async (name) => {
  expect(await ask(name, 0)).toMatchObject([{ partitionIndex: 0, errorCode: 17 }])
})

test.each([
  ['t', 9],
  ['nope', 0],
])('%s-%i is unknown', async (name, index) => {
  expect(await ask(name, index)).toMatchObject([{ partitionIndex: index, errorCode: 3 }])
})
