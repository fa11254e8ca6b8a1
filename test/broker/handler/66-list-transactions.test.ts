import { afterAll, beforeAll, expect, test } from 'vitest'
import { listTransactionsApi } from '../../../src/protocol/generated/66-list-transactions.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

const nothing = { throttleTimeMs: 0, errorCode: 0, unknownStateFilters: [], transactionStates: [] }

test.each([0, 1, 2])('version %i lists none', async (version) => {
  const request = { stateFilters: [], producerIdFilters: [1, 1] }
  expect(await running.plane.send(listTransactionsApi, version, request)).toEqual(nothing)
})

test('every state that Kafka has may be asked for', async () => {
  const stateFilters = ['Empty', 'Ongoing', 'Dead', 'PrepareEpochFence']
  for (const what of ['Commit', 'Abort']) stateFilters.push(`Prepare${what}`, `Complete${what}`)
  const request = { stateFilters, producerIdFilters: [], transactionalIdPattern: 'a.*' }
  expect(await running.plane.send(listTransactionsApi, 2, request)).toEqual(nothing)
})

test('states that do not exist are told, each once', async () => {
  const stateFilters = ['Ongoing', 'ongoing', 'Nope', 'ongoing', '']
  const request = { stateFilters, producerIdFilters: [], durationFilter: 5 }
  const answer = await running.plane.send(listTransactionsApi, 2, request)
  expect(answer).toEqual({ ...nothing, unknownStateFilters: ['ongoing', 'Nope', ''] })
})
