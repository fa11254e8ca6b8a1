import { expect, test } from 'vitest'
import { CleanerFigures } from '../../../src/engine/compaction/cleaner-figures.ts'

const cleaning = (bytesRead: number, bytesWritten: number) => ({
  mappedKeys: 1,
  bytesRead,
  bytesWritten,
  recordsRead: 10,
  recordsKept: 4,
  recordsWithoutKey: 0,
  segmentsReplaced: 2,
  segmentsWritten: 1,
})

test('a cleaner that has done nothing yet has nothing to tell but since when', () => {
  expect(new CleanerFigures(1000).at(1500)).toEqual({
    cleanings: 0,
    bytesRead: 0,
    bytesWritten: 0,
    recordsRead: 0,
    recordsKept: 0,
    maxDirtyRatio: 0,
    recopyRatio: 0,
    maxCleanMs: 0,
    maxCompactionDelayMs: 0,
    sinceLastRunMs: 500,
    deadThreads: 0,
  })
})

test('ratio and time are of the last cleaning of every thread, sums are of all', () => {
  const figures = new CleanerFigures(0)
  figures.cleaned(0, cleaning(1000, 900), 9000)
  figures.cleaned(0, cleaning(1000, 100), 30)
  figures.cleaned(1, cleaning(3000, 1900), 20)
  expect(figures.at(0)).toMatchObject({
    cleanings: 3,
    bytesRead: 5000,
    bytesWritten: 2900,
    recordsRead: 30,
    recordsKept: 12,
    recopyRatio: 0.5,
    maxCleanMs: 30,
  })
})

test('how dirty is of the last look, how late of the last look of every thread', () => {
  const figures = new CleanerFigures(0)
  figures.looked(0, { maxDirtyRatio: 0.9, maxDelayMs: 7000 }, 100)
  figures.looked(1, { maxDirtyRatio: 0.3, maxDelayMs: 2000 }, 200)
  expect(figures.at(260)).toMatchObject({
    maxDirtyRatio: 0.3,
    maxCompactionDelayMs: 7000,
    sinceLastRunMs: 60,
  })
  figures.looked(0, { maxDirtyRatio: 0, maxDelayMs: 0 }, 300)
  expect(figures.at(300)).toMatchObject({ maxDirtyRatio: 0, maxCompactionDelayMs: 2000 })
})

test('threads that died are counted', () => {
  const figures = new CleanerFigures(0)
  figures.died()
  figures.died()
  expect(figures.at(0).deadThreads).toBe(2)
})
