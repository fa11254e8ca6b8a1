import { describe, expect, test } from 'vitest'
import {
  covers,
  intersection,
  modelOf,
  parseRange,
  within,
} from '../../../src/protocol/generator/model.ts'
import type { Field, Message } from '../../../src/protocol/schema/language.ts'

const bounds = { min: 2, max: 9 }

/** A message of versions 2 to 9 with these fields. */
function message(fields: readonly Field[], structs?: Message['structs']): Message {
  const rest = structs === undefined ? {} : { structs }
  return { name: 'Sample', versions: '2-9', flexible: '5+', fields, ...rest }
}

describe('version ranges', () => {
  test.each([
    ['none', 1, 0],
    ['4', 4, 4],
    ['3-7', 3, 7],
    ['3+', 3, 9],
    ['0+', 2, 9],
    ['0-1', 2, 1],
    ['8-12', 8, 9],
  ])('%s within 2 to 9', (text, min, max) => {
    expect(parseRange(text, bounds)).toEqual({ min, max })
  })

  test.each(['', '-1', '1-', 'a', '1+2'])('%j is none', (text) => {
    expect(() => parseRange(text, bounds)).toThrow('not a version range')
  })

  test('cover, contain and intersect', () => {
    expect(covers({ min: 0, max: 9 }, bounds)).toBe(true)
    expect(covers({ min: 3, max: 9 }, bounds)).toBe(false)
    expect(within(bounds, 2) && within(bounds, 9)).toBe(true)
    expect(within(bounds, 1) || within(bounds, 10)).toBe(false)
    expect(intersection(bounds, { min: 5, max: 20 })).toEqual({ min: 5, max: 9 })
  })
})

describe('a model', () => {
  test('leaves out fields of versions that are gone', () => {
    const model = modelOf(
      message([
        { name: 'old', type: 'int8', versions: '0-1' },
        { name: 'now', type: 'int8', versions: '0+' },
      ]),
    )
    expect(model.root.fields.map((field) => field.name)).toEqual(['now'])
  })

  test('cuts the fields of a struct down to where the struct occurs', () => {
    const inner: Field = { name: 'x', type: 'int8', versions: '0+' }
    const model = modelOf(
      message([{ name: 'part', type: 'Part', versions: '6+', fields: [inner] }]),
    )
    expect(model.structs[0]).toMatchObject({ name: 'Part', versions: { min: 6, max: 9 } })
    expect(model.structs[0]?.fields[0]?.versions).toEqual({ min: 6, max: 9 })
  })

  test('shares a struct among fields', () => {
    const model = modelOf(
      message(
        [
          { name: 'one', type: 'Shared', versions: '6+' },
          { name: 'many', type: '[]Shared', versions: '2+' },
        ],
        [{ name: 'Shared', fields: [{ name: 'x', type: 'int8', versions: '0+' }] }],
      ),
    )
    expect(model.structs).toHaveLength(1)
    expect(model.root.fields[0]?.struct).toBe(model.root.fields[1]?.struct)
  })

  test('knows the default of every type', () => {
    const types = ['bool', 'int32', 'uuid', 'string', 'bytes', '[]int32'] as const
    const fields = types.map((type) => ({ name: type, type, versions: '2+' }))
    const nullable = { name: 'n', type: 'string', versions: '2+', nullable: '2+' }
    const values = modelOf(message([...fields, nullable])).root.fields.map(
      (field) => field.defaultValue,
    )
    expect(values).toEqual([false, 0, 'zero', '', undefined, undefined, null])
  })
})

describe('a mistake in a schema is told with its place', () => {
  const part: Field = { name: 'x', type: 'int8', versions: '0+' }
  test.each<[string, Field[]]>([
    ['Sample.a: unknown type Nowhere', [{ name: 'a', type: '[]Nowhere', versions: '2+' }]],
    ['Sample.a: null default', [{ name: 'a', type: 'string', versions: '2+', default: null }]],
    ['not a version range: 2..3', [{ name: 'a', type: 'int8', versions: '2..3' }]],
    ['Sample.a: tag', [{ name: 'a', type: 'int8', versions: '5+', tag: 0, flexible: false }]],
    [
      'Sample.b: Part is defined twice',
      [
        { name: 'a', type: 'Part', versions: '2+', fields: [part] },
        { name: 'b', type: 'Part', versions: '2+', fields: [part] },
      ],
    ],
  ])('%s', (why, fields) => {
    expect(() => modelOf(message(fields))).toThrow(why)
  })
})
