import { describe, expect, it } from 'vitest'
import { groupedBy } from '../../src/base/grouped.ts'

describe('groupedBy', () => {
  it('keeps the order of keys and of the items of each', () => {
    const groups = groupedBy(['bear', 'ant', 'bee', 'cat', 'asp'], (word) => word[0])
    expect([...groups]).toEqual([
      ['b', ['bear', 'bee']],
      ['a', ['ant', 'asp']],
      ['c', ['cat']],
    ])
  })

  it('takes as long for many items of one key as for many keys', () => {
    const count = 400_000
    const items = Array.from({ length: count }, (_, at) => at)
    expect(groupedBy(items, () => 'all').get('all')).toEqual(items)
    expect(groupedBy(items, (at) => at).size).toBe(count)
  })
})
