import { describe, expect, it } from 'vitest'
import { tableLines } from '../../../src/bench/harness/table.ts'

describe('tableLines', () => {
  it('puts words to the left and figures to the right', () => {
    const rows = [
      ['case', 'broker', 'MB/s'],
      ['64x1000', 'odradek', '2,035'],
      ['disk', 'kafka', '9'],
    ]
    expect(tableLines(rows)).toEqual([
      'case     broker    MB/s',
      '64x1000  odradek  2,035',
      'disk     kafka        9',
    ])
  })

  it('takes a figure in the second column for one', () => {
    const rows = [
      ['broker', 'first answer ms'],
      ['odradek', '155'],
    ]
    expect(tableLines(rows)).toEqual(['broker   first answer ms', 'odradek              155'])
  })

  it('is empty without rows', () => {
    expect(tableLines([])).toEqual([])
  })
})
