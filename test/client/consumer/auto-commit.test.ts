import { expect, it } from 'vitest'
import { AutoCommit } from '../../../src/client/consumer/auto-commit.ts'

it('commits at the first poll after each interval', () => {
  const auto = new AutoCommit(5_000, 1_000)
  expect(auto.isOn).toBe(true)
  expect(auto.isDue(5_999)).toBe(false)
  expect(auto.isDue(6_000)).toBe(true)
  expect(auto.isDue(10_999)).toBe(false)
  expect(auto.isDue(20_000)).toBe(true)
  expect(auto.isDue(24_999)).toBe(false)
})

it('tries again soon after a failure', () => {
  const auto = new AutoCommit(5_000, 0)
  expect(auto.isDue(5_000)).toBe(true)
  auto.retryAt(5_100)
  expect(auto.isDue(5_099)).toBe(false)
  expect(auto.isDue(5_100)).toBe(true)
  auto.retryAt(99_999)
  expect(auto.isDue(10_100)).toBe(true)
})

it('never commits when it is off', () => {
  const auto = new AutoCommit(Infinity, 0)
  expect(auto.isOn).toBe(false)
  expect(auto.isDue(Number.MAX_SAFE_INTEGER)).toBe(false)
})
