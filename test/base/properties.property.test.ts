/** The properties parser against a writer of the same format that takes every liberty it allows. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseProperties } from '../../src/base/properties.ts'

/** How one character may be written: an escape where it needs one, sometimes where it does not. */
function written(character: string, liberty: number, leading: boolean): string {
  const code = character.charCodeAt(0)
  const named = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' }[character]
  const unicode = `\\u${code.toString(16).padStart(4, '0')}`
  if (named !== undefined) return liberty % 2 === 0 ? named : unicode
  const special = character === '\\' || (leading && /[ =:#!]/.test(character))
  if (special) return liberty % 3 === 0 ? unicode : `\\${character}`
  // A backslash stands before any other letter too, but those have a meaning of their own.
  const free = liberty % 7 === 0 && !/[tnrfu]/.test(character)
  return liberty % 11 === 0 ? unicode : free ? `\\${character}` : character
}

const characters = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...'abcxyz.-0189') },
  { weight: 2, arbitrary: fc.constantFrom(...' =:#!\\\t\n\r\f,"\'tnrfu') },
  { weight: 1, arbitrary: fc.constantFrom('é', 'ÿ', '\u0000', '€', '\u2028') },
)
const text = (minLength: number) => fc.array(characters, { minLength, maxLength: 12 })

const entry = fc.record({
  name: text(1),
  value: text(0),
  liberties: fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 5 }),
  indent: fc.constantFrom('', ' ', '\t', ' \f '),
  separator: fc.constantFrom('=', ':', ' = ', '\t:\f', ' =', '= '),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  before: fc.constantFrom('', '\n', '# a=b\n', '  ! c: d \\\n', ' \t\f\r\n'),
  /** Where a value is continued on the next line; beyond its end: nowhere. */
  fold: fc.nat({ max: 30 }),
})

it('reads what was written, whatever way it was', () => {
  const file = fc.array(entry, { maxLength: 8 })
  fc.assert(
    fc.property(file, (entries) => {
      let lines = ''
      for (const { name, value, liberties, ...form } of entries) {
        const liberty = (at: number): number => liberties[at % liberties.length] ?? 0
        const key = name.map((one, at) => written(one, liberty(at), true)).join('')
        const parts = value.map((one, at) => {
          // A blank in front, or at the head of a continued line, would be passed over.
          const leading = at === 0 || at === form.fold
          return written(one, liberty(at + 1), leading)
        })
        if (form.fold < parts.length) parts.splice(form.fold, 0, `\\${form.end}  \t`)
        lines += form.before + form.indent + key + form.separator + parts.join('') + form.end
      }
      const { entries: read, problem } = parseProperties(lines)
      expect(problem).toBeUndefined()
      const given = entries.map(({ name, value }) => [name.join(''), value.join('')])
      expect(read?.map(({ name, value }) => [name, value])).toEqual(given)
    }),
    { numRuns: 500 },
  )
})

it('takes any text: it never throws, and lines ascend', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...'a=: \\\n\ru#!0'), maxLength: 60 }),
  )
  fc.assert(
    fc.property(any, (lines) => {
      const { entries, problem } = parseProperties(lines)
      if (entries === undefined) expect(problem).toMatch(/^line \d+: \\u needs four hex/)
      const numbers = entries?.map(({ line }) => line) ?? []
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    }),
    { numRuns: 500 },
  )
})
