import { describe, expect, it } from 'vitest'
import { chooseCases } from '../../../src/bench/harness/choose-cases.ts'

describe('chooseCases', () => {
  const cases = ['disk', '1x6', '64x6'].map((name) => ({ name }))

  it('takes all when none is named, else the named ones in the order of the bench', () => {
    expect(chooseCases(cases, [])).toEqual(cases)
    expect(chooseCases(cases, ['64x6', 'disk'])).toEqual([{ name: 'disk' }, { name: '64x6' }])
  })

  it('says which there are when one is unknown', () => {
    expect(() => chooseCases(cases, ['disk', '2x6'])).toThrow('no case is 2x6: they are disk, 1x6')
  })
})
