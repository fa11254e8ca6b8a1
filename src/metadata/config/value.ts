/**
 * The value of a config: read from text by its type, and written back the way Kafka prints it.
 *
 * 2^63-1 reads as Infinity, as everywhere in Odradek: it means "no bound". Other numbers beyond
 * 2^53 lose their last digits, which no limit in bytes or milliseconds can tell.
 */
import { assert } from '../../base/assert.ts'
import type { ConfigType } from './definition.ts'

/** A config's value as the type of its definition says; null where no value is set. */
export type ConfigValue = boolean | number | string | readonly string[] | null

/** A value, or the reason why the text is none. */
export type Parsed =
  | { readonly value: ConfigValue; readonly problem: undefined }
  | { readonly value: undefined; readonly problem: string }

const longMax = 2n ** 63n - 1n

const integerBounds: Readonly<Record<'short' | 'int' | 'long', readonly [bigint, bigint]>> = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), longMax],
}

/** Reads `text`; blanks around it do not count, except in a password. */
export function parseValue(type: ConfigType, text: string): Parsed {
  const trimmed = text.trim()
  switch (type) {
    case 'boolean':
      return parseBoolean(trimmed)
    case 'short':
    case 'int':
    case 'long':
      return parseInteger(type, trimmed)
    case 'double':
      return parseDouble(trimmed)
    case 'list':
      return { value: parseList(trimmed), problem: undefined }
    case 'password':
      return { value: text, problem: undefined }
    case 'string':
    case 'class':
      return { value: trimmed, problem: undefined }
  }
}

/** The text that Kafka shows for a value; null for null. */
export function formatValue(type: ConfigType, value: ConfigValue): string | null {
  if (value === null) return null
  if (typeof value === 'object') return value.join(',')
  if (value === Infinity) return String(longMax)
  if (type === 'double' && typeof value === 'number') return formatDouble(value)
  return String(value)
}

function parseBoolean(text: string): Parsed {
  const lower = text.toLowerCase()
  if (lower === 'true') return { value: true, problem: undefined }
  if (lower === 'false') return { value: false, problem: undefined }
  return refuse('Expected value to be either true or false')
}

function parseInteger(type: 'short' | 'int' | 'long', text: string): Parsed {
  const wrong = `Not a number of type ${type.toUpperCase()}`
  if (!/^[+-]?\d{1,40}$/.test(text)) return refuse(wrong)
  const exact = BigInt(text.replace('+', ''))
  const [min, max] = integerBounds[type]
  if (exact < min || exact > max) return refuse(wrong)
  return { value: exact === longMax ? Infinity : Number(exact), problem: undefined }
}

function parseDouble(text: string): Parsed {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(text)) {
    return refuse('Not a number of type DOUBLE')
  }
  const value = Number.parseFloat(text)
  assert(!Number.isNaN(value), 'the pattern of a number gives one')
  return { value, problem: undefined }
}

/** Elements keep their order; a repeated one counts once, as in Kafka. */
function parseList(text: string): readonly string[] {
  return text === '' ? [] : [...new Set(text.split(/\s*,\s*/))]
}

/** Java's form: always a fraction, and an exponent from 10^7 on and below 10^-3. */
function formatDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

function refuse(problem: string): Parsed {
  return { value: undefined, problem }
}
