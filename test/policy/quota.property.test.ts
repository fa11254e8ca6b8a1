import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type QuotaLimit, quotaLimits, type SetQuota } from '../../src/policy/quota.ts'

const key = 'producer_byte_rate'
const me = 'ANONYMOUS'

type Names = Readonly<Record<string, string | null>>

function quota(names: Names, limit: number, of: string = key): SetQuota {
  return { entity: new Map(Object.entries(names)), values: new Map([[of, limit]]) }
}

/** What holds for a client id, as the data plane finds it. */
function limitOf(quotas: readonly SetQuota[], clientId: string): QuotaLimit {
  const { others, clients } = quotaLimits(quotas, me, key)
  return clients.get(clientId) ?? others
}

/** All entities that can hold for client c of ours, from the one that goes before all others. */
const inOrder: readonly Names[] = [
  { user: me, 'client-id': 'c' },
  { user: me, 'client-id': null },
  { user: me },
  { user: null, 'client-id': 'c' },
  { user: null, 'client-id': null },
  { user: null },
  { 'client-id': 'c' },
  { 'client-id': null },
]

describe('the quota of a client', () => {
  test('is that of the first entity that has one, whatever else is set', () => {
    const others: readonly Names[] = [
      { user: 'somebody' },
      { user: 'somebody', 'client-id': 'c' },
      { 'client-id': 'd' },
      { user: me, 'client-id': 'd' },
      { ip: null },
    ]
    fc.assert(
      fc.property(fc.subarray([...inOrder.keys()]), fc.subarray([...others]), (set, noise) => {
        const quotas = [
          ...noise.map((names) => quota(names, 1000)),
          ...set.map((at) => quota(inOrder[at] ?? {}, at + 1)).reverse(),
        ]
        const first = set[0]
        const expected =
          first === undefined
            ? { limit: Number.POSITIVE_INFINITY, shared: false }
            : { limit: first + 1, shared: !('client-id' in (inOrder[first] ?? {})) }
        expect(limitOf(quotas, 'c')).toEqual(expected)
      }),
    )
  })

  test('that nobody names is the defaults’', () => {
    const quotas = [quota({ 'client-id': 'c' }, 1), quota({ 'client-id': null }, 2)]
    expect(limitOf(quotas, 'x')).toEqual({ limit: 2, shared: false })
    expect(limitOf([quota({ user: null }, 3)], 'x')).toEqual({ limit: 3, shared: true })
    expect(limitOf(quotas.slice(0, 1), 'x').limit).toBe(Number.POSITIVE_INFINITY)
  })

  test('of another key does not hold', () => {
    const quotas = [quota({ user: me }, 1, 'consumer_byte_rate'), quota({ 'client-id': 'c' }, 2)]
    expect(limitOf(quotas, 'c')).toEqual({ limit: 2, shared: false })
  })

  test('no name of a client can be mistaken for a default', () => {
    const quotas = [quota({ 'client-id': '<default>' }, 1), quota({ 'client-id': 'null' }, 2)]
    expect(limitOf(quotas, 'x').limit).toBe(Number.POSITIVE_INFINITY)
    expect(limitOf(quotas, 'null').limit).toBe(2)
  })
})
