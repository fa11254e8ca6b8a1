/** Logs that are visited: found where they are open, read, and out of service with their owner. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PartitionLog } from '../../src/storage/log-store.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { findOpenLogs } from '../../src/storage/open-logs.ts'
import { batchOf, commit, settings } from './store-behaviour.ts'

const topicId = 'AAECAwQFBgcICQoLDA0ODw'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-visit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A store with two partitions, the first of which has two records; and these as visited. */
async function visited() {
  const store = await openNativeLogStore(folder)
  const open = (partition: number) => store.openPartition('t', partition, topicId, settings())
  const log = await open(0)
  await open(1)
  await commit(log, batchOf([1, 2]))
  const logs = await findOpenLogs(folder, 't', topicId)
  const [first] = logs
  if (first === undefined) throw new Error('it is open')
  return { store, log, logs, first }
}

describe('findOpenLogs', () => {
  it('finds the partitions that are open, by the id of their topic', async () => {
    const { store, logs } = await visited()
    expect(logs.map(({ topic, partition }) => [topic, partition])).toEqual([
      ['t', 0],
      ['t', 1],
    ])
    const find = async (...asked: Parameters<typeof findOpenLogs>) =>
      (await findOpenLogs(...asked)).length
    expect(await find(folder, 't', 'AAAAAAAAAAAAAAAAAAAAAQ')).toBe(0)
    expect(await find(folder, 'other', topicId)).toBe(0)
    expect(await find(join(folder, 'none'), 't', topicId)).toBe(0)
    expect(await find(folder, 't', 'no UUID')).toBe(0)
    await store.close()
    expect(await find(folder, 't', topicId)).toBe(0)
  })

  it('lets its finder read, and refuses whatever writes', async () => {
    const { store, log, first } = await visited()
    expect(Buffer.from(await first.read(0, 1000, 'highWatermark'))).toEqual(
      Buffer.from(await log.read(0, 1000, 'highWatermark')),
    )
    expect(first.readCached(0, 1000, 'highWatermark')).toHaveLength(batchOf([1, 2]).length)
    expect(await first.lookupTimestamp(2, 'highWatermark')).toMatchObject({ offset: 1 })
    const whole = first as unknown as PartitionLog
    expect(() => whole.append(batchOf([3]))).toThrow('closed')
    for (const refused of [
      whole.flush(),
      whole.roll(),
      whole.truncateTo(0),
      whole.deleteUpTo(1),
      whole.replaceSegments(0, 1),
    ]) {
      await expect(refused).rejects.toThrow('closed')
    }
    expect(log.logEndOffset()).toBe(2)
    await store.close()
  })
})

describe('who waits for a visited log', () => {
  it('is told of an append, and when the log is deleted', async () => {
    const { store, log, first } = await visited()
    const next = first.passed(3)
    await commit(log, batchOf([3]))
    await next
    const told = expect(first.passed(4)).rejects.toThrow('out of service')
    await store.deletePartition('t', 0)
    await told
    expect(first.online()).toBe(false)
    expect(first.offlineReason()).toBe('')
    await expect(first.read(0, 1000, 'highWatermark')).rejects.toThrow('not in service')
    await store.close()
  })

  it('is told when the directory closes, and may ask again', async () => {
    const { store, first } = await visited()
    const told = expect(first.passed(3)).rejects.toThrow('out of service')
    await store.close()
    await told
    await expect(first.passed(3)).rejects.toThrow('out of service')
    await expect(first.read(0, 1000, 'highWatermark')).rejects.toThrow('not in service')
    expect(() => first.readCached(0, 1000, 'highWatermark')).toThrow('not in service')
    // It has kept nothing open.
    const again = await openNativeLogStore(folder)
    expect(again.recoveryReport().clean).toBe(true)
    await again.close()
  })
})
