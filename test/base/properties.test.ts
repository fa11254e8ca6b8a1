import { describe, expect, it } from 'vitest'
import { parseProperties } from '../../src/base/properties.ts'

describe('a properties file', () => {
  it.each<[string, string, [string, string][]]>([
    ['separators', 'a=1\nb:2\nc 3\nd = 4\ne\t:\t5', pairs('a1', 'b2', 'c3', 'd4', 'e5')],
    [
      'only the first separator counts',
      'a=b=c\nd==e',
      [
        ['a', 'b=c'],
        ['d', '=e'],
      ],
    ],
    ['comments and blank lines', '# a=1\n! b=2\n\n  \t\n  # c\nd=4 # kept', [['d', '4 # kept']]],
    ['line ends', 'a=1\r\nb=2\rc=3', pairs('a1', 'b2', 'c3')],
    [
      'continuation',
      'a=1,\\\n    2,\\\r\n 3\nb=2',
      [
        ['a', '1,2,3'],
        ['b', '2'],
      ],
    ],
    ['a comment does not go on', '# a \\\nb=2', [['b', '2']]],
    ['a joined line may look like a comment', 'a=\\\n#b', [['a', '#b']]],
    [
      'an even number of backslashes ends the line',
      'a=1\\\\\nb=2',
      [
        ['a', '1\\'],
        ['b', '2'],
      ],
    ],
    ['a file that ends in a backslash', 'a=1\\', [['a', '1']]],
    ['escapes', 'a\\=b\\:\\ c=\\t\\n\\u0041\\q', [['a=b: c', '\t\nAq']]],
    ['leading blanks of a value', 'a=   b  ', [['a', 'b  ']]],
    [
      'no value',
      'a\nb=',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    ['a Windows path', 'dir=C\\:\\\\data', [['dir', 'C:\\data']]],
  ])('%s', (_, text, expected) => {
    const { entries } = parseProperties(text)
    expect(entries?.map(({ name, value }) => [name, value])).toEqual(expected)
  })

  it('tells the line that an entry begins on', () => {
    const { entries } = parseProperties('# one\na=1,\\\n2\nb=3')
    expect(entries?.map((entry) => entry.line)).toEqual([2, 4])
  })

  it('refuses a \\u that is none', () => {
    expect(parseProperties('a=1\nb=\\u12x4').problem).toMatch(/^line 2: .*hexadecimal/)
  })
})

function pairs(...texts: readonly string[]): [string, string][] {
  return texts.map((text) => [text.charAt(0), text.charAt(1)])
}
