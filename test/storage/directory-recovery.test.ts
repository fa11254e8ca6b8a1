import { afterEach, expect, test } from 'vitest'
import { checkDirectory } from '../../src/storage/directory-check.ts'
import { recoverDirectory } from '../../src/storage/directory-recovery.ts'
import { batchesEach, RestingDirectory, segmentAt } from './resting-directory.ts'

let directory: RestingDirectory | undefined
afterEach(() => directory?.dispose())

test('an unclean directory becomes a clean one that holds every record', async () => {
  directory = await RestingDirectory.create('unclean')
  const done = await recoverDirectory(directory.path)
  expect(done).toMatchObject({ clean: false, partitions: 2 })
  expect(done?.journalEntries).toBeGreaterThan(0)
  const report = await checkDirectory(directory.path)
  expect(report).toMatchObject({ clean: true, faults: 0, journal: undefined })
  expect(report.partitions.map(({ logEnd }) => logEnd)).toEqual([batchesEach, batchesEach])
})

test('a clean one is left as it is', async () => {
  directory = await RestingDirectory.create()
  const tree = directory.tree()
  expect(await recoverDirectory(directory.path)).toBeUndefined()
  expect(directory.tree()).toEqual(tree)
})

test('a directory that is not there is not made', async () => {
  directory = await RestingDirectory.create()
  await expect(recoverDirectory(`${directory.path}-no`)).rejects.toThrow(/there is no directory/)
})

test('damage behind a clean stop is not cut by a recovery', async () => {
  directory = await RestingDirectory.create()
  directory.flip(segmentAt(0), 70)
  const tree = directory.tree()
  expect(await recoverDirectory(directory.path)).toBeUndefined()
  expect(directory.tree()).toEqual(tree)
})
