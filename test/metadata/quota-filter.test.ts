import { describe, expect, test } from 'vitest'
import type { ClientQuota } from '../../src/metadata/client-quotas.ts'
import { filterQuotas, QuotaMatch } from '../../src/metadata/quota-filter.ts'

type Component = readonly [type: string, matchType: number, match?: string | null]

const { EXACT, DEFAULT, ANY } = QuotaMatch
const values = new Map([['producer_byte_rate', 1]])

function quota(...entity: readonly (readonly [string, string | null])[]): ClientQuota {
  return { entity: new Map(entity), values }
}

const quotas = {
  user: quota(['user', 'u']),
  otherUser: quota(['user', 'v']),
  defaultUser: quota(['user', null]),
  client: quota(['client-id', 'c']),
  userAndClient: quota(['user', 'u'], ['client-id', 'c']),
  userAndDefault: quota(['user', 'u'], ['client-id', null]),
  ip: quota(['ip', '10.0.0.1']),
  defaultIp: quota(['ip', null]),
}
type Name = keyof typeof quotas

function ask(components: readonly Component[], strict: boolean) {
  return filterQuotas(Object.values(quotas), {
    strict,
    components: components.map(([entityType, matchType, match = null]) => ({
      entityType,
      matchType,
      match,
    })),
  })
}

describe('entities are found', () => {
  test.each<[string, Component[], boolean, Name[]]>([
    ['by nothing: all', [], false, Object.keys(quotas) as Name[]],
    ['by nothing, strictly: none', [], true, []],
    ['by a name', [['user', EXACT, 'u']], false, ['user', 'userAndClient', 'userAndDefault']],
    ['by a name, strictly', [['user', EXACT, 'u']], true, ['user']],
    ['as the default', [['user', DEFAULT]], false, ['defaultUser']],
    ['as the default client of a user', [['client-id', DEFAULT]], false, ['userAndDefault']],
    ['by any name, the default too', [['user', ANY]], true, ['user', 'otherUser', 'defaultUser']],
    ['by any address', [['ip', ANY]], false, ['ip', 'defaultIp']],
    [
      'by two types',
      [
        ['user', EXACT, 'u'],
        ['client-id', ANY],
      ],
      false,
      ['userAndClient', 'userAndDefault'],
    ],
    ['by a name that nobody has', [['user', EXACT, 'nobody']], false, []],
  ])('%s', (_, components, strict, expected) => {
    expect(ask(components, strict)).toEqual(expected.map((name) => quotas[name]))
  })
})

describe('a filter is refused', () => {
  test.each<[string, Component[], number, string]>([
    ['without a type', [['', ANY]], 42, 'Invalid empty entity type.'],
    [
      'with a type twice',
      [
        ['user', ANY],
        ['user', DEFAULT],
      ],
      42,
      'Entity type user cannot appear more than once in the filter.',
    ],
    ['with a strange type', [['group', ANY]], 35, 'Custom entity type group not supported'],
    ['with an exact null', [['user', EXACT]], 42, 'MATCH_TYPE_EXACT, but set match string to null'],
    ['with a default name', [['user', DEFAULT, 'u']], 42, 'MATCH_TYPE_DEFAULT, but also'],
    ['with any name that is one', [['user', ANY, 'u']], 42, 'MATCH_TYPE_SPECIFIED, but also'],
    ['with a strange way to match', [['user', 3]], 42, 'Unknown match type 3'],
    [
      'with addresses beside users',
      [
        ['ip', ANY],
        ['user', ANY],
      ],
      42,
      'IP filter component should not be used with user or clientId',
    ],
  ])('%s', (_, components, code, message) => {
    for (const strict of [false, true]) {
      expect(ask(components, strict)).toEqual({ code, message: expect.stringContaining(message) })
    }
  })
})
