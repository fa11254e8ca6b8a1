/** Values of configs: read back as they were printed, and judged as exact arithmetic judges. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigType } from '../../../src/metadata/config/definition.ts'
import { brokerConfigs, topicConfigs } from '../../../src/metadata/config/tables.ts'
import { parseConfig } from '../../../src/metadata/config/validator.ts'
import { formatValue, parseValue } from '../../../src/metadata/config/value.ts'

const bits: Readonly<Record<'short' | 'int' | 'long', bigint>> = { short: 16n, int: 32n, long: 64n }
const integerTypes = ['short', 'int', 'long'] as const
const types: readonly ConfigType[] = [
  ...integerTypes,
  ...(['boolean', 'double', 'list', 'string', 'class', 'password'] as const),
]

describe.each(integerTypes)('%s', (type) => {
  const bound = 2n ** (bits[type] - 1n)
  const near = fc.bigInt({ min: -3n, max: 3n }).map((off) => (off < 0n ? -bound : bound) + off)
  const exact = fc.oneof(near, fc.bigInt({ min: -(2n * bound), max: 2n * bound }), fc.bigInt())

  it('takes exactly the numbers that fit', () => {
    fc.assert(
      fc.property(exact, fc.constantFrom('', ' ', '\t'), (number, blank) => {
        const { value, problem } = parseValue(type, `${blank}${number}${blank}`)
        const fits = number >= -bound && number < bound
        const unbounded = number === 2n ** 63n - 1n
        expect(value).toBe(!fits ? undefined : unbounded ? Infinity : Number(number))
        expect(problem === undefined).toBe(fits)
      }),
    )
  })

  it('prints what it read', () => {
    const safe = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constant(Infinity))
    fc.assert(
      fc.property(safe, (number) => {
        const text = formatValue('long', number) ?? ''
        expect(parseValue('long', text).value).toBe(number)
        expect(BigInt(text)).toBe(number === Infinity ? 2n ** 63n - 1n : BigInt(number))
      }),
    )
  })
})

it('a double is printed as it is read, in the form of Java', () => {
  const anywhere = fc.double({ noNaN: true, noDefaultInfinity: true })
  // Around the sizes at which the form changes.
  const digits = fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9, max: 9 }))
  const round = digits.map(([digit, exponent]) => Number(`${digit}e${exponent}`))
  fc.assert(
    fc.property(fc.oneof(anywhere, round), (number) => {
      const text = formatValue('double', number) ?? ''
      expect(text).toMatch(/^-?\d+\.\d+(E-?\d+)?$/)
      expect(parseValue('double', text).value).toBe(number)
      const size = Math.abs(number)
      expect(text.includes('E')).toBe(size !== 0 && (size < 1e-3 || size >= 1e7))
      if (text.includes('E')) expect(text).toMatch(/^-?[1-9]\./)
    }),
  )
})

it('a list keeps each element once, in its order', () => {
  const element = fc.string({ unit: fc.constantFrom(...'ab.*_'), minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(element), fc.constantFrom(',', ' , ', ',\t'), (elements, separator) => {
      const unique = elements.filter((one, at) => elements.indexOf(one) === at)
      expect(parseValue('list', elements.join(separator)).value).toEqual(unique)
      expect(formatValue('list', unique)).toBe(unique.join(','))
    }),
  )
})

it('any text is a value or has a problem, and what was read is read again the same', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789+-.eE dD') }))
  fc.assert(
    fc.property(fc.constantFrom(...types), text, (type, given) => {
      const { value, problem } = parseValue(type, given)
      if (value === undefined) {
        expect(problem).not.toBe('')
        return
      }
      // Numbers beyond 2^53 have lost digits already.
      if (typeof value === 'number' && !Number.isSafeInteger(value) && type === 'long') return
      if (value === Infinity || value === -Infinity) return
      // One empty element looks like no element when it is printed; validators refuse it.
      if (Array.isArray(value) && value.join() === '') return
      expect(parseValue(type, formatValue(type, value) ?? '').value).toEqual(value)
    }),
    { numRuns: 1000 },
  )
})

it('every config takes its own default, and any text without throwing', () => {
  const all = [...brokerConfigs().values(), ...topicConfigs().values()]
  for (const definition of all) {
    if (definition.default === null) continue
    expect([definition.name, parseConfig(definition, definition.default).problem]).toEqual([
      definition.name,
      undefined,
    ])
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.oneof(fc.string(), fc.bigInt().map(String)),
      (one, text) => {
        const { value, problem } = parseConfig(one, text)
        expect([value === undefined, problem === undefined]).toContain(true)
        expect(value === undefined && problem === undefined).toBe(false)
      },
    ),
    { numRuns: 500 },
  )
})
