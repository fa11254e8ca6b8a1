/**
 * The format of Kafka's config files: `java.util.Properties`, read as Java reads it.
 *
 * A logical line is a name, then blanks, `=` or `:`, then the value. `#` or `!` starts a comment.
 * An odd number of backslashes at the end joins the next line, without its leading blanks.
 * Elsewhere a backslash escapes: `\t \n \r \f`, `\uXXXX`, any other character for itself. Java
 * reads the bytes of a file as ISO 8859-1, so decode them that way before.
 */
import { assert } from './assert.ts'

/** One entry of a file. */
export interface Property {
  readonly name: string
  readonly value: string
  /** Number of the line that it starts on, from 1. */
  readonly line: number
}

/** A properties file, entry by entry in its order, or the first fault with its line. */
export type ParsedProperties =
  | { readonly entries: readonly Property[]; readonly problem: undefined }
  | { readonly entries: undefined; readonly problem: string }

/** Reads the text of a properties file. The only fault that Java knows is a bad `\u` escape. */
export function parseProperties(text: string): ParsedProperties {
  const lines = text.split(/\r\n|[\r\n]/)
  const entries: Property[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let logical = trimStart(lines[at] ?? '')
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue
    while (endsInOddBackslashes(logical)) {
      at++
      logical = logical.slice(0, -1) + trimStart(lines[at] ?? '')
    }
    if (logical === '') continue
    const [rawName, rawValue] = splitEntry(logical)
    const name = resolveEscapes(rawName)
    const value = resolveEscapes(rawValue)
    if (name === undefined || value === undefined) {
      return { entries: undefined, problem: `line ${line}: \\u needs four hexadecimal digits` }
    }
    entries.push({ name, value, line })
  }
  return { entries, problem: undefined }
}

function trimStart(line: string): string {
  return line.replace(/^[ \t\f]+/, '')
}

function endsInOddBackslashes(line: string): boolean {
  const trailing = /\\*$/.exec(line)?.[0].length ?? 0
  return trailing % 2 === 1
}

/** Divides at the first blank, `=` or `:` that no backslash escapes. */
function splitEntry(logical: string): [string, string] {
  let end = 0
  while (end < logical.length && !/[ \t\f=:]/.test(logical.charAt(end))) {
    end += logical.charAt(end) === '\\' ? 2 : 1
  }
  assert(end <= logical.length, 'a line that ends in an escape was joined with the next')
  const value = logical.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return [logical.slice(0, end), value]
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Undefined: a `\u` without four hexadecimal digits. */
function resolveEscapes(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw
  let wrong = false
  const text = raw.replace(/\\(u(.{0,4})|[\s\S]?)/g, (_, escaped: string, digits?: string) => {
    if (digits === undefined) return escapes[escaped] ?? escaped
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) wrong = true
    return String.fromCharCode(Number.parseInt(digits, 16))
  })
  return wrong ? undefined : text
}
