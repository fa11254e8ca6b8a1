/** Small pieces of generated code that more than one emitter needs. */
import {
  covers,
  type FieldModel,
  intersection,
  type MessageModel,
  type Range,
  within,
} from './model.ts'

/** Identifiers that generated functions use themselves. */
const reserved = new Set(['reader', 'writer', 'version', 'flexible', 'message', 'tag', 'tags'])

/** Name of the local variable that holds a field. */
export function local(field: FieldModel): string {
  return reserved.has(field.name) ? `${field.name}Field` : field.name
}

/** Condition for `version` to lie in `range`: '' when it always does. */
export function condition(range: Range, bounds: Range): string {
  if (covers(range, bounds)) return ''
  if (range.min === range.max) return `version === ${range.min}`
  const parts: string[] = []
  if (range.min > bounds.min) parts.push(`version >= ${range.min}`)
  if (range.max < bounds.max) parts.push(`version <= ${range.max}`)
  return parts.join(' && ')
}

/** The condition for `version` to lie outside of `range`, which is not all of `bounds`. */
export function negation(range: Range, bounds: Range): string {
  if (range.max >= bounds.max) return `version < ${range.min}`
  if (range.min <= bounds.min) return `version > ${range.max}`
  return `(version < ${range.min} || version > ${range.max})`
}

/** The condition as a boolean expression. */
export function booleanOf(range: Range, bounds: Range): string {
  if (range.min > range.max) return 'false'
  return condition(range, bounds) || 'true'
}

/** Whether the versions in `bounds` are flexible: `'true'`, `'false'` or the name that tells. */
export function flexibleIn(bounds: Range, message: MessageModel): string {
  if (isNever(intersection(message.flexible, bounds))) return 'false'
  return covers(message.flexible, bounds) ? 'true' : 'flexible'
}

/** How a field's encoding says whether it is compact. */
export function flexibleOf(field: FieldModel, message: MessageModel): string {
  return field.classic ? 'false' : flexibleIn(field.bounds, message)
}

/** Whether no version lies in `range`. */
export function isNever(range: Range): boolean {
  return range.min > range.max
}

/** TypeScript source of a field's default. */
export function defaultSource(field: FieldModel): string {
  if (field.defaultValue === null) return 'null'
  if (field.array) return '[]'
  if (field.struct !== null) return `default${field.struct.name}`
  if (field.primitive === 'uuid') return 'zeroUuid'
  if (field.defaultValue === undefined) return 'noBytes'
  if (typeof field.defaultValue === 'string') return quote(field.defaultValue)
  return String(field.defaultValue)
}

/** Expression that is true when `value` differs from the field's default. */
export function differs(field: FieldModel, value: string): string {
  if (field.defaultValue === null) return `${value} !== null`
  if (field.array || field.primitive === 'bytes' || field.primitive === 'records') {
    return isNever(field.nullable) ? `${value}.length > 0` : `${value}?.length !== 0`
  }
  if (field.struct !== null) return `!isDefault${field.struct.name}(${value})`
  if (field.primitive === 'bool') return field.defaultValue === true ? `!${value}` : value
  return `${value} !== ${defaultSource(field)}`
}

/** Least number of bytes that one element of the array `field` takes, over all its versions. */
export function elementBytesMin(field: FieldModel, message: MessageModel): number {
  let least = Infinity
  for (let version = field.versions.min; version <= field.versions.max; version++) {
    least = Math.min(least, valueBytesMin(field, message, version))
  }
  return Math.max(least, 1)
}

function valueBytesMin(field: FieldModel, message: MessageModel, version: number): number {
  const flexible = within(message.flexible, version) && !field.classic
  if (field.struct !== null) {
    let bytes = flexible ? 1 : 0
    for (const inner of field.struct.fields) {
      if (inner.tag !== null || !within(inner.versions, version)) continue
      if (inner.array) bytes += flexible ? 1 : 4
      else if (within(inner.nullable, version) && inner.struct !== null) bytes += 1
      else bytes += valueBytesMin(inner, message, version)
    }
    return bytes
  }
  switch (field.primitive) {
    case 'bool':
    case 'int8':
      return 1
    case 'int16':
    case 'uint16':
      return 2
    case 'int32':
      return 4
    case 'int64':
    case 'float64':
      return 8
    case 'uuid':
      return 16
    case 'string':
      return flexible ? 1 : 2
    default:
      return flexible ? 1 : 4
  }
}

/** A string literal. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
