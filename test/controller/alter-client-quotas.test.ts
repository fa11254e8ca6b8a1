import { describe, expect, test } from 'vitest'
import {
  decideAlterClientQuotas,
  type QuotaAlteration,
} from '../../src/controller/alter-client-quotas.ts'
import { quotasOf } from '../../src/metadata/client-quotas.ts'
import { emptyImage, type MetadataImage } from '../../src/metadata/image.ts'
import { startedController } from './harness.ts'

type Names = Readonly<Record<string, string | null>>

/** Sets these values on an entity; undefined removes one. */
function entry(names: Names, values: Readonly<Record<string, number | undefined>>) {
  return {
    entity: Object.entries(names).map(([entityType, entityName]) => ({ entityType, entityName })),
    ops: Object.entries(values).map(([key, value]) => ({
      key,
      value: value ?? 0,
      remove: value === undefined,
    })),
  }
}

function decide(image: MetadataImage, entries: readonly QuotaAlteration[], validateOnly = false) {
  const { records, response } = decideAlterClientQuotas(
    { entries, validateOnly, unknownHosts: ['nowhere'] },
    image,
  )
  return { records, messages: response.map(({ refusal }) => refusal?.message), response }
}

const rate = { producer_byte_rate: 1000 }

describe('an entity can be', () => {
  test.each<[string, Names]>([
    ['a user', { user: 'u' }],
    ['all other users', { user: null }],
    ['a client id', { 'client-id': 'c' }],
    ['a client id of a user', { 'client-id': 'c', user: 'u' }],
    ['all client ids of all users', { 'client-id': null, user: null }],
  ])('%s', (_, names) => {
    const { records, messages } = decide(emptyImage, [entry(names, rate)])
    expect(messages).toEqual([undefined])
    const { entity } = entry(names, {})
    const value = { entity, key: 'producer_byte_rate', value: 1000, remove: false }
    expect(records).toEqual([{ name: 'ClientQuotaRecord', version: 0, value }])
  })

  test.each([null, '10.1.2.3', '::1', 'fe80::1:2', 'localhost'])('the host %s', (ip) => {
    const { messages } = decide(emptyImage, [entry({ ip }, { connection_creation_rate: 5 })])
    expect(messages).toEqual([undefined])
  })
})

describe('an entity is refused', () => {
  test.each<[string, Names, string]>([
    ['without a name', {}, 'Invalid empty client quota entity'],
    ['of a strange type', { group: 'g' }, 'Unhandled client quota entity type: group'],
    ['with an empty name', { user: '' }, 'Empty user not supported'],
    ['with address and user', { ip: '1.2.3.4', user: 'u' }, 'IP entity should not be combined'],
    ['whose host nobody knows', { ip: 'nowhere' }, 'nowhere is not a valid IP or resolvable host.'],
  ])('%s', (_, names, message) => {
    const { records, response } = decide(emptyImage, [entry(names, rate)])
    expect(records).toEqual([])
    expect(response[0]?.refusal).toEqual({ code: 42, message: expect.stringContaining(message) })
  })
})

describe('a value is refused', () => {
  test.each<[Names, string, number, string]>([
    [{ user: 'u' }, 'nonsense', 1, 'Invalid configuration key nonsense'],
    [{ user: 'u' }, 'connection_creation_rate', 1, 'Invalid configuration key'],
    [{ ip: null }, 'producer_byte_rate', 1, 'Invalid configuration key'],
    [{ user: 'u' }, 'producer_byte_rate', 0, 'must be greater than 0'],
    [{ user: 'u' }, 'request_percentage', -1, 'must be greater than 0'],
    [{ user: 'u' }, 'request_percentage', Number.NaN, 'must be greater than 0'],
    [{ user: 'u' }, 'consumer_byte_rate', 1.5, 'cannot be a fractional value'],
    [{ user: 'u' }, 'consumer_byte_rate', 1e19, 'too large for a LONG'],
    [{ ip: null }, 'connection_creation_rate', 2 ** 31, 'too large for an INT'],
  ])('%j %s=%d: %s', (names, key, value, message) => {
    const { records, messages } = decide(emptyImage, [entry(names, { ...{ [key]: value } })])
    expect(records).toEqual([])
    expect(messages).toEqual([expect.stringContaining(message)])
  })

  test('with all others of its entity, and none of another', () => {
    const bad = entry({ user: 'a' }, { producer_byte_rate: 5, consumer_byte_rate: -1 })
    const { records, messages } = decide(emptyImage, [bad, entry({ user: 'b' }, rate)])
    expect(messages).toEqual([expect.stringContaining('greater than 0'), undefined])
    expect(records).toMatchObject([{ value: { entity: [{ entityName: 'b' }] } }])
  })
})

test('fractions are for percentages and mutations', () => {
  const values = { request_percentage: 12.5, controller_mutation_rate: 0.25 }
  expect(decide(emptyImage, [entry({ user: 'u' }, values)]).records).toHaveLength(2)
})

test('an entity that stands twice gets the first change and an error', () => {
  const { records, messages } = decide(emptyImage, [
    entry({ user: 'u' }, rate),
    entry({ user: 'u' }, { producer_byte_rate: 7 }),
  ])
  expect(messages).toEqual(['Ignoring duplicate entity ClientQuotaEntity(entries={user=u})'])
  expect(records).toMatchObject([{ value: { value: 1000 } }])
})

test('a key that stands twice changes nothing', () => {
  const twice = entry({ user: 'u' }, rate)
  const { records, messages } = decide(emptyImage, [
    { ...twice, ops: [...twice.ops, ...twice.ops] },
  ])
  expect(records).toEqual([])
  expect(messages).toEqual([expect.stringContaining('duplicate')])
})

test('a controller keeps what is set, and writes only what changes', async () => {
  const { controller, store } = await startedController()
  const alter = (values: Readonly<Record<string, number | undefined>>, validateOnly = false) =>
    controller.alterClientQuotas({ entries: [entry({ user: 'u' }, values)], validateOnly })
  await alter({ producer_byte_rate: 1000, request_percentage: 50 })
  const end = controller.logEndOffset
  await alter({ producer_byte_rate: 1000, consumer_byte_rate: undefined })
  await alter({ producer_byte_rate: 1 }, true)
  expect(controller.logEndOffset).toBe(end)
  await alter({ producer_byte_rate: undefined })
  expect(controller.logEndOffset).toBe(end + 1)
  const valuesOf = (image: MetadataImage) =>
    [...quotasOf(image).values()].map(({ values }) => [...values])
  expect(valuesOf(controller.image)).toEqual([[['request_percentage', 50]]])
  await controller.close()
  const again = await startedController(store.disk)
  expect(valuesOf(again.controller.image)).toEqual([[['request_percentage', 50]]])
  await again.controller.close()
})
