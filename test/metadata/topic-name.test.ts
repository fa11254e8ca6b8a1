import { describe, expect, it } from 'vitest'
import { collisionKey, topicNameProblem } from '../../src/metadata/topic-name.ts'

describe('topicNameProblem', () => {
  it.each(['a', 'A-b_c.9', '__consumer_offsets', '...', 'a'.repeat(249)])('takes %s', (name) => {
    expect(topicNameProblem(name)).toBeUndefined()
  })

  it.each<[string, RegExp]>([
    ['', /empty string/],
    ['.', /'\.' is not allowed/],
    ['..', /'\.\.' is not allowed/],
    ['a'.repeat(250), /longer than the max allowed length 249/],
    ['a b', /characters other than ASCII alphanumerics/],
    ['a/b', /characters other/],
    ['ä', /characters other/],
    ['a\n', /characters other/],
  ])('refuses %j', (name, problem) => {
    expect(topicNameProblem(name)).toMatch(problem)
  })
})

describe('collisionKey', () => {
  it('is the same for names that metrics cannot tell apart', () => {
    expect(collisionKey('a.b_c')).toBe(collisionKey('a_b.c'))
    expect(collisionKey('a-b')).not.toBe(collisionKey('a.b'))
  })
})
