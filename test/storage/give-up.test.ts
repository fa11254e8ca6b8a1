/** Waits for a log that may be given up, in both stores. */
import { afterEach, describe, expect, it } from 'vitest'
import type { LogStore } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { NativeDirectoryUnderTest } from './native-directory.ts'
import { batchOf, commit, settings, topicId } from './store-behaviour.ts'

const directories: NativeDirectoryUnderTest[] = []

afterEach(async () => {
  for (const directory of directories.splice(0)) await directory.dispose()
})

function openNative(): Promise<LogStore> {
  const directory = new NativeDirectoryUnderTest()
  directories.push(directory)
  return directory.open()
}

describe.each<[string, () => Promise<LogStore>]>([
  ['memory', async () => createMemoryLogStore()],
  ['native', openNative],
])('the %s store', (_name, open) => {
  it('lets those go who give up, and nobody else', async () => {
    const store = await open()
    await store.format({ clusterId: topicId, nodeId: 1, directoryId: topicId })
    const log = await store.openPartition('a', 0, topicId, settings())
    log.becomeLeader(0)
    const settled: string[] = []
    const left = [log.passed(1), log.passed(1)]
    const others = [log.passed(2), log.committed(1)]
    const all = [...left, ...others].map((one, i) => one.then(() => settled.push(String(i))))
    log.giveUp(7)
    log.giveUp(1)
    await Promise.all(left)
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled.toSorted()).toEqual(['0', '1'])
    expect(log.highWatermark()).toBe(0)
    await commit(log, batchOf([1, 2]))
    await Promise.all(all)
    expect(settled.toSorted()).toEqual(['0', '1', '2', '3'])
    await log.passed(2)
    log.giveUp(2)
  })

  it('rejects who waits when it closes', async () => {
    const store = await open()
    await store.format({ clusterId: topicId, nodeId: 1, directoryId: topicId })
    const log = await store.openPartition('a', 0, topicId, settings())
    const waiting = log.passed(1)
    waiting.catch(() => undefined)
    await store.close()
    await expect(waiting).rejects.toMatchObject({ name: 'StorageError' })
  })
})
