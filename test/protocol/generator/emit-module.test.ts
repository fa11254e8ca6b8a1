import { describe, expect, test } from 'vitest'
import {
  apiModule,
  indexModule,
  recordModule,
} from '../../../src/protocol/generator/emit-module.ts'
import type { ApiSchema, Field, RecordSchema } from '../../../src/protocol/schema/language.ts'

/** A module with one record of versions 0 to 4, flexible from 2 on. */
function moduleOf(fields: readonly Field[], more: Partial<RecordSchema> = {}): string {
  const schema = { name: 'Sample', versions: '0-4', flexible: '2+', fields, ...more }
  return recordModule([schema], 'samples', '../../')
}

describe('the decoder', () => {
  test('asks for the version only where it matters', () => {
    const text = moduleOf([
      { name: 'always', type: 'int32', versions: '0+' },
      { name: 'later', type: 'int32', versions: '3+', default: -1 },
      { name: 'between', type: 'string', versions: '1-3' },
      { name: 'once', type: 'bool', versions: '4' },
    ])
    expect(text).toContain('const always = reader.int32()\n')
    expect(text).toContain('const later = version >= 3 ? reader.int32() : -1\n')
    expect(text).toContain("version >= 1 && version <= 3 ? reader.string(flexible) : ''\n")
    expect(text).toContain('const once = version === 4 ? reader.bool() : false\n')
  })

  test('bounds an array by the least that an element takes', () => {
    const element: Field[] = [
      { name: 'id', type: 'int32', versions: '0+' },
      { name: 'name', type: 'string', versions: '1+' },
      { name: 'more', type: 'int64', versions: '2+', tag: 0 },
    ]
    const fields: Field[] = [{ name: 'items', type: '[]Item', versions: '0+', fields: element }]
    // Version 0 has the id alone; version 2 has id, an empty name and no tags: 4 + 1 + 1.
    expect(moduleOf(fields)).toContain('reader.array(flexible, 4, version, decodeItem)')
    expect(moduleOf(fields, { versions: '2-4' })).toContain(
      'reader.array(true, 6, version, decodeItem)',
    )
  })

  test('takes null only in versions that have it', () => {
    const text = moduleOf([
      { name: 'name', type: 'string', versions: '0+', nullable: '3+' },
      { name: 'part', type: 'Part', versions: '0+', nullable: '0+', default: null, fields: [] },
    ])
    expect(text).toContain('reader.nullableString(flexible, version >= 3)')
    expect(text).toContain('reader.nullableStruct(flexible, version, decodePart)')
    expect(text).toContain('writer.nullableString(flexible, name, version >= 3)')
    expect(text).toContain('readonly part?: Part | null')
  })
})

describe('the encoder', () => {
  test('drops ignorable fields and refuses others', () => {
    const text = moduleOf([
      { name: 'dropped', type: 'int32', versions: '3+', ignorable: true },
      { name: 'refused', type: 'int32', versions: '3+' },
    ])
    expect(text).toContain(
      [
        '  if (version >= 3) writer.int32(dropped)',
        '  if (version >= 3) writer.int32(refused)',
        "  else if (refused !== 0) writer.unsupported('Sample.refused', version)",
      ].join('\n'),
    )
  })

  test('leaves out tagged fields that have their default', () => {
    const text = moduleOf([{ name: 'extra', type: 'int64', versions: '2+', tag: 7, default: -1 }])
    expect(text).toContain('if (extra !== -1) tags++')
    expect(text).toContain('writer.enterTag(7)')
    expect(text).toContain(
      "if (version < 2 && extra !== -1) writer.unsupported('Sample.extra', version)",
    )
  })

  test('keeps out of the way of fields that are called like its own variables', () => {
    const text = moduleOf([{ name: 'version', type: 'int16', versions: '0+' }])
    expect(text).toContain('const versionField = reader.int16()')
    expect(text).toContain('return { version: versionField }')
    expect(text).toContain('const { version: versionField } = message')
  })
})

test('a message without fields has a codec all the same', () => {
  const text = moduleOf([])
  expect(text).toContain('return {}')
  expect(text).toContain('if (flexible) writer.unsignedVarint(0)')
})

test('what may be left out is optional in the input alone', () => {
  const text = moduleOf([
    { name: 'needed', type: 'int32', versions: '0+' },
    { name: 'spare', type: 'int32', versions: '0+', default: 5 },
  ])
  expect(text).toContain('export interface Sample {\n  readonly needed: number\n  readonly spare')
  expect(text).toContain('readonly needed: number\n  readonly spare?: number\n')
})

test('records with numbers get a map of types by name', () => {
  expect(moduleOf([], { key: 3 })).toContain('export interface SampleTypes {\n  Sample: Sample\n}')
  expect(moduleOf([])).not.toContain('SampleTypes')
})

describe('an API', () => {
  const message = { versions: '0-1', flexible: 'none' }
  const part: Field = {
    name: 'part',
    type: 'Part',
    versions: '0+',
    fields: [{ name: 'x', type: 'int8', versions: '0+' }],
  }
  const schema: ApiSchema = {
    key: 7,
    name: 'Thing',
    request: { name: 'ThingRequest', ...message, fields: [part] },
    response: { name: 'ThingResponse', ...message, fields: [] },
  }

  test('has one object with both codecs, and stands in the index', () => {
    const text = apiModule(schema, '../')
    expect(text).toContain('export const thingApi: Api<ThingRequest, ThingRequest, ThingResponse')
    expect(text).toContain('flexibleMin: Infinity')
    const index = indexModule([schema], ['07-thing.ts'])
    expect(index).toContain("import { thingApi } from './07-thing.ts'")
    expect(index).toContain('[7, thingApi],')
  })

  test('cannot have two types of one name', () => {
    const response = { ...schema.response, fields: [part] }
    expect(() => apiModule({ ...schema, response }, '../')).toThrow('two types are called Part')
  })
})
