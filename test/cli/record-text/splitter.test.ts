import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Splitter } from '../../../src/cli/record-text/splitter.ts'

/** All pieces of these chunks, as text, and what is left at the end. */
function split(chunks: readonly Buffer[], delimiter: string): (string | undefined)[] {
  const splitter = new Splitter(Buffer.from(delimiter, 'latin1'))
  const pieces: (string | undefined)[] = []
  for (const chunk of chunks) {
    splitter.push(chunk)
    for (let one = splitter.next(); one !== undefined; one = splitter.next()) {
      pieces.push(one.toString('latin1'))
    }
  }
  return [...pieces, splitter.rest()?.toString('latin1')]
}

const chunksOf = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'))

describe('Splitter', () => {
  it.each([
    [['a\nb\n'], '\n', ['a', 'b', undefined]],
    [['a\nb'], '\n', ['a', 'b']],
    [['a', 'b', 'c\n', '\n'], '\n', ['abc', '', undefined]],
    [['\n\n'], '\n', ['', '', undefined]],
    [[], '\n', [undefined]],
    [['a-', '-b--', '-c'], '--', ['a', 'b', '-c']],
    [['---'], '--', ['', '-']],
    [['a\xff\0', 'b'], '\xff', ['a', '\0b']],
  ])('%j at %j', (texts, delimiter, pieces) => {
    expect(split(chunksOf(...texts), delimiter)).toEqual(pieces)
  })

  it('finds what a plain split finds, however the bytes arrive', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-', '\n'), maxLength: 60 })
    const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 8 })
    const delimiters = fc.constantFrom('\n', '-', '--', '-a-', 'ab')
    fc.assert(
      fc.property(letters, cuts, delimiters, (text, at, delimiter) => {
        const ends = [0, ...at.toSorted((a, b) => a - b), text.length]
        const chunks = ends.slice(1).map((end, index) => text.slice(ends[index], end))
        const plain: (string | undefined)[] = text.split(delimiter)
        if (plain.at(-1) === '') plain.splice(-1, 1, undefined)
        expect(split(chunksOf(...chunks), delimiter)).toEqual(plain)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes a piece of many chunks in a time that grows with its length alone', () => {
    const chunk = Buffer.alloc(1_000, 'x')
    const splitter = new Splitter(Buffer.from('\n'))
    for (let at = 0; at < 50_000; at++) splitter.push(chunk)
    splitter.push(Buffer.from('\n'))
    expect(splitter.next()?.length).toBe(50_000_000)
    expect(splitter.restBytes).toBe(0)
  })

  it('keeps what was not taken when more comes', () => {
    const splitter = new Splitter(Buffer.from('\n'))
    splitter.push(Buffer.from('a\nb\nc'))
    expect(splitter.next()?.toString()).toBe('a')
    splitter.push(Buffer.from('d\n'))
    expect(splitter.next()?.toString()).toBe('b')
    expect(splitter.next()?.toString()).toBe('cd')
    expect(splitter.next()).toBeUndefined()
  })
})
