import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkDirectory } from '../../src/storage/directory-check.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { batchBytes, batchesEach, RestingDirectory, segmentAt } from './resting-directory.ts'

let directory: RestingDirectory | undefined
afterEach(() => directory?.dispose())

test('a clean directory is whole, every byte is counted, and the progress ends', async () => {
  directory = await RestingDirectory.create()
  const tree = directory.tree()
  const steps: (readonly [number, number])[] = []
  const report = await checkDirectory(directory.path, (done, total) => steps.push([done, total]))
  expect(report).toMatchObject({ clean: true, faults: 0, findings: [], journal: undefined })
  expect(report.partitions).toMatchObject([
    { folder: 'orders-0', logStart: 0, logEnd: batchesEach, segments: 3, batches: batchesEach },
    { folder: 'orders-1', logStart: 0, logEnd: batchesEach, segments: 3, batches: batchesEach },
  ])
  expect(report.bytes).toBeGreaterThan(2 * batchesEach * batchBytes)
  const [done, total] = steps.at(-1) ?? []
  expect(done).toBe(total)
  expect(directory.tree()).toEqual(tree)
})

test('damage is told by file, bytes and offsets, and what is whole is counted', async () => {
  directory = await RestingDirectory.create()
  directory.flip(segmentAt(10), batchBytes * 3 + 65)
  const tree = directory.tree()
  const report = await checkDirectory(directory.path)
  expect(report.faults).toBe(1)
  expect(report.partitions[0]).toMatchObject({
    batches: batchesEach - 1,
    cut: { segmentBase: 10, position: batchBytes * 3, offset: 13, batches: 16 },
    findings: [
      {
        kind: 'damaged',
        file: segmentAt(10),
        from: batchBytes * 3,
        to: batchBytes * 4,
        firstOffset: 13,
        nextOffset: 14,
        reason: 'the checksum does not match',
      },
    ],
  })
  expect(report.partitions[1]).toMatchObject({ faults: 0, cut: undefined })
  expect(directory.tree()).toEqual(tree)
})

test('an unclean directory is no damaged one', async () => {
  directory = await RestingDirectory.create('unclean')
  const tree = directory.tree()
  const report = await checkDirectory(directory.path)
  expect(report).toMatchObject({ clean: false, faults: 0 })
  expect(report.journal?.entries).toBeGreaterThan(0)
  expect(directory.tree()).toEqual(tree)
})

test('who uses the directory is not disturbed, and nobody starts while it is checked', async () => {
  directory = await RestingDirectory.create()
  const store = await openNativeLogStore(directory.path)
  await expect(checkDirectory(directory.path)).rejects.toThrow(/is in use by a broker/)
  await store.close()
  const opening: Promise<unknown>[] = []
  await checkDirectory(directory.path, () => {
    if (opening.length > 0 || directory === undefined) return
    opening.push(openNativeLogStore(directory.path).catch((error: unknown) => error))
  })
  expect(await opening[0]).toBeInstanceOf(StorageError)
  await (await openNativeLogStore(directory.path)).close()
})

test('what is no log directory is refused, and nothing is made there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-none-'))
  try {
    await expect(checkDirectory(join(folder, 'no'))).rejects.toThrow(/there is no directory/)
    mkdirSync(join(folder, 'empty'))
    await expect(checkDirectory(join(folder, 'empty'))).rejects.toThrow(/is no log directory/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
