import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type QuotaEntity,
  quotaEntityKey,
  quotaEntityOf,
  quotaEntityTypes,
  quotasOf,
} from '../../src/metadata/client-quotas.ts'
import { applyRecords } from '../../src/metadata/delta.ts'
import { emptyImage, type MetadataImage } from '../../src/metadata/image.ts'
import { imageRecords } from '../../src/metadata/image-records.ts'
import type { MetadataRecord } from '../../src/protocol/metadata-record.ts'

function quotaRecord(entity: QuotaEntity, key: string, value: number | undefined): MetadataRecord {
  const parts = [...entity].map(([entityType, entityName]) => ({ entityType, entityName }))
  return {
    name: 'ClientQuotaRecord',
    version: 0,
    value: { entity: parts, key, value: value ?? 0, remove: value === undefined },
  }
}

function applied(image: MetadataImage, ...records: readonly MetadataRecord[]): MetadataImage {
  return applyRecords(image, records, { offset: image.offset + 1, epoch: 1, timestamp: 0 }).image
}

const alice = new Map([['user', 'alice']])

/** What an image says, in plain lists. */
function told(image: MetadataImage): unknown[] {
  return [...quotasOf(image).values()].map(({ entity, values }) => [[...entity], [...values]])
}

test('values of an entity stand together, whatever the order of its names', () => {
  const both = new Map<string, string | null>([
    ['user', 'alice'],
    ['client-id', null],
  ])
  const turned = new Map([...both].reverse())
  const image = applied(
    emptyImage,
    quotaRecord(both, 'producer_byte_rate', 1),
    quotaRecord(turned, 'consumer_byte_rate', 2),
    quotaRecord(alice, 'producer_byte_rate', 3),
  )
  expect(quotaEntityKey(turned)).toBe(quotaEntityKey(both))
  expect(quotasOf(image).get(quotaEntityKey(both))?.values).toEqual(
    new Map([
      ['producer_byte_rate', 1],
      ['consumer_byte_rate', 2],
    ]),
  )
  expect(quotasOf(image).size).toBe(2)
})

test('types and limits are told in the order in which Apache Kafka tells them', () => {
  const values = [
    ['request_percentage', 1],
    ['producer_byte_rate', 2],
    ['of_a_later_version', 3],
    ['consumer_byte_rate', 4],
  ] as const
  const entity = new Map([
    ['user', 'alice'],
    ['client-id', 'c'],
  ])
  const image = applied(
    emptyImage,
    ...values.map(([key, value]) => quotaRecord(entity, key, value)),
  )
  const [[parts, limits] = []] = told(image) as [string, unknown][][][]
  expect(parts?.map(([type]) => type)).toEqual(['client-id', 'user'])
  expect(limits?.map(([key]) => key)).toEqual([
    'consumer_byte_rate',
    'request_percentage',
    'producer_byte_rate',
    'of_a_later_version',
  ])
})

test('of a type that stands twice in an entity, the last name counts', () => {
  const parts = ['a', 'b'].map((entityName) => ({ entityType: 'user', entityName }))
  expect([...quotaEntityOf([...parts, { entityType: 'ip', entityName: null }])]).toEqual([
    ['user', 'b'],
    ['ip', null],
  ])
})

test('an entity whose last value is removed is gone', () => {
  const set = applied(emptyImage, quotaRecord(alice, 'producer_byte_rate', 1))
  expect(told(set)).toEqual([[[['user', 'alice']], [['producer_byte_rate', 1]]]])
  expect(told(applied(set, quotaRecord(alice, 'producer_byte_rate', undefined)))).toEqual([])
})

test('an image answers with the same object as long as no quota changes', () => {
  const image = applied(emptyImage, quotaRecord(alice, 'producer_byte_rate', 1))
  const later = applied(image, { name: 'NoOpRecord', version: 0, value: {} })
  expect(quotasOf(later)).toBe(quotasOf(image))
  expect(quotasOf(applied(later, quotaRecord(alice, 'producer_byte_rate', 2)))).not.toBe(
    quotasOf(image),
  )
})

describe('any sequence of records', () => {
  const entities = fc
    .uniqueArray(fc.constantFrom(...quotaEntityTypes), { minLength: 1 })
    .chain((types) =>
      fc
        .array(fc.constantFrom('a', 'b', null), {
          minLength: types.length,
          maxLength: types.length,
        })
        .map((names) => new Map(types.map((type, i) => [type as string, names[i] ?? null]))),
    )
  const changes = fc.array(
    fc.tuple(entities, fc.constantFrom('k', 'l'), fc.option(fc.nat(9), { nil: undefined })),
  )

  test('means the last value of each key, also behind a snapshot', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const expected = new Map<string, Map<string, number>>()
        let image: MetadataImage = { ...emptyImage, features: new Map([['metadata.version', 20]]) }
        for (const [entity, key, value] of list) {
          image = applied(image, quotaRecord(entity, key, value))
          const values = expected.get(quotaEntityKey(entity)) ?? new Map<string, number>()
          if (value === undefined) values.delete(key)
          else values.set(key, value)
          expected.set(quotaEntityKey(entity), values)
        }
        for (const [name, values] of expected) if (values.size === 0) expected.delete(name)
        const plain = (of: MetadataImage): unknown =>
          new Map([...quotasOf(of)].map(([name, { values }]) => [name, values]))
        expect(plain(image)).toEqual(expected)
        const again = applied(emptyImage, ...(imageRecords(image) as MetadataRecord[]))
        expect(plain(again)).toEqual(expected)
      }),
    )
  })
})
