import { expect, test } from 'vitest'
import { requireKnownFields } from '../../../src/client/admin/known-fields.ts'
import { ConfigError } from '../../../src/client/error.ts'

const check = (given: object) => () => requireKnownFields('A topic', given, ['name', 'partitions'])

test('known fields pass, whatever they hold', () => {
  expect(check({})).not.toThrow()
  expect(check({ name: undefined, partitions: null })).not.toThrow()
})

test.each([
  [{ partition: 3 }, "A topic has no field 'partition'; did you mean 'partitions'?"],
  [{ numPartitions: 3 }, "A topic has no field 'numPartitions'; did you mean 'partitions'?"],
  [{ name: 'a', zzz: 1 }, "A topic has no field 'zzz'; it may have name, partitions."],
])('%j is refused', (given, message) => {
  expect(check(given)).toThrow(new ConfigError(message))
})
