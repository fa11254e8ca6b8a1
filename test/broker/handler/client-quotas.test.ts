/** Client quotas as clients set and see them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeClientQuotasApi } from '../../../src/protocol/generated/48-describe-client-quotas.ts'
import { alterClientQuotasApi } from '../../../src/protocol/generated/49-alter-client-quotas.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

const user = [{ entityType: 'user', entityName: 'u' }]
const anyUser = { components: [{ entityType: 'user', matchType: 2, match: null }], strict: true }

function alter(version: number, value: number, validateOnly = false) {
  const ops = [{ key: 'producer_byte_rate', value, remove: value === 0 }]
  const entries = [{ entity: user, ops }]
  return running.plane.send(alterClientQuotasApi, version, { entries, validateOnly })
}

test.each([0, 1])('version %i: what is set is told, what is removed is not', async (version) => {
  const done = [{ errorCode: 0, errorMessage: null, entity: user }]
  expect(await alter(version, 1024)).toEqual({ throttleTimeMs: 0, entries: done })
  expect(await alter(version, 2048, true)).toEqual({ throttleTimeMs: 0, entries: done })
  const describe = () => running.plane.send(describeClientQuotasApi, version, anyUser)
  expect(await describe()).toEqual({
    throttleTimeMs: 0,
    errorCode: 0,
    errorMessage: null,
    entries: [{ entity: user, values: [{ key: 'producer_byte_rate', value: 1024 }] }],
  })
  await alter(version, 0)
  expect((await describe()).entries).toEqual([])
})

test('both answers name the types of an entity in the same order', async () => {
  const entity = [...user, { entityType: 'client-id', entityName: null }]
  const ops = [{ key: 'request_percentage', value: 50, remove: false }]
  const request = { entries: [{ entity, ops }], validateOnly: false }
  const altered = await running.plane.send(alterClientQuotasApi, 1, request)
  expect(altered.entries[0]?.entity).toEqual([...entity].reverse())
  const described = await running.plane.send(describeClientQuotasApi, 1, {
    ...anyUser,
    strict: false,
  })
  expect(described.entries?.[0]?.entity).toEqual([...entity].reverse())
})

test('a value that cannot be is refused with the reason', async () => {
  const { entries } = await alter(1, -1)
  const errorMessage = 'Quota producer_byte_rate must be greater than 0'
  expect(entries).toEqual([{ errorCode: 42, errorMessage, entity: user }])
})

test('a filter that is none is refused as a whole', async () => {
  const components = [{ entityType: 'user', matchType: 9, match: null }]
  const answer = await running.plane.send(describeClientQuotasApi, 1, { components, strict: false })
  expect(answer).toMatchObject({
    errorCode: 42,
    entries: null,
    errorMessage: 'Unknown match type 9',
  })
})
