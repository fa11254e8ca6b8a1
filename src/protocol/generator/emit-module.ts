/** Puts a generated module together: imports, types, codecs, tables. */
import type { ApiSchema, RecordSchema } from '../schema/language.ts'
import { emitDecode, pascal } from './emit-decode.ts'
import { emitEncode } from './emit-encode.ts'
import { emitDefaults, emitTypes, inputName, structsWithInput } from './emit-types.ts'
import { isNever, quote } from './expressions.ts'
import { type MessageModel, modelOf } from './model.ts'

const banner = '// Generated from the schema by `npm run generate`; edit that instead.'

/** Module of one API. */
export function apiModule(schema: ApiSchema, root: string): string {
  const request = modelOf(schema.request)
  const response = modelOf(schema.response)
  rejectDuplicates([request, response])
  const types = [request, response].flatMap((message) => typeArguments(message))
  const body = [
    ...codecSource(request),
    ...codecSource(response),
    '',
    `/** The ${schema.name} API. */`,
    ...declaration(`${camel(schema.name)}Api`, `Api<${types.join(', ')}>`, [
      `key: ${schema.key}`,
      `name: ${quote(schema.name)}`,
      `request: ${camel(request.root.name)}`,
      `response: ${camel(response.root.name)}`,
    ]),
  ]
  return moduleSource(body, root)
}

/** Module of a list of records. `table` names the exported list of their codecs. */
export function recordModule(
  schemas: readonly RecordSchema[],
  table: string,
  root: string,
): string {
  const messages = schemas.map((schema) => modelOf(schema))
  rejectDuplicates(messages)
  const body = schemas.flatMap((schema) => codecSource(modelOf(schema), schema))
  if (haveNumbers(schemas)) body.push(...typeMaps(messages, table))
  body.push(
    '',
    '/** Codecs of all these records. */',
    `export const ${table}: readonly ${codecType(schemas[0])}<unknown, never>[] = [`,
    ...messages.map((message) => `  ${camel(message.root.name)},`),
    ']',
  )
  return moduleSource(body, root)
}

/** Module that lists all APIs. `files` are the modules' names without folder. */
export function indexModule(schemas: readonly ApiSchema[], files: readonly string[]): string {
  const names = schemas.map((schema) => `${camel(schema.name)}Api`)
  return `${[
    banner,
    ...names.map((name, index) => `import { ${name} } from './${files[index]}'`),
    "import type { AnyApi } from '../codec.ts'",
    '',
    '/** Every API that has a codec, by its key. */',
    'export const apis: ReadonlyMap<number, AnyApi> = new Map<number, AnyApi>([',
    ...schemas.map((schema, index) => `  [${schema.key}, ${names[index]}],`),
    '])',
  ].join('\n')}\n`
}

/** `FetchRequest` as `fetchRequest`. */
export function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function codecSource(message: MessageModel, record?: RecordSchema): string[] {
  const name = message.root.name
  const types = [...new Set(typeArguments(message))]
  const { flexible, versions } = message
  const properties = [
    `name: ${quote(name)}`,
    `versionMin: ${versions.min}`,
    `versionMax: ${versions.max}`,
    `flexibleMin: ${isNever(flexible) ? 'Infinity' : flexible.min}`,
    `decode: decode${name}`,
    `encode: encode${name}`,
  ]
  if (record?.key !== undefined) properties.unshift(`key: ${record.key}`)
  const type = `${codecType(record)}<${types.join(', ')}>`
  return [
    ...emitTypes(message),
    ...emitDefaults(message),
    ...emitDecode(message),
    ...emitEncode(message),
    '',
    `/** Codec of {@link ${name}}.${record?.about === undefined ? '' : ` ${record.about}`} */`,
    ...declaration(camel(name), type, properties),
  ]
}

/** Whether the records of a kind are told apart by their keys alone. */
function haveNumbers(schemas: readonly RecordSchema[]): boolean {
  const keys = new Set(schemas.map((schema) => schema.key))
  return keys.size === schemas.length && !keys.has(undefined)
}

/** Types by record name, from which unions of all records are made. */
function typeMaps(messages: readonly MessageModel[], table: string): string[] {
  const kind = pascal(table).replace(/s$/, '')
  const map = (suffix: string, title: string, argument: 0 | 1) => [
    '',
    `/** ${title}, by name. */`,
    `export interface ${kind}${suffix} {`,
    ...messages.map((message) => `  ${message.root.name}: ${typeArguments(message)[argument]}`),
    '}',
  ]
  return [
    ...map('Types', 'Types of these records', 0),
    ...map('Inputs', 'Types for encoding them', 1),
  ]
}

function codecType(record: RecordSchema | undefined): string {
  return record?.key === undefined ? 'MessageCodec' : 'RecordCodec'
}

function declaration(name: string, type: string, properties: readonly string[]): string[] {
  const line = `export const ${name}: ${type} = {`
  const head = line.length <= 100 ? [line] : brokenGeneric(name, type)
  return [...head, ...properties.map((property) => `  ${property},`), '}']
}

function brokenGeneric(name: string, type: string): string[] {
  const open = type.indexOf('<')
  const inner = type.slice(open + 1, -1).split(', ')
  return [
    `export const ${name}: ${type.slice(0, open + 1)}`,
    ...inner.map((one, index) => `  ${one}${index < inner.length - 1 ? ',' : ''}`),
    '> = {',
  ]
}

function typeArguments(message: MessageModel): [type: string, input: string] {
  return [message.root.name, inputName(message.root, structsWithInput(message))]
}

function rejectDuplicates(messages: readonly MessageModel[]): void {
  const names = new Set<string>()
  for (const message of messages) {
    for (const struct of [...message.structs, message.root]) {
      if (names.has(struct.name)) throw new Error(`two types are called ${struct.name}`)
      names.add(struct.name)
    }
  }
}

const importable: readonly [module: string, type: boolean, names: readonly string[]][] = [
  ['../base/assert.ts', false, ['assert']],
  ['codec.ts', true, ['Api', 'MessageCodec', 'RecordCodec']],
  ['codec.ts', false, ['noBytes']],
  [
    'primitives.ts',
    false,
    ['Int8', 'Int16', 'Int32', 'Int64', 'Uuid', 'String'].flatMap((name) => [
      `read${name}`,
      `write${name}`,
    ]),
  ],
  ['reader.ts', true, ['Reader']],
  ['uuid.ts', true, ['Uuid']],
  ['uuid.ts', false, ['zeroUuid']],
  ['writer.ts', true, ['Writer']],
]

/** `root` is the way from the module to `src/protocol/`, as in `../`. */
function moduleSource(body: readonly string[], root: string): string {
  const text = body.join('\n')
  const imports: string[] = []
  for (const [module, type, names] of importable) {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text))
    if (used.length === 0) continue
    const line = `import ${type ? 'type ' : ''}{ ${used.join(', ')} } from '${root}${module}'`
    imports.push(
      line.length <= 100
        ? line
        : `import {\n${used.map((name) => `  ${name},`).join('\n')}\n} from '${root}${module}'`,
    )
  }
  return `${[banner, ...imports, ...body].join('\n')}\n`
}
