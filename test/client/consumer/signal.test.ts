import { beforeEach, expect, it } from 'vitest'
import type { Timers } from '../../../src/base/clock.ts'
import { Signal } from '../../../src/client/consumer/signal.ts'

const pending = new Set<() => void>()
const timers: Timers = {
  setTimeout: (callback) => {
    pending.add(callback)
    return callback
  },
  clear: (handle) => void pending.delete(handle as () => void),
}
let signal: Signal

beforeEach(() => {
  pending.clear()
  signal = new Signal(timers)
})

it('ends a wait with news, and takes its timer back', async () => {
  const wait = signal.wait(1_000)
  expect(pending.size).toBe(1)
  signal.set()
  await wait
  expect(pending.size).toBe(0)
})

it('ends a wait when the time is over', async () => {
  const wait = signal.wait(1_000)
  for (const fire of pending) fire()
  await wait
})

it('wakes all who wait', async () => {
  const waits = [signal.wait(1_000), signal.wait(Infinity)]
  signal.set()
  await Promise.all(waits)
})

it('keeps news for the next who waits, once', async () => {
  signal.set()
  await signal.wait(1_000)
  expect(pending.size).toBe(0)
  void signal.wait(1_000)
  expect(pending.size).toBe(1)
})

it('waits no time at all where none is left', async () => {
  await signal.wait(0)
  await signal.wait(-5)
  expect(pending.size).toBe(0)
})
