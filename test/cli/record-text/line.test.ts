import { expect, it } from 'vitest'
import { parseLine } from '../../../src/cli/record-text/line.ts'

const form = (keySeparator?: string, nullText?: string) => ({
  keySeparator: keySeparator === undefined ? undefined : Buffer.from(keySeparator),
  nullText: nullText === undefined ? undefined : Buffer.from(nullText),
})

it.each([
  ['k:v', form(), null, 'k:v'],
  ['k:v', form(':'), 'k', 'v'],
  ['k:a:b', form(':'), 'k', 'a:b'],
  [':v', form(':'), '', 'v'],
  ['k:', form(':'), 'k', ''],
  ['no', form(':'), null, 'no'],
  ['', form(':'), null, ''],
  ['k=>v', form('=>'), 'k', 'v'],
  ['NULL', form(undefined, 'NULL'), null, null],
  ['NULL:NULL', form(':', 'NULL'), null, null],
  ['k:NULL', form(':', 'NULL'), 'k', null],
  ['k:NULLS', form(':', 'NULL'), 'k', 'NULLS'],
  ['k:', form(':', ''), 'k', null],
  ['', form(undefined, ''), null, null],
])('%j', (line, given, key, value) => {
  const parsed = parseLine(Buffer.from(line), given)
  expect([parsed.key?.toString() ?? null, parsed.value?.toString() ?? null]).toEqual([key, value])
})
