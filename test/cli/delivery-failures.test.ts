import { expect, test } from 'vitest'
import { DeliveryFailures } from '../../src/cli/delivery-failures.ts'
import { type ClientError, type DeliveryReport, TimeoutError } from '../../src/client/index.ts'

const report = (error: ClientError | null, partition = 0, recordsCount = 10): DeliveryReport => ({
  topic: 'orders',
  partition,
  baseOffset: -1,
  recordsCount,
  error,
  records: () => [],
})

test('counts both kinds, and tells each failure once', () => {
  const told: string[] = []
  const failures = new DeliveryFailures((text) => told.push(text))
  failures.add(report(null))
  for (const partition of [0, 1, 1, 0, -1]) {
    failures.add(report(new TimeoutError('too late'), partition))
  }
  failures.add(report(new TimeoutError('never'), 0, 1))
  failures.refused('Line 7 of stdin', new Error('no JSON'))
  expect([failures.stored, failures.failed]).toEqual([10, 52])
  expect(told).toEqual([
    'Records of orders-0 were not stored: too late',
    'Records of orders-1 were not stored: too late',
    'Records of orders were not stored: too late',
    'Records of orders-0 were not stored: never',
    'Line 7 of stdin was not sent: no JSON',
  ])
})
