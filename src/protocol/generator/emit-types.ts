/** Emits the interfaces of a message: one for what is decoded, one for what is encoded. */
import { objectLiteral } from './emit-layout.ts'
import { defaultSource, isNever } from './expressions.ts'
import { covers, type FieldModel, type MessageModel, type StructModel } from './model.ts'

/** Names of the structs that have an input type of their own, because fields may be left out. */
export function structsWithInput(message: MessageModel): ReadonlySet<string> {
  const names = new Set<string>()
  for (const struct of [...message.structs, message.root]) {
    const differs = struct.fields.some(
      (field) => isOptional(field) || (field.struct && names.has(field.struct.name)),
    )
    if (differs) names.add(struct.name)
  }
  return names
}

/** Name of the type that encoding `struct` takes. */
export function inputName(struct: StructModel, withInput: ReadonlySet<string>): string {
  return withInput.has(struct.name) ? `${struct.name}Input` : struct.name
}

/** Whether the caller may leave `field` out when encoding. */
export function isOptional(field: FieldModel): boolean {
  return (
    field.explicitDefault ||
    field.tag !== null ||
    field.ignorable ||
    !covers(field.versions, field.bounds)
  )
}

/** TypeScript type of a decoded field. */
export function typeOf(field: FieldModel): string {
  return typeWith(field, field.struct?.name ?? '')
}

/** The interfaces of a message, inner structs first. */
export function emitTypes(message: MessageModel): string[] {
  const withInput = structsWithInput(message)
  const lines: string[] = []
  for (const struct of [...message.structs, message.root]) {
    lines.push('', `/** ${titleOf(struct, message)} */`, `export interface ${struct.name} {`)
    for (const field of struct.fields) {
      lines.push(...comment(field), `  readonly ${field.name}: ${typeOf(field)}`)
    }
    lines.push('}')
    if (withInput.has(struct.name)) lines.push(...emitInput(struct, withInput))
  }
  return lines
}

/** Values that stand for absent structs, and the tests for them. */
export function emitDefaults(message: MessageModel): string[] {
  const lines: string[] = []
  for (const struct of message.structs) {
    if (!standsAlone(struct, message)) continue
    const values = struct.fields.map((field) => `${field.name}: ${defaultSource(field)}`)
    lines.push('', ...objectLiteral(`const default${struct.name}: ${struct.name} = `, values, ''))
  }
  return lines
}

/** Whether a field that may be absent holds exactly one such struct, so that it needs a default. */
export function standsAlone(struct: StructModel, message: MessageModel): boolean {
  return [...message.structs, message.root].some((outer) =>
    outer.fields.some(
      (field) =>
        field.struct?.name === struct.name &&
        !field.array &&
        field.defaultValue !== null &&
        (isOptional(field) || (outer !== message.root && standsAlone(outer, message))),
    ),
  )
}

function emitInput(struct: StructModel, withInput: ReadonlySet<string>): string[] {
  const name = `${struct.name}Input`
  const lines = [
    '',
    `/** {@link ${struct.name}} as it is encoded. */`,
    `export interface ${name} {`,
  ]
  for (const field of struct.fields) {
    const mark = isOptional(field) ? '?' : ''
    const type = typeWith(field, field.struct ? inputName(field.struct, withInput) : '')
    lines.push(`  readonly ${field.name}${mark}: ${type}`)
  }
  lines.push('}')
  return lines
}

function typeWith(field: FieldModel, structName: string): string {
  const base = field.primitive === null ? structName : primitiveType(field)
  const whole = field.array ? `readonly ${base}[]` : base
  return isNever(field.nullable) ? whole : `${whole} | null`
}

function primitiveType(field: FieldModel): string {
  switch (field.primitive) {
    case 'bool':
      return 'boolean'
    case 'string':
      return 'string'
    case 'uuid':
      return 'Uuid'
    case 'bytes':
    case 'records':
      return 'Uint8Array'
    default:
      return 'number'
  }
}

function titleOf(struct: StructModel, message: MessageModel): string {
  if (struct !== message.root) return `Part of {@link ${message.root.name}}.`
  const { min, max } = message.versions
  return min === max ? `Version ${min}.` : `Versions ${min} to ${max}.`
}

function comment(field: FieldModel): string[] {
  const { min, max } = field.versions
  let versions = ''
  if (!covers(field.versions, field.bounds)) {
    if (min === max) versions = `Version ${min} only`
    else if (max === field.bounds.max) versions = `From version ${min}`
    else versions = `Versions ${min} to ${max}`
  }
  const parts = [versions, field.about].filter(Boolean).join('; ')
  if (parts === '') return []
  const text = `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`
  const line = `  /** ${text} */`
  return line.length <= 100 ? [line] : wrapped(text)
}

function wrapped(text: string): string[] {
  const lines = ['  /**']
  let line = '   *'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line)
      line = '   *'
    }
    line += ` ${word}`
  }
  return [...lines, line, '   */']
}
