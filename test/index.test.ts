import { expect, test } from 'vitest'
import * as broker from '../src/broker/index.ts'
import * as odradek from '../src/index.ts'

test('the package offers exactly this', () => {
  expect(Object.keys(odradek).sort()).toEqual(['NativeModuleError', 'StorageError', 'createLogger'])
})

test('and this of the broker', () => {
  expect(Object.keys(broker).sort()).toEqual(['Broker', 'StartError'])
})
