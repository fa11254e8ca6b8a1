/**
 * A schema made ready for emission: names resolved, version ranges cut down to those that can
 * occur, defaults filled in. Everything that is wrong in a schema is thrown here, with its place.
 */
import type { Field, Message, Primitive } from '../schema/language.ts'

/** Inclusive range of versions; empty when `min > max`. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** A field as the emitters see it. */
export interface FieldModel {
  readonly name: string
  /** `Message.field`, for faults. */
  readonly path: string
  readonly primitive: Primitive | null
  /** Set when the field holds structs. */
  readonly struct: StructModel | null
  readonly array: boolean
  /** Versions in which the enclosing struct occurs; all other ranges lie within. */
  readonly bounds: Range
  readonly versions: Range
  readonly nullable: Range
  readonly classic: boolean
  readonly tag: number | null
  /** Null, a number, boolean or string; `undefined` for the empty array, bytes or struct. */
  readonly defaultValue: number | string | boolean | null | undefined
  readonly explicitDefault: boolean
  readonly ignorable: boolean
  readonly nearest: boolean
  readonly about: string | null
}

/** A struct, or the message itself. */
export interface StructModel {
  readonly name: string
  /** Versions in which it occurs. */
  readonly versions: Range
  readonly fields: readonly FieldModel[]
}

/** A message: its outermost struct, and all structs in it, inner ones first. */
export interface MessageModel {
  readonly root: StructModel
  readonly structs: readonly StructModel[]
  readonly versions: Range
  readonly flexible: Range
}

const primitiveDefaults: Record<Primitive, number | string | boolean | undefined> = {
  bool: false,
  int8: 0,
  int16: 0,
  uint16: 0,
  int32: 0,
  int64: 0,
  float64: 0,
  uuid: 'zero',
  string: '',
  bytes: undefined,
  records: undefined,
}

/** Resolves a message of a schema. Throws an error that names the place of a mistake. */
export function modelOf(message: Message): MessageModel {
  const versions = parseRange(message.versions, { min: 0, max: Number.MAX_SAFE_INTEGER })
  const resolver = new Resolver(message, versions)
  const fields = resolver.fields(message.fields, message.name, versions)
  const root = { name: message.name, versions, fields }
  return {
    root,
    structs: [...resolver.structs.values()],
    versions,
    flexible: parseRange(message.flexible, versions),
  }
}

/** Reads a range and cuts it down to `bounds`. */
export function parseRange(text: string, bounds: Range): Range {
  if (text === 'none') return { min: 1, max: 0 }
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text)
  if (match === null) throw new Error(`not a version range: ${text}`)
  const min = Number(match[1])
  const max = match[2] === '+' ? bounds.max : Number(match[3] ?? match[1])
  return { min: Math.max(min, bounds.min), max: Math.min(max, bounds.max) }
}

/** Whether `range` is all of `bounds`. */
export function covers(range: Range, bounds: Range): boolean {
  return range.min <= bounds.min && range.max >= bounds.max
}

/** The versions that lie in both ranges. */
export function intersection(a: Range, b: Range): Range {
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) }
}

/** Whether `version` lies in `range`. */
export function within(range: Range, version: number): boolean {
  return version >= range.min && version <= range.max
}

class Resolver {
  readonly structs: Map<string, StructModel> = new Map()
  readonly #message: Message
  readonly #versions: Range

  constructor(message: Message, versions: Range) {
    this.#message = message
    this.#versions = versions
  }

  fields(fields: readonly Field[], path: string, bounds: Range): FieldModel[] {
    return fields
      .map((field) => this.#field(field, `${path}.${field.name}`, bounds))
      .filter((field) => field.versions.min <= field.versions.max)
  }

  #field(field: Field, path: string, bounds: Range): FieldModel {
    const array = field.type.startsWith('[]')
    const base = array ? field.type.slice(2) : field.type
    const primitive = base in primitiveDefaults ? (base as Primitive) : null
    const versions = parseRange(field.versions, bounds)
    const nullable = parseRange(field.nullable ?? 'none', versions)
    if (field.tag !== undefined && field.flexible === false) throw new Error(`${path}: tag`)
    return {
      name: field.name,
      path,
      primitive,
      struct: primitive === null ? this.#struct(base, field, path, versions) : null,
      array,
      bounds,
      versions,
      nullable,
      classic: field.flexible === false,
      tag: field.tag ?? null,
      defaultValue: defaultOf(field, array, primitive, path),
      explicitDefault: field.default !== undefined,
      ignorable: field.ignorable ?? false,
      nearest: field.nearest ?? false,
      about: field.about ?? null,
    }
  }

  #struct(name: string, field: Field, path: string, versions: Range): StructModel {
    const shared = this.#message.structs?.find((struct) => struct.name === name)
    const known = this.structs.get(name)
    if (known !== undefined && shared !== undefined) return known
    const fields = field.fields ?? shared?.fields
    if (fields === undefined) throw new Error(`${path}: unknown type ${name}`)
    if (known !== undefined) throw new Error(`${path}: ${name} is defined twice`)
    // A shared struct may occur wherever the message does; another one only where its field does.
    const bounds = shared === undefined ? versions : this.#versions
    const inner = this.fields(fields, `${this.#message.name}.${name}`, bounds)
    const struct = { name, versions: bounds, fields: inner }
    this.structs.set(name, struct)
    return struct
  }
}

function defaultOf(
  field: Field,
  array: boolean,
  primitive: Primitive | null,
  path: string,
): FieldModel['defaultValue'] {
  const given = field.default
  if (given === null && field.nullable === undefined) throw new Error(`${path}: null default`)
  if (given !== undefined) return given
  if (array || primitive === null) return undefined
  if (field.nullable !== undefined && (primitive === 'string' || primitive === 'records')) {
    return null
  }
  return primitiveDefaults[primitive]
}
