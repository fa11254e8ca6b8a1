/** Emits the decoding functions of a message. */
import { objectLiteral, signature } from './emit-layout.ts'
import { typeOf } from './emit-types.ts'
import {
  booleanOf,
  condition,
  defaultSource,
  elementBytesMin,
  flexibleIn,
  flexibleOf,
  isNever,
  local,
} from './expressions.ts'
import {
  covers,
  type FieldModel,
  intersection,
  type MessageModel,
  type StructModel,
} from './model.ts'

/** One function per struct, and the one of the message itself. */
export function emitDecode(message: MessageModel): string[] {
  return [...message.structs, message.root].flatMap((struct) => emitStruct(struct, message))
}

function emitStruct(struct: StructModel, message: MessageModel): string[] {
  const body = [
    ...struct.fields.filter((field) => field.tag === null).map((field) => plain(field, message)),
    ...tagged(struct, message),
    ...objectLiteral(
      '  return ',
      struct.fields.map((field) => property(field)),
    ),
  ]
  const isRoot = struct === message.root
  return [
    '',
    ...signature(`decode${struct.name}`, 'reader: Reader', isRoot, message, body, struct.name),
  ]
}

function property(field: FieldModel): string {
  return local(field) === field.name ? field.name : `${field.name}: ${local(field)}`
}

function plain(field: FieldModel, message: MessageModel): string {
  const when = condition(field.versions, field.bounds)
  const read = readExpression(field, message)
  if (when === '') return `  const ${local(field)} = ${read}`
  const whole = `  const ${local(field)} = ${when} ? ${read} : ${defaultSource(field)}`
  if (whole.length <= 100) return whole
  return `  const ${local(field)} = ${when}\n    ? ${read}\n    : ${defaultSource(field)}`
}

function readExpression(field: FieldModel, message: MessageModel): string {
  const flexible = flexibleOf(field, message)
  const mayBeNull = !isNever(field.nullable)
  const allowed = covers(field.nullable, field.versions)
    ? ''
    : `, ${booleanOf(field.nullable, field.versions)}`
  if (field.array) {
    const least = elementBytesMin(field, message)
    const decode = field.struct
      ? `decode${field.struct.name}`
      : `read${pascal(field.primitive ?? '')}`
    const kind = mayBeNull ? 'nullableArray' : 'array'
    const last = mayBeNull ? allowed : ''
    return `reader.${kind}(${flexible}, ${least}, version, ${decode}${last})`
  }
  if (field.struct !== null) {
    const decode = `decode${field.struct.name}`
    if (!mayBeNull) return `${decode}(reader, version, ${flexible})`
    return `reader.nullableStruct(${flexible}, version, ${decode}${allowed})`
  }
  switch (field.primitive) {
    case 'string':
      if (mayBeNull) return `reader.nullableString(${flexible}${allowed})`
      return `reader.string(${flexible})`
    case 'bytes':
    case 'records':
      if (mayBeNull) return `reader.nullableBytes(${flexible}${allowed})`
      return `reader.bytes(${flexible})`
    default:
      return `reader.${field.primitive}${field.nearest ? 'Nearest' : ''}()`
  }
}

function tagged(struct: StructModel, message: MessageModel): string[] {
  const flexible = flexibleIn(struct.versions, message)
  if (flexible === 'false') return []
  const fields = struct.fields.filter((field) => field.tag !== null)
  const always = flexible === 'true'
  const indent = always ? '  ' : '    '
  if (fields.length === 0) {
    return [always ? '  reader.skipTags()' : '  if (flexible) reader.skipTags()']
  }
  const lines = fields.map(
    (field) => `  let ${local(field)}: ${typeOf(field)} = ${defaultSource(field)}`,
  )
  if (!always) lines.push('  if (flexible) {')
  lines.push(
    `${indent}for (let left = reader.tagCount(); left > 0; left--) {`,
    `${indent}  const tag = reader.unsignedVarint()`,
    `${indent}  const outer = reader.enterTag()`,
  )
  fields.forEach((field, index) => {
    const when = condition(field.versions, intersection(message.flexible, field.bounds))
    const test = `tag === ${field.tag}${when === '' ? '' : ` && ${when}`}`
    const read = `${local(field)} = ${readExpression(field, message)}`
    lines.push(`${indent}  ${index > 0 ? 'else ' : ''}if (${test}) ${read}`)
  })
  lines.push(`${indent}  else reader.skipRest()`, `${indent}  reader.leave(outer)`, `${indent}}`)
  if (!always) lines.push('  }')
  return lines
}

/** `int32` as `Int32`. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
