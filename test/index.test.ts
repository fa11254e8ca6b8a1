import { expect, test } from 'vitest'
import * as odradek from '../src/index.ts'

test('the package offers exactly this', () => {
  expect(Object.keys(odradek).sort()).toEqual([
    'Broker',
    'NativeModuleError',
    'StartError',
    'StorageError',
    'createLogger',
  ])
})
