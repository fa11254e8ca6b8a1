import { afterEach, expect, test } from 'vitest'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { describeTransactionsApi } from '../../../src/protocol/generated/65-describe-transactions.ts'
import { type SeenRequest, useDefault } from '../network/fake-cluster.ts'
import { Ends } from './admin-fixture.ts'

const ends = new Ends()
afterEach(() => ends.run())

/** Answers with these codes, one after the other; the last one from then on. */
function coded(...codes: number[]) {
  let at = 0
  return ({ key, body }: SeenRequest): unknown => {
    if (key !== describeTransactionsApi.key) return useDefault
    const { transactionalIds } = body as { readonly transactionalIds: readonly string[] }
    const errorCode = codes[Math.min(at++, codes.length - 1)] ?? 0
    const transactionStates = transactionalIds.map((transactionalId) => ({
      errorCode,
      transactionalId,
      transactionState: 'Ongoing',
      transactionTimeoutMs: 60_000,
      transactionStartTimeMs: transactionalId === 'idle' ? -1 : 1_700_000_000_000,
      producerId: 7,
      producerEpoch: 3,
      topics: transactionalId === 'idle' ? [] : [{ topic: 't', partitions: [0, 2] }],
    }))
    return { throttleTimeMs: 0, transactionStates }
  }
}

test('transactions are described by the brokers that keep them', async () => {
  const apis = [describeTransactionsApi]
  const { admin, fake } = await ends.both({ apis, answer: coded(0), nodes: 2 })
  const found = await admin.describeTransactions(['busy', 'idle'])
  const same = { coordinator: 2, producerId: 7, producerEpoch: 3, timeoutMs: 60_000 }
  expect(found).toEqual([
    {
      ...same,
      transactionalId: 'busy',
      state: 'Ongoing',
      startedAtMs: 1_700_000_000_000,
      partitions: [
        { topic: 't', partition: 0 },
        { topic: 't', partition: 2 },
      ],
    },
    { ...same, transactionalId: 'idle', state: 'Ongoing', startedAtMs: null, partitions: [] },
  ])
  const asked = fake.seen.filter(({ key }) => key === findCoordinatorApi.key)
  expect(asked.map(({ body }) => (body as { keyType: number }).keyType)).toEqual([1, 1])
})

test('a coordinator that moved is looked for again', async () => {
  const apis = [describeTransactionsApi]
  const { admin, fake } = await ends.both({ apis, answer: coded(16, 0) })
  expect(await admin.describeTransactions(['busy'])).toMatchObject([{ producerId: 7 }])
  expect(fake.count(findCoordinatorApi)).toBe(2)
})

test('an id that nobody knows is told at once', async () => {
  const { admin } = await ends.both({ apis: [describeTransactionsApi], answer: coded(105) })
  const call = admin.describeTransactions(['nobody'])
  await expect(call).rejects.toMatchObject({ code: 'TRANSACTIONAL_ID_NOT_FOUND' })
  await expect(call).rejects.toThrow('Cannot describe the transaction of "nobody"')
})
