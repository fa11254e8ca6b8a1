/** How a record is printed: a format of kcat's, made into a function once. */
import { assert } from '../../base/assert.ts'
import type { ConsumerRecord } from '../../client/index.ts'
import { unescaped } from './escapes.ts'
import type { OutputBuffer } from './output-buffer.ts'

/** Appends a record to what is printed. */
export type RecordWriter = (record: ConsumerRecord, output: OutputBuffer) => void

/** What a token prints; `nullText` stands for a key, a value or a header that is null. */
type Token = (record: ConsumerRecord, output: OutputBuffer, nullText: Uint8Array) => void

const lengthOf = (bytes: Buffer | null): number => bytes?.length ?? -1

/** The tokens of kcat's `-f`, by their letters. */
const tokens: Readonly<Record<string, Token>> = {
  s: (record, output, nullText) => output.bytes(record.value ?? nullText),
  S: (record, output) => output.text(String(lengthOf(record.value))),
  R: (record, output) => output.int32(lengthOf(record.value)),
  k: (record, output, nullText) => output.bytes(record.key ?? nullText),
  K: (record, output) => output.text(String(lengthOf(record.key))),
  t: (record, output) => output.text(record.topic),
  p: (record, output) => output.text(String(record.partition)),
  o: (record, output) => output.text(String(record.offset)),
  T: (record, output) => output.text(String(record.timestamp)),
  h: writeHeaders,
}

/** As kcat prints them: `name=value,name=value`, and NULL for a value that is null. */
function writeHeaders({ headers }: ConsumerRecord, output: OutputBuffer): void {
  for (const [at, { key, value }] of headers.entries()) {
    output.text(`${at === 0 ? '' : ','}${key}=`)
    if (value === null) output.text('NULL')
    else output.bytes(value)
  }
}

/** Makes a format a function; the text is what is wrong with it. */
export function compileFormat(format: string, nullText: Uint8Array): RecordWriter | string {
  if (format === '') return 'it is empty'
  const writers: Token[] = []
  // A token is a percent sign with what follows; all else up to the next one is printed as it is.
  for (const [part] of format.matchAll(/%.?|[^%]+/gsu)) {
    const letter = part.slice(1)
    const token = part.startsWith('%') ? tokens[letter] : undefined
    if (token !== undefined) writers.push(token)
    else if (part === '%') return 'it ends in %; a percent sign itself is %%'
    else if (part.startsWith('%') && letter !== '%') {
      return `it has ${part}; there are ${tokenNames.join(', ')}`
    } else writers.push(literal(unescaped(part === '%%' ? '%' : part)))
  }
  assert(writers.length > 0, 'a format that is not empty prints something')
  return (record, output) => {
    for (const write of writers) write(record, output, nullText)
  }
}

const tokenNames: readonly string[] = [...Object.keys(tokens), '%'].map((name) => `%${name}`)

/** The value and a delimiter, behind the key and its separator where one is given. */
export function plainFormat(options: {
  readonly keySeparator: Uint8Array | undefined
  readonly delimiter: Uint8Array
  readonly nullText: Uint8Array
}): RecordWriter {
  const { keySeparator, delimiter, nullText } = options
  assert(delimiter.length > 0, 'records are told apart')
  if (keySeparator === undefined) {
    return (record, output) => {
      output.bytes(record.value ?? nullText)
      output.bytes(delimiter)
    }
  }
  return (record, output) => {
    output.bytes(record.key ?? nullText)
    output.bytes(keySeparator)
    output.bytes(record.value ?? nullText)
    output.bytes(delimiter)
  }
}

function literal(bytes: Buffer): Token {
  return (_, output) => output.bytes(bytes)
}
