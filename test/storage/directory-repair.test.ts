import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkDirectory } from '../../src/storage/directory-check.ts'
import { repairDirectory } from '../../src/storage/directory-repair.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { batchBytes, RestingDirectory, segmentAt } from './resting-directory.ts'
import { batchOf, commit, settings, topicId } from './store-behaviour.ts'

let directory: RestingDirectory | undefined
afterEach(() => directory?.dispose())

test('a damaged partition ends before the damage and goes on; others are not touched', async () => {
  directory = await RestingDirectory.create()
  directory.flip(segmentAt(10), batchBytes * 3 + 65)
  const tail = readFileSync(join(directory.path, segmentAt(10))).subarray(batchBytes * 3)
  const others = directory.tree().filter((line) => line.startsWith('orders-1/'))
  const done = await repairDirectory(await checkDirectory(directory.path), true)
  expect(done.partitions).toMatchObject([
    { folder: 'orders-0', logEnd: 13, bytesCut: batchBytes * 17 },
  ])
  const kept = `${segmentAt(10)}.cut-${batchBytes * 3}`
  expect(done.partitions[0]?.kept).toContain(kept)
  expect(readFileSync(join(directory.path, kept))).toEqual(tail)
  expect(directory.tree().filter((line) => line.startsWith('orders-1/'))).toEqual(others)
  expect(await checkDirectory(directory.path)).toMatchObject({ clean: true, faults: 0 })
  const store = await openNativeLogStore(directory.path)
  const log = await store.openPartition('orders', 0, topicId, settings())
  expect(await commit(log, batchOf([1_700_000_001_000]))).toBe(13)
  await store.close()
})

test('told so, it keeps nothing', async () => {
  directory = await RestingDirectory.create()
  directory.flip(segmentAt(0), 70)
  const done = await repairDirectory(await checkDirectory(directory.path), false)
  expect(done.partitions).toMatchObject([{ logEnd: 0, kept: [] }])
  expect(readdirSync(join(directory.path, 'orders-0')).join()).not.toContain('cut')
})
