/** Text of the command line in which bytes may be written as escapes. */
import { assert } from '../../base/assert.ts'

/** A hexadecimal or octal number, or any other character, behind a backslash. */
const escapeSequence = /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.)|$)/gs

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/**
 * The bytes that such a text means: `\n`, `\r`, `\t`, `\xNN` and `\NNN` (octal) as kcat has them,
 * any other character behind a backslash for itself, everything else in UTF-8.
 */
export function unescaped(text: string): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const found of text.matchAll(escapeSequence)) {
    const [whole, hexadecimal, octal, letter] = found
    parts.push(Buffer.from(text.slice(at, found.index)))
    if (hexadecimal !== undefined) parts.push(Buffer.of(Number.parseInt(hexadecimal, 16)))
    else if (octal !== undefined) parts.push(Buffer.of(Number.parseInt(octal, 8) & 0xff))
    else parts.push(Buffer.from(letter === undefined ? '\\' : (letters[letter] ?? letter)))
    at = found.index + whole.length
  }
  assert(at <= text.length, 'an escape is a part of its text')
  parts.push(Buffer.from(text.slice(at)))
  return Buffer.concat(parts)
}
