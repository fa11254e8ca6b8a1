import { expect, test } from 'vitest'
import {
  type Entity,
  type EntityKind,
  entityInWords,
  entityKinds,
  entityOfQuota,
  hasConfigs,
  hasQuotas,
} from '../../../src/cli/config/entity.ts'
import type { QuotaEntity } from '../../../src/client/index.ts'

test('each kind has configs or quotas', () => {
  for (const kind of entityKinds) expect(hasQuotas(kind)).toBe(!hasConfigs(kind))
  expect(entityKinds.filter(hasQuotas)).toEqual(['user', 'client-id', 'ip'])
})

test.each<[Entity, string]>([
  [{ kind: 'topic', name: 'orders', clientId: undefined }, 'topic orders'],
  [{ kind: 'broker', name: null, clientId: undefined }, 'broker (default)'],
  [{ kind: 'user', name: 'alice', clientId: 'till' }, 'user alice, client-id till'],
])('%j in words', (entity, words) => {
  expect(entityInWords(entity)).toBe(words)
})

test.each<[EntityKind, QuotaEntity, string | null, string | undefined]>([
  ['user', { user: 'alice' }, 'alice', undefined],
  ['user', { user: null }, null, undefined],
  ['user', { user: 'alice', 'client-id': 'till' }, 'alice', 'till'],
  ['client-id', { 'client-id': 'till' }, 'till', undefined],
  ['client-id', { 'client-id': null }, null, undefined],
  ['ip', { ip: '10.0.0.1' }, '10.0.0.1', undefined],
])('a quota of a %s: %j', (kind, quota, name, clientId) => {
  expect(entityOfQuota(kind, quota)).toEqual({ kind, name, clientId })
})
