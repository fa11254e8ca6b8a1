/** Options of what the package offers: how each is checked, and what it is when it is left out. */
import { assert } from './assert.ts'
import { didYouMean } from './nearest-name.ts'

/** How one option is checked, and what it is when it is left out. */
export interface Rule<T> {
  /**
   * The value to use for the one that was given, or what it has to be instead: "a number of
   * milliseconds from 0 to 1000".
   */
  readonly check: (value: unknown) => { readonly value: T } | { readonly expected: string }
  /** Undefined for an option that may be absent; `required` says that it may not. */
  readonly byDefault: T | 'required'
}

/** A rule for each option. */
export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule<Options[Name]> }

/** Makes the error of a sentence. */
export type Refuse = (message: string) => Error

/**
 * Checks the options of `owner`, as "Producer", and fills in the defaults. Throws what `refuse`
 * makes of a sentence that names the option, what was given and what it has to be; an option that
 * is not known is told with the one that was probably meant, so that a typing error does not
 * silently mean the default.
 */
export function checkAgainst<Options extends object>(
  owner: string,
  rules: Rules<Options>,
  given: unknown,
  refuse: Refuse,
): Options {
  if (typeof given !== 'object' || given === null) {
    throw refuse(`${owner} needs an object with options, got ${shown(given)}.`)
  }
  const names = Object.keys(rules)
  refuseUnknown(owner, names, given, refuse)
  const result: Partial<Options> = {}
  for (const name of names as (keyof Options & string)[]) {
    const rule = rules[name]
    const value = (given as Options)[name]
    if (value !== undefined)
      result[name] = checked(`${owner} option '${name}'`, rule, value, refuse)
    else if (rule.byDefault !== 'required') result[name] = rule.byDefault as Options[typeof name]
    else throw refuse(`${owner} needs the option '${name}'.`)
  }
  assert(Object.keys(result).length === names.length, 'each option has a value')
  return result as Options
}

/** Refuses options that are none of `names`: a slip would be an option that does nothing. */
export function refuseUnknown(
  owner: string,
  names: readonly string[],
  given: object,
  refuse: Refuse,
): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const hint = didYouMean(name, names)
    const all = `the options are ${names.toSorted().join(', ')}`
    throw refuse(`${owner} has no option '${name}'${hint ?? `; ${all}.`}`)
  }
}

function checked<T>(what: string, rule: Rule<T>, value: unknown, refuse: Refuse): T {
  const outcome = rule.check(value)
  if ('value' in outcome) return outcome.value
  assert(outcome.expected !== '', 'a refusal says what is wanted')
  throw refuse(`${what} is ${shown(value)}; it has to be ${outcome.expected}.`)
}

interface NumberBounds {
  readonly byDefault: number
  readonly min?: number
  readonly max?: number
  /** Whether Infinity means "no limit". */
  readonly orInfinity?: true
}

/** A whole number of `unit`, as "milliseconds". */
export function wholeNumber(unit: string, bounds: NumberBounds): Rule<number> {
  const { byDefault, min = 0, max = Number.MAX_SAFE_INTEGER, orInfinity = false } = bounds
  const top = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`
  const expected = `a whole number of ${unit} ${top}${orInfinity ? ', or Infinity' : ''}`
  const isAllowed = (value: number): boolean =>
    (orInfinity && value === Infinity) ||
    (Number.isSafeInteger(value) && value >= min && value <= max)
  assert(isAllowed(byDefault), 'a default keeps its own rule')
  return {
    byDefault,
    check: (value) => (typeof value === 'number' && isAllowed(value) ? { value } : { expected }),
  }
}

/** A time in ms. At most what Node's timers take, 24.8 days. */
export function milliseconds(
  byDefault: number,
  bounds: Omit<NumberBounds, 'byDefault'> = {},
): Rule<number> {
  return wholeNumber('milliseconds', { max: 2 ** 31 - 1, ...bounds, byDefault })
}

/** True or false. */
export function flag(byDefault: boolean): Rule<boolean> {
  return {
    byDefault,
    check: (value) => (typeof value === 'boolean' ? { value } : { expected: 'true or false' }),
  }
}

/** Text that is not empty. */
export function text(byDefault: string): Rule<string>
export function text(byDefault: string | undefined): Rule<string | undefined>
export function text(byDefault: string | undefined): Rule<string | undefined> {
  return {
    byDefault,
    check: (value) =>
      typeof value === 'string' && value.length > 0
        ? { value }
        : { expected: 'text that is not empty' },
  }
}

/** One of several names or numbers. */
export function oneOf<const T extends string | number>(
  values: readonly T[],
  byDefault: NoInfer<T>,
): Rule<T> {
  assert(values.includes(byDefault), 'a default keeps its own rule')
  const list = values.map(shown)
  const expected =
    list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`
  return {
    byDefault,
    check: (value) => (values.includes(value as T) ? { value: value as T } : { expected }),
  }
}

/** What a test of the caller's accepts: a callback, an object with methods. */
export function accepted<T>(
  expected: string,
  accepts: (value: unknown) => boolean,
  byDefault: T | 'required',
): Rule<T> {
  return { byDefault, check: (value) => (accepts(value) ? { value: value as T } : { expected }) }
}

/** A value as the user wrote it, as far as it fits a sentence. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
