import { expect, test } from 'vitest'
import {
  type InitProducerIdRequestInput,
  type InitProducerIdResponse,
  initProducerIdApi,
} from '../../../src/protocol/generated/22-init-producer-id.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const idempotent = { transactionalId: null, transactionTimeoutMs: 60_000 }

function ask(
  running: TestBroker,
  request: InitProducerIdRequestInput = idempotent,
): Promise<InitProducerIdResponse> {
  return running.plane.send(initProducerIdApi, 4, request)
}

test('ids are new, also after a stop that was not clean', async () => {
  const first = await startTestBroker()
  const ids = []
  for (let i = 0; i < 3; i++) ids.push((await ask(first)).producerId)
  expect(ids).toEqual([0, 1, 2])
  const second = await startTestBroker({ disk: first.store.crash() })
  expect((await ask(second)).producerId).toBe(1000)
  await second.broker.stop()
})

test('a producer that brings its id gets a new one with epoch 0', async () => {
  const running = await startTestBroker()
  const answer = await ask(running, { ...idempotent, producerId: 5, producerEpoch: 3 })
  expect(answer).toMatchObject({ errorCode: 0, producerId: 0, producerEpoch: 0 })
  await running.broker.stop()
})

test.each([
  [{ producerId: -1, producerEpoch: 3 }, 42],
  [{ producerId: 7, producerEpoch: -1 }, 42],
  [{ transactionalId: '' }, 42],
  [{ transactionalId: 'tx' }, 53],
])('%j is refused with %i', async (more, errorCode) => {
  const running = await startTestBroker()
  const answer = await ask(running, { ...idempotent, ...more })
  expect(answer).toMatchObject({ errorCode, producerId: -1, producerEpoch: -1 })
  await running.broker.stop()
})
