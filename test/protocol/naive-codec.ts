/**
 * Kafka's wire format by interpretation of a schema, one value at a time: slow and plain, made to
 * be compared with the generated codecs, with which it shares nothing but the schema.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type FieldModel,
  type MessageModel,
  type StructModel,
  within,
} from '../../src/protocol/generator/model.ts'

type Value = Record<string, unknown>

/** The bytes of a value whose fields are all given, in a version of its message. */
export function encodeNaively(
  model: MessageModel,
  version: number,
  value: Value,
  defaultOf: (struct: StructModel) => Value,
): Buffer {
  const flexible = within(model.flexible, version)

  function struct(of: StructModel, given: Value): Buffer {
    const here = of.fields.filter((field) => within(field.versions, version))
    const parts = here
      .filter((field) => field.tag === null)
      .map((field) => fieldBytes(field, given[field.name]))
    if (!flexible) return Buffer.concat(parts)
    const defaults = defaultOf(of)
    const tagged = here
      .filter((one) => one.tag !== null && !isSame(given[one.name], defaults[one.name]))
      .sort((a, b) => Number(a.tag) - Number(b.tag))
    parts.push(varint(tagged.length))
    for (const field of tagged) {
      const bytes = fieldBytes(field, given[field.name])
      parts.push(varint(Number(field.tag)), varint(bytes.length), bytes)
    }
    return Buffer.concat(parts)
  }

  function fieldBytes(field: FieldModel, given: unknown): Buffer {
    const compact = flexible && !field.classic
    if (!field.array) return one(field, given, compact)
    if (given === null) return compact ? varint(0) : int(4, -1)
    const items = given as readonly unknown[]
    const count = compact ? varint(items.length + 1) : int(4, items.length)
    return Buffer.concat([count, ...items.map((item) => one(field, item, compact))])
  }

  function one(field: FieldModel, given: unknown, compact: boolean): Buffer {
    if (field.struct !== null) {
      // A struct that may be null has a byte in front, in an array it may not be.
      const marked = !field.array && within(field.nullable, version)
      if (given === null) return int(1, -1)
      const bytes = struct(field.struct, given as Value)
      return marked ? Buffer.concat([int(1, 1), bytes]) : bytes
    }
    switch (field.primitive) {
      case 'bool':
        return int(1, given === true ? 1 : 0)
      case 'int8':
      case 'int16':
      case 'int32':
        return int(Number(field.primitive.slice(3)) / 8, given as number)
      case 'uint16':
        return int(2, ((given as number) << 16) >> 16)
      case 'int64':
        return int(8, given as number)
      case 'float64': {
        const bytes = Buffer.alloc(8)
        bytes.writeDoubleBE(given as number)
        return bytes
      }
      case 'uuid':
        return Buffer.from(given as string, 'base64url')
      case 'string': {
        if (given === null) return compact ? varint(0) : int(2, -1)
        const text = Buffer.from(given as string, 'utf8')
        return Buffer.concat([compact ? varint(text.length + 1) : int(2, text.length), text])
      }
      default: {
        if (given === null) return compact ? varint(0) : int(4, -1)
        const bytes = given as Uint8Array
        return Buffer.concat([compact ? varint(bytes.length + 1) : int(4, bytes.length), bytes])
      }
    }
  }

  return struct(model.root, value)
}

/** Byte arrays are the same when their bytes are, whatever class they are of. */
function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return isDeepStrictEqual(a, b)
}

/** Big endian, two's complement; Infinity stands for 2^63 - 1. */
function int(bytes: number, value: number): Buffer {
  const exact = value === Infinity ? 2n ** 63n - 1n : BigInt(value)
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(exact)
  return buffer.subarray(8 - bytes)
}

/** Seven bits a byte, the lowest first; the high bit says that more come. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left % 128) + 128)
  }
}
