/** What who reads at the end of a log uses, in both stores: waits to give up, reads without one. */
import { afterEach, describe, expect, it } from 'vitest'
import type { LogStore } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { NativeDirectoryUnderTest } from './native-directory.ts'
import { batchOf, commit, settings, topicId } from './store-behaviour.ts'

const refusal = (code: number): object => expect.objectContaining({ name: 'StorageError', code })

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

  it('reads at once what was just appended, and refuses what read refuses', async () => {
    const store = await open()
    await store.format({ clusterId: topicId, nodeId: 1, directoryId: topicId })
    const log = await store.openPartition('a', 0, topicId, settings())
    log.becomeLeader(0)
    await commit(log, batchOf([1, 2]))
    await commit(log, batchOf([3]))
    const limit = 'highWatermark'
    const all = Buffer.from(log.readCached(0, 1000, limit) ?? [])
    expect(all.equals(await log.read(0, 1000, limit))).toBe(true)
    const second = Buffer.from(log.readCached(2, 1, limit) ?? [])
    expect(second.equals(await log.read(2, 1, limit))).toBe(true)
    expect(second.length).toBeGreaterThan(0)
    expect(log.readCached(3, 1000, limit)).toHaveLength(0)
    expect(() => log.readCached(4, 1000, limit)).toThrow(refusal(1))
    await store.close()
    expect(() => log.readCached(0, 1000, limit)).toThrow(refusal(56))
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
