import { expect, test } from 'vitest'
import {
  bytesInWords,
  counted,
  findingInWords,
  offsetsInWords,
  secondsInWords,
} from '../../src/cli/check-words.ts'
import type { Finding } from '../../src/storage/index.ts'

const finding: Finding = {
  kind: 'damaged',
  file: 't-0/x.log',
  from: 76,
  to: 152,
  firstOffset: 3,
  nextOffset: 6,
  reason: 'the checksum does not match',
}

test.each([
  [{}, 't-0/x.log: damaged, bytes 76 to 151, offsets 3 to 5: the checksum does not match'],
  [{ nextOffset: 4 }, 't-0/x.log: damaged, bytes 76 to 151, offset 3: the checksum does not match'],
  [{ from: -1, to: -1, firstOffset: -1 }, 't-0/x.log: damaged: the checksum does not match'],
  [
    { kind: 'missing', to: 76, nextOffset: -1 },
    't-0/x.log: missing, at byte 76, from offset 3 on: the checksum does not match',
  ],
] as const)('a finding %o in words', (change, words) => {
  expect(findingInWords({ ...finding, ...change })).toBe(words)
})

test('numbers in words', () => {
  expect(offsetsInWords(0, 1)).toBe('offset 0')
  expect(counted(1, 'batch', 'batches')).toBe('1 batch')
  expect(counted(0, 'fault')).toBe('0 faults')
  expect([0, 999, 1000, 1_234_567, 9.999e11, 5e15].map(bytesInWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '1.23 MB',
    '1000 GB',
    '5000 TB',
  ])
  expect([0.123, 12.3].map(secondsInWords)).toEqual(['0.12 s', '12 s'])
})
