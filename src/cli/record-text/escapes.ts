/** Text of the command line in which bytes may be written as escapes. */
import { assert } from '../../base/assert.ts'

/** A number, or any other character, behind a backslash. */
const escapeSequence = /\\(?:x([0-9a-fA-F]{1,2})|0([0-7]{0,3})|([1-9]\d{0,2})|(.)|$)/gs

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/**
 * The bytes that such a text means: `\n`, `\r`, `\t`, `\xNN`, `\NN` (decimal) and `\0NN` (octal) as
 * kcat has them, any other character behind a backslash for itself, everything else in UTF-8.
 */
export function unescaped(text: string): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const found of text.matchAll(escapeSequence)) {
    const [whole, hexadecimal, octal, decimal, letter] = found
    parts.push(Buffer.from(text.slice(at, found.index)))
    if (hexadecimal !== undefined) parts.push(byteOf(hexadecimal, 16))
    else if (octal !== undefined) parts.push(byteOf(`0${octal}`, 8))
    else if (decimal !== undefined) parts.push(byteOf(decimal, 10))
    else parts.push(Buffer.from(letter === undefined ? '\\' : (letters[letter] ?? letter)))
    at = found.index + whole.length
  }
  assert(at <= text.length, 'an escape is a part of its text')
  parts.push(Buffer.from(text.slice(at)))
  return Buffer.concat(parts)
}

function byteOf(digits: string, base: number): Buffer {
  return Buffer.of(Number.parseInt(digits, base) & 0xff)
}
