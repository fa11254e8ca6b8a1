import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemTimers } from '../../../src/base/clock.ts'
import { flushWaitMsMax, untilReadable } from '../../../src/broker/handler/readable-end.ts'
import type { PartitionLog } from '../../../src/storage/log-store.ts'
import { createMemoryLogStore, type MemoryLogStore } from '../../../src/storage/memory-log-store.ts'
import { batchOf, settings, topicId } from '../../storage/store-behaviour.ts'

let store: MemoryLogStore
let log: PartitionLog

beforeEach(async () => {
  vi.useFakeTimers()
  store = createMemoryLogStore({ autoFlush: false })
  log = await store.openPartition('t', 0, topicId, settings())
  log.append(batchOf([1]))
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** Begins a wait; the result tells how it has ended so far. */
function wait(): () => string {
  let ended = 'not yet'
  untilReadable(log, systemTimers).then(
    () => {
      ended = 'readable'
    },
    (error: Error) => {
      ended = error.message
    },
  )
  return () => ended
}

test('ends with the flush', async () => {
  const ended = wait()
  await vi.advanceTimersByTimeAsync(flushWaitMsMax - 1)
  expect(ended()).toBe('not yet')
  await log.flush()
  await vi.advanceTimersByTimeAsync(0)
  expect(ended()).toBe('readable')
})

test('waits for nothing where all can be read', async () => {
  await log.flush()
  const ended = wait()
  await vi.advanceTimersByTimeAsync(0)
  expect(ended()).toBe('readable')
})

test('does not wait for what is appended later', async () => {
  const ended = wait()
  const end = log.flush()
  log.append(batchOf([2]))
  await end
  await vi.advanceTimersByTimeAsync(0)
  expect(ended()).toBe('readable')
})

test('ends without a flush, in time', async () => {
  const ended = wait()
  await vi.advanceTimersByTimeAsync(flushWaitMsMax)
  expect(ended()).toBe('readable')
  expect(log.highWatermark()).toBe(0)
  // Nobody listens any more when the wait for the flush fails.
  store.goOffline('the disk is gone')
  await vi.advanceTimersByTimeAsync(0)
})

test('fails with the log', async () => {
  const ended = wait()
  store.goOffline('the disk is gone')
  await vi.advanceTimersByTimeAsync(0)
  expect(ended()).toContain('the disk is gone')
})
