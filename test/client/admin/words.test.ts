import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberOf, wordOf } from '../../../src/client/admin/words.ts'
import { ConfigError } from '../../../src/client/error.ts'

const words = ['unknown', 'topic', '', 'group'] as const

test('a word has the number of its place, and back', () => {
  expect(numberOf('resource', words, 'topic')).toBe(1)
  expect(numberOf('resource', words, 'group')).toBe(3)
  expect(wordOf(words, 3)).toBe('group')
})

test('another word is told with the one that was meant', () => {
  expect(() => numberOf('resource', words, 'topics')).toThrow(
    "There is no resource 'topics'; did you mean 'topic'?",
  )
  expect(() => numberOf('resource', words, 'quota')).toThrow('it is one of topic, group.')
  expect(() => numberOf('resource', words, 'unknown')).toThrow(ConfigError)
})

test('a number of a later version reads as unknown, whatever it is', () => {
  fc.assert(
    fc.property(fc.integer(), (number) => {
      const word = wordOf(words, number)
      expect(word).toBe({ 1: 'topic', 3: 'group' }[number] ?? 'unknown')
    }),
  )
})
