import { assert } from '../../base/assert.ts'
import { didYouMean } from '../../base/nearest-name.ts'
import { ConfigError } from '../error.ts'

/**
 * The protocol's number of a word, which is its place in `words`. Throws a {@link ConfigError} that
 * names the one that was probably meant.
 */
export function numberOf(what: string, words: readonly string[], word: string): number {
  const number = words.indexOf(word)
  if (number >= 0 && word !== unknown) return number
  const known = words.filter((one) => one !== '' && one !== unknown)
  assert(known.length > 0, 'there are words to choose from')
  const hint = didYouMean(word, known) ?? `; it is one of ${known.join(', ')}.`
  throw new ConfigError(`There is no ${what} '${word}'${hint}`)
}

/** The word of a number that came from a broker; `unknown` for one of a later version. */
export function wordOf<Word extends string>(
  words: readonly Word[],
  number: number,
): Word | 'unknown' {
  const word = words[number]
  assert(words.length > 0, 'there are words to choose from')
  return word === undefined || word === '' ? unknown : word
}

const unknown = 'unknown'
