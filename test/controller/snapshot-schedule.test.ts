import { expect, test } from 'vitest'
import { SnapshotSchedule } from '../../src/controller/snapshot-schedule.ts'
import { emptyImage, type MetadataImage } from '../../src/metadata/image.ts'

interface Timer {
  readonly callback: () => void
  readonly delayMs: number
}

function scheduled(intervalMs: number, fails = false) {
  const timers: Timer[] = []
  const written: [number, boolean][] = []
  const failures: unknown[] = []
  const schedule = new SnapshotSchedule({
    timers: {
      setTimeout: (callback, delayMs) => {
        const timer = { callback, delayMs }
        timers.push(timer)
        return timer
      },
      clear: (handle) => {
        if (handle !== undefined) timers.splice(timers.indexOf(handle as Timer), 1)
      },
    },
    intervalMs,
    write: (image, hasWaited) => {
      written.push([image.offset, hasWaited])
      return fails ? Promise.reject(new Error('no room')) : Promise.resolve()
    },
    onFailure: (cause) => failures.push(cause),
  })
  const fire = (): void => timers.shift()?.callback()
  return { schedule, timers, written, failures, fire }
}

function imageAt(offset: number): MetadataImage {
  return { ...emptyImage, offset }
}

test('the first change of an interval begins to wait, the newest is written at its end', () => {
  const { schedule, timers, written, fire } = scheduled(1000)
  for (const offset of [1, 2, 3]) schedule.committed(imageAt(offset))
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([1000])
  fire()
  expect(written).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [3, true],
  ])
  expect(timers).toEqual([])
  schedule.committed(imageAt(4))
  expect(timers).toHaveLength(1)
})

test('an interval of 0 is none', () => {
  const { schedule, timers, written } = scheduled(0)
  schedule.committed(imageAt(1))
  expect([timers.length, written.length]).toEqual([0, 1])
})

test('nothing waits after the end', () => {
  const { schedule, timers } = scheduled(1000)
  schedule.committed(imageAt(1))
  schedule.close()
  schedule.close()
  expect(timers).toEqual([])
  schedule.committed(imageAt(2))
  expect(timers).toEqual([])
})

test('a failure is told of, and the next change waits again', async () => {
  const { schedule, failures, fire, timers } = scheduled(1000, true)
  schedule.committed(imageAt(1))
  fire()
  await Promise.resolve()
  expect(failures).toHaveLength(2)
  schedule.committed(imageAt(2))
  expect(timers).toHaveLength(1)
})
