import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDefault, standingsOf, unkeptPromise } from '../../../src/metadata/config/support.ts'
import {
  brokerSupport,
  clientMetricsSupport,
  groupSupport,
  topicSupport,
} from '../../../src/metadata/config/support-table.ts'
import {
  brokerConfigs,
  brokerDefinition,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from '../../../src/metadata/config/tables.ts'

describe('standingsOf', () => {
  const built = { support: 'built', subject: 'b' } as const
  const refused = { support: 'refused', subject: 'r' } as const
  const notYet = { support: 'not yet', subject: 'n' } as const
  const find = standingsOf([
    { ...built, names: 'a.b.c\n  x' },
    { ...refused, names: 'a.*' },
    { ...notYet, names: 'a.b.*' },
  ])

  it('takes the name itself, then the longest beginning', () => {
    expect(find('a.b.c')).toEqual(built)
    expect(find('a.b.d')).toEqual(notYet)
    expect(find('a.b.d.e')).toEqual(notYet)
    expect(find('a.c')).toEqual(refused)
    expect(find('x')).toEqual(built)
  })

  it('divides names at dots alone', () => {
    expect(find('ab.c')).toBeUndefined()
    expect(find('a')).toBeUndefined()
    expect(find('')).toBeUndefined()
  })

  it('fails on a name in two groups', () => {
    const groups = [
      { ...built, names: 'a' },
      { ...refused, names: 'b a' },
    ]
    expect(() => standingsOf(groups)).toThrow('in one group')
  })

  it('gives every name below a beginning the standing of that beginning', () => {
    const part = fc.stringMatching(/^[a-z]{1,6}$/)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        expect(find(['a', 'z', ...parts].join('.'))).toEqual(refused)
        expect(find(['z', ...parts].join('.'))).toBeUndefined()
      }),
    )
  })
})

describe('the groups', () => {
  it.each([
    ['broker', brokerSupport, brokerConfigs()],
    ['topic', topicSupport, topicConfigs()],
    ['group', groupSupport, groupConfigs()],
    ['client metrics', clientMetricsSupport, clientMetricsConfigs()],
  ])('of %s configs name only what exists', (_, groups, table) => {
    for (const name of groups.flatMap(({ names }) => names.trim().split(/\s+/))) {
      const exists = name.endsWith('.*')
        ? [...table.keys()].some((config) => config.startsWith(name.slice(0, -1)))
        : table.has(name)
      expect(exists, name).toBe(true)
    }
  })

  it('have one subject once, so that a reader finds all of it in one place', () => {
    for (const groups of [brokerSupport, topicSupport, groupSupport, clientMetricsSupport]) {
      const subjects = groups.map(({ subject }) => subject)
      expect(new Set(subjects).size).toBe(subjects.length)
    }
  })
})

describe('isDefault', () => {
  it.each([
    ['log.flush.interval.messages', '1', true],
    ['log.flush.interval.messages', ' 01 ', true],
    ['log.flush.interval.messages', '2', false],
    ['ssl.enabled.protocols', 'TLSv1.2, TLSv1.3', true],
    ['ssl.enabled.protocols', 'TLSv1.3', false],
    ['remote.log.storage.system.enable', 'False', true],
    ['remote.log.storage.system.enable', 'true', false],
    ['sasl.jaas.config', '', false],
    ['log.cleaner.io.max.bytes.per.second', '1.7976931348623157E308', true],
  ])('%s=%s: %s', (name, text, expected) => {
    const definition = brokerDefinition(name)
    if (definition === undefined) throw new Error(`${name} does not exist`)
    expect(isDefault(definition, text)).toBe(expected)
  })

  it('holds for the default of every config', () => {
    for (const definition of [...brokerConfigs().values(), ...topicConfigs().values()]) {
      if (definition.default === null) continue
      expect(isDefault(definition, definition.default), definition.name).toBe(true)
    }
  })
})

describe('unkeptPromise', () => {
  const promise = (name: string, text: string): string | undefined => {
    const definition = brokerDefinition(name)
    if (definition === undefined) throw new Error(`${name} does not exist`)
    return unkeptPromise(name, definition, text)
  }

  it.each([
    ['authorizer.class.name', 'x.Y', 'authorization is'],
    ['ssl.keystore.location', '/k', 'TLS is'],
    ['sasl.enabled.mechanisms', 'PLAIN', 'SASL is'],
    ['security.inter.broker.protocol', 'SSL', 'TLS or SASL between brokers is'],
    ['remote.log.storage.system.enable', 'true', 'tiered storage is'],
    ['delegation.token.secret.key', 'xyzzy', 'delegation tokens are'],
    ['create.topic.policy.class.name', 'x.Y', 'plug-ins in place of Java classes are'],
    ['transaction.two.phase.commit.enable', 'true', 'two-phase commit is'],
    ['listener.name.inside.ssl.keystore.location', '/k', 'TLS is'],
    ['listener.name.inside.plain.sasl.jaas.config', 'xyzzy', 'SASL is'],
  ])('%s=%s is one', (name, text, subject) => {
    const sentence = `config '${name}' cannot be set: ${subject} not built yet; leave it out`
    expect(promise(name, text)).toBe(sentence)
  })

  it.each([
    ['authorizer.class.name', ''],
    ['sasl.enabled.mechanisms', 'GSSAPI'],
    ['num.io.threads', '3'],
    ['log.cleaner.threads', '3'],
    ['num.partitions', '3'],
  ])('%s=%s is none', (name, text) => {
    expect(promise(name, text)).toBeUndefined()
  })
})
