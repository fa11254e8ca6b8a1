import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as limits from '../../src/base/limits.ts'

test('the bounds of the wire are those of the native core', () => {
  const header = readFileSync(new URL('../../native/base/limits.h', import.meta.url), 'utf8')
  const bound = (name: string) => Number(new RegExp(`${name} = (\\d+);`).exec(header)?.[1])
  expect(limits.wireArrayElementsMax).toBe(bound('kWireArrayMax'))
  expect(limits.wireTaggedFieldsMax).toBe(bound('kWireTaggedFieldsMax'))
})

test('one array cannot use up what a message may have', () => {
  expect(limits.wireArrayElementsMax).toBeLessThan(limits.wireMessageElementsMax)
})

test('the length of a string fits an int16', () => {
  expect(limits.wireStringBytesMax).toBe(2 ** 15 - 1)
})
