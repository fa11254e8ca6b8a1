/**
 * Messages made up from their schemas, for tests: arbitrary values of a version, the value that a
 * decoder gives for what the version does not carry, and Kafka's own JSON form of a message.
 */
import fc from 'fast-check'
import type { MessageCodec } from '../../src/protocol/codec.ts'
import { apis } from '../../src/protocol/generated/apis.ts'
import { headers } from '../../src/protocol/generated/header.ts'
import { consumerProtocol } from '../../src/protocol/generated/record/consumer-protocol.ts'
import { controlRecords } from '../../src/protocol/generated/record/control.ts'
import { groupRecords } from '../../src/protocol/generated/record/group.ts'
import { metadataRecords } from '../../src/protocol/generated/record/metadata.ts'
import {
  type FieldModel,
  type MessageModel,
  modelOf,
  type StructModel,
  within,
} from '../../src/protocol/generator/model.ts'
import { apiSchemas } from '../../src/protocol/schema/apis.ts'
import { headers as headerSchemas } from '../../src/protocol/schema/header.ts'
import type { Message } from '../../src/protocol/schema/language.ts'
import { consumerProtocol as consumerSchemas } from '../../src/protocol/schema/record/consumer-protocol.ts'
import { controlRecords as controlSchemas } from '../../src/protocol/schema/record/control.ts'
import { groupRecords as groupSchemas } from '../../src/protocol/schema/record/group.ts'
import { metadataRecords as metadataSchemas } from '../../src/protocol/schema/record/metadata.ts'
import { uuidFromBytes, zeroUuid } from '../../src/protocol/uuid.ts'

/** A codec of which the test knows only the schema. */
export interface Subject {
  readonly codec: MessageCodec<unknown, unknown>
  readonly model: MessageModel
}

type Value = Record<string, unknown>

/** Every codec that is generated, with its schema. */
export const subjects: readonly Subject[] = [
  ...[...apis.values()].flatMap((api) => {
    const schema = apiSchemas.find((one) => one.key === api.key)
    if (schema === undefined) throw new Error(`no schema for ${api.name}`)
    return [subject(api.request, schema.request), subject(api.response, schema.response)]
  }),
  ...paired(headers, headerSchemas),
  ...paired(consumerProtocol, consumerSchemas),
  ...paired(controlRecords, controlSchemas),
  ...paired(groupRecords, groupSchemas),
  ...paired(metadataRecords, metadataSchemas),
]

/** Versions of a message. */
export function versionsOf(model: MessageModel): number[] {
  const { min, max } = model.versions
  return Array.from({ length: max - min + 1 }, (_, index) => min + index)
}

/** Arbitrary values as a decoder of `version` gives them. */
export function messageArbitrary(model: MessageModel, version: number): fc.Arbitrary<Value> {
  return structArbitrary(model.root, version)
}

/** The value of `struct` with every field at its default. */
export function defaultStruct(struct: StructModel): Value {
  return Object.fromEntries(struct.fields.map((field) => [field.name, defaultValue(field)]))
}

/**
 * A message from the JSON that Kafka's own converters write: bytes in base64, defaults left out.
 */
export function fromKafkaJson(struct: StructModel, json: Value): Value {
  return Object.fromEntries(
    struct.fields.map((field) => {
      const given = json[field.name]
      return [field.name, given === undefined ? defaultValue(field) : fromJson(field, given)]
    }),
  )
}

/** The JSON that Kafka's own converters read, with all that `version` has. */
export function toKafkaJson(struct: StructModel, version: number, value: Value): Value {
  const fields = struct.fields.filter((field) => within(field.versions, version))
  return Object.fromEntries(
    fields.map((field) => [field.name, toJson(field, version, value[field.name])]),
  )
}

function subject(codec: MessageCodec<unknown, never>, schema: Message): Subject {
  return { codec: codec as MessageCodec<unknown, unknown>, model: modelOf(schema) }
}

function paired(
  codecs: readonly MessageCodec<unknown, never>[],
  schemas: readonly Message[],
): Subject[] {
  return codecs.map((codec) => {
    const schema = schemas.find((one) => one.name === codec.name)
    if (schema === undefined) throw new Error(`no schema for ${codec.name}`)
    return subject(codec, schema)
  })
}

function structArbitrary(struct: StructModel, version: number): fc.Arbitrary<Value> {
  const entries = struct.fields.map((field) => [field.name, fieldArbitrary(field, version)])
  return fc.record(Object.fromEntries(entries), { noNullPrototype: true })
}

function fieldArbitrary(field: FieldModel, version: number): fc.Arbitrary<unknown> {
  const fallback = fc.constant(defaultValue(field))
  if (!within(field.versions, version)) return fallback
  const one = field.struct ? structArbitrary(field.struct, version) : primitiveArbitrary(field)
  const whole = field.array ? fc.array(one, { maxLength: 3 }) : one
  const choices = [{ weight: 6, arbitrary: whole }]
  if (field.defaultValue !== null) choices.push({ weight: 1, arbitrary: fallback })
  if (within(field.nullable, version)) choices.push({ weight: 2, arbitrary: fc.constant(null) })
  return fc.oneof(...choices)
}

function primitiveArbitrary(field: FieldModel): fc.Arbitrary<unknown> {
  switch (field.primitive) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return fc.integer({ min: -128, max: 127 })
    case 'int16':
      return fc.integer({ min: -32768, max: 32767 })
    case 'uint16':
      return fc.integer({ min: 0, max: 65535 })
    case 'int32':
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constant(Infinity))
    case 'float64':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(bytes))
    case 'string':
      return fc.oneof(
        { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
        { weight: 1, arbitrary: fc.string({ minLength: 39, maxLength: 140 }) },
        { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 41, maxLength: 60 }) },
      )
    default:
      return fc.uint8Array({ maxLength: 150 })
  }
}

function defaultValue(field: FieldModel): unknown {
  if (field.defaultValue === null) return null
  if (field.array) return []
  if (field.struct !== null) return defaultStruct(field.struct)
  if (field.primitive === 'uuid') return zeroUuid
  if (field.defaultValue === undefined) return new Uint8Array(0)
  return field.defaultValue
}

function fromJson(field: FieldModel, json: unknown): unknown {
  if (json === null) return null
  const one = (value: unknown): unknown => {
    if (field.struct !== null) return fromKafkaJson(field.struct, value as Value)
    if (field.primitive === 'bytes' || field.primitive === 'records') {
      return new Uint8Array(Buffer.from(value as string, 'base64'))
    }
    if (field.primitive === 'int64') return (value as number) >= 2 ** 63 ? Infinity : value
    return value
  }
  return field.array ? (json as unknown[]).map(one) : one(json)
}

function toJson(field: FieldModel, version: number, value: unknown): unknown {
  if (value === null) return null
  const one = (item: unknown): unknown => {
    if (field.struct !== null) return toKafkaJson(field.struct, version, item as Value)
    if (item instanceof Uint8Array) return Buffer.from(item).toString('base64')
    return item
  }
  return field.array ? (value as unknown[]).map(one) : one(value)
}
