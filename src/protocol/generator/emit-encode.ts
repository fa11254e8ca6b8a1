/** Emits the encoding functions of a message. */
import { pascal } from './emit-decode.ts'
import { signature } from './emit-layout.ts'
import { inputName, isOptional, standsAlone, structsWithInput } from './emit-types.ts'
import {
  booleanOf,
  condition,
  defaultSource,
  differs,
  flexibleIn,
  flexibleOf,
  isNever,
  local,
  negation,
} from './expressions.ts'
import {
  covers,
  type FieldModel,
  intersection,
  type MessageModel,
  type StructModel,
} from './model.ts'

/** One function per struct, and the one of the message itself. */
export function emitEncode(message: MessageModel): string[] {
  const withInput = structsWithInput(message)
  return [...message.structs, message.root].flatMap((struct) => [
    ...emitStruct(struct, message, inputName(struct, withInput)),
    ...emitIsDefault(struct, message, inputName(struct, withInput)),
  ])
}

function emitStruct(struct: StructModel, message: MessageModel, input: string): string[] {
  const body = [
    ...destructure(struct.fields),
    ...struct.fields.flatMap((field) => (field.tag === null ? plain(field, message) : [])),
    ...tagged(struct, message),
  ]
  const isRoot = struct === message.root
  return [
    '',
    ...signature(`encode${struct.name}`, 'writer: Writer', isRoot, message, body, 'void', input),
  ]
}

function destructure(fields: readonly FieldModel[]): string[] {
  if (fields.length === 0) return []
  const names = fields.map((field) => {
    const name = local(field) === field.name ? field.name : `${field.name}: ${local(field)}`
    return isOptional(field) ? `${name} = ${defaultSource(field)}` : name
  })
  const line = `  const { ${names.join(', ')} } = message`
  if (line.length <= 100) return [line]
  return ['  const {', ...names.map((name) => `    ${name},`), '  } = message']
}

function plain(field: FieldModel, message: MessageModel): string[] {
  const when = condition(field.versions, field.bounds)
  const write = writeStatement(field, message)
  if (when === '') return [`  ${write}`]
  const lines = [ifLine('  ', when, write)]
  if (!field.ignorable) {
    lines.push(ifLine('  ', differs(field, local(field)), unsupported(field), 'else '))
  }
  return lines
}

function ifLine(indent: string, when: string, statement: string, before = ''): string {
  const line = `${indent}${before}if (${when}) ${statement}`
  return line.length <= 100 ? line : `${indent}${before}if (${when})\n${indent}  ${statement}`
}

function unsupported(field: FieldModel): string {
  return `writer.unsupported('${field.path}', version)`
}

function writeStatement(field: FieldModel, message: MessageModel): string {
  const flexible = flexibleOf(field, message)
  const name = local(field)
  const mayBeNull = !isNever(field.nullable)
  const allowed =
    !mayBeNull || covers(field.nullable, field.versions)
      ? ''
      : `, ${booleanOf(field.nullable, field.versions)}`
  if (field.array) {
    const encode = field.struct
      ? `encode${field.struct.name}`
      : `write${pascal(field.primitive ?? '')}`
    const kind = mayBeNull ? 'nullableArray' : 'array'
    return `writer.${kind}(${flexible}, ${name}, version, ${encode}${allowed})`
  }
  if (field.struct !== null) {
    const encode = `encode${field.struct.name}`
    if (!mayBeNull) return `${encode}(writer, version, ${flexible}, ${name})`
    return `writer.nullableStruct(${flexible}, ${name}, version, ${encode}${allowed})`
  }
  switch (field.primitive) {
    case 'string':
      if (mayBeNull) return `writer.nullableString(${flexible}, ${name}${allowed})`
      return `writer.string(${flexible}, ${name})`
    case 'bytes':
    case 'records':
      if (mayBeNull) return `writer.nullableBytes(${flexible}, ${name}${allowed})`
      return `writer.bytes(${flexible}, ${name})`
    default:
      return `writer.${field.primitive}(${name})`
  }
}

function tagged(struct: StructModel, message: MessageModel): string[] {
  const fields = struct.fields
    .filter((field) => field.tag !== null)
    .sort((a, b) => (a.tag ?? 0) - (b.tag ?? 0))
  const lines: string[] = []
  for (const field of fields) {
    if (covers(field.versions, field.bounds) || field.ignorable) continue
    const outside = `${negation(field.versions, field.bounds)} && ${differs(field, local(field))}`
    lines.push(ifLine('  ', outside, unsupported(field)))
  }
  const flexible = flexibleIn(struct.versions, message)
  if (flexible === 'false') return lines
  const always = flexible === 'true'
  if (fields.length === 0) {
    return [...lines, `  ${always ? '' : 'if (flexible) '}writer.unsignedVarint(0)`]
  }
  const section = taggedSection(fields, message)
  if (always) return [...lines, ...section.map((line) => `  ${line}`)]
  return [...lines, '  if (flexible) {', ...section.map((line) => `    ${line}`), '  }']
}

function taggedSection(fields: readonly FieldModel[], message: MessageModel): string[] {
  const present = fields.map((field) => {
    const when = condition(field.versions, intersection(message.flexible, field.bounds))
    return `${when === '' ? '' : `${when} && `}${differs(field, local(field))}`
  })
  const lines = ['let tags = 0']
  for (const test of present) lines.push(`if (${test}) tags++`)
  lines.push('writer.unsignedVarint(tags)')
  fields.forEach((field, index) => {
    lines.push(
      `if (${present[index]}) {`,
      `  const size = writer.enterTag(${field.tag})`,
      `  ${writeStatement(field, message)}`,
      '  writer.leaveTag(size)',
      '}',
    )
  })
  return lines
}

/** The test that decides whether a struct may be left out, where one can be. */
function emitIsDefault(struct: StructModel, message: MessageModel, input: string): string[] {
  if (!needsTest(struct, message)) return []
  return [
    '',
    `function isDefault${struct.name}(message: ${input}): boolean {`,
    ...destructure(struct.fields),
    `  return !(${struct.fields.map((field) => differs(field, local(field))).join(' || ')})`,
    '}',
  ]
}

function needsTest(struct: StructModel, message: MessageModel): boolean {
  if (!standsAlone(struct, message)) return false
  return [...message.structs, message.root].some((outer) =>
    outer.fields.some(
      (field) =>
        field.struct?.name === struct.name &&
        !field.array &&
        field.defaultValue !== null &&
        (field.tag !== null ||
          (!field.ignorable && !covers(field.versions, field.bounds)) ||
          (outer !== message.root && needsTest(outer, message))),
    ),
  )
}
