import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

test('offsets that a cleaner removed are no reason to cut what lies behind them', async () => {
  for (const [cleaned, end] of [
    [false, 10],
    [true, batchesEach],
  ] as const) {
    directory?.dispose()
    directory = await RestingDirectory.create('unclean')
    const { path } = directory
    for (const suffix of ['.log', '.index', '.timeindex', '.snapshot']) {
      rmSync(join(path, segmentAt(10, suffix)), { force: true })
    }
    rmSync(join(path, 'odradek-journal'), { recursive: true })
    const recoveryPoints = '0\n2\norders 0 5\norders 1 5\n'
    writeFileSync(join(path, 'recovery-point-offset-checkpoint'), recoveryPoints)
    if (cleaned) writeFileSync(join(path, 'cleaner-offset-checkpoint'), '0\n1\norders 0 20\n')
    await recoverDirectory(path)
    const report = await checkDirectory(path)
    expect(report).toMatchObject({ clean: true, faults: 0 })
    expect(report.partitions.map(({ logEnd }) => logEnd)).toEqual([end, batchesEach])
  }
})
