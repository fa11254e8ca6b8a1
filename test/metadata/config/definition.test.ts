import { describe, expect, it } from 'vitest'
import { readTable, type TableContext } from '../../../src/metadata/config/definition.ts'

describe('readTable', () => {
  const standing = { support: 'built', subject: 'Tests' } as const
  const standingOf = (): typeof standing => standing
  const read = (line: string, context: Partial<TableContext> = {}) =>
    [...readTable(`\n${line}\n`, { standingOf, ...context }).values()][0]

  it('reads every field, absent ones as their default', () => {
    expect(read('a.b|long|h|r|5|1..9/{-1}|idslyr')).toEqual({
      name: 'a.b',
      type: 'long',
      importance: 'high',
      updateMode: 'read-only',
      default: '5',
      rules: [
        { kind: 'range', min: 1, max: 9 },
        { kind: 'enum', values: ['-1'], ignoreCase: false },
      ],
      internal: true,
      deprecated: true,
      sensitive: true,
      listenerPrefixed: true,
      dynamicOnly: true,
      required: true,
      standing,
    })
    expect(read('a|string|l')).toMatchObject({ default: '', rules: [], internal: false })
    expect(read('a|string|m|c|~')).toMatchObject({ default: null, updateMode: 'cluster-wide' })
  })

  it.each<[string, unknown]>([
    ['0..', { kind: 'range', min: 0, max: Infinity }],
    ['..5', { kind: 'range', min: -Infinity, max: 5 }],
    ['{a,B}i', { kind: 'enum', values: ['a', 'B'], ignoreCase: true }],
    ['[*]en', { kind: 'list', values: null, emptyAllowed: true, nullAllowed: true }],
    ['[a,b]', { kind: 'list', values: ['a', 'b'], emptyAllowed: false, nullAllowed: false }],
    ['!null', { kind: 'nonNull' }],
    ['!empty', { kind: 'nonEmpty' }],
    ['@voters', { kind: 'format', format: 'voters' }],
  ])('reads the rule %s', (text, rule) => {
    expect(read(`a|string|l||x|${text}`)?.rules).toEqual([rule])
  })

  it('puts our own decisions in the place of the line', () => {
    expect(read('a|int|l||5', { defaults: new Map([['a', '6']]) })?.default).toBe('6')
    expect(read('a|int|l|c|5', { readOnly: new Set(['a']) })?.updateMode).toBe('read-only')
  })

  it('fails on a decision about a config that is not in it, and on one without a standing', () => {
    const others = { defaults: new Map([['b', '6']]) }
    expect(() => read('a|int|l||5', others)).toThrow('a config that exists')
    expect(() => read('a|int|l||5', { readOnly: new Set(['b']) })).toThrow('a config that exists')
    expect(() => read('a|int|l||5', { standingOf: () => undefined })).toThrow('has a standing')
  })

  it.each(['a|number|l', 'a|int|x', 'a|int|l|q', 'a|int|l||5|nonsense', 'a|int|l\na|int|l'])(
    'fails on %j',
    (table) => {
      expect(() => readTable(table, { standingOf })).toThrow(/config table|twice/)
    },
  )
})
