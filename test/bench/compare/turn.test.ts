import { expect, it } from 'vitest'
import { withRecords } from '../../../src/bench/compare/turn.ts'

it('takes no figures of a case in which nothing moved', () => {
  expect(() => withRecords('one', { records: 0, seconds: 5 })).toThrow('one: no record in the')
  for (const figures of [{ records: 1 }, { createMs: 0 }]) {
    expect(withRecords('one', figures)).toBe(figures)
  }
})
