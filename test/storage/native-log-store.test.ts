/** What the store on disk does beyond the port; the port's own rules are in log-store.test.ts. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogStore, PartitionLog } from '../../src/storage/log-store.ts'
import {
  type NativeLogStoreOptions,
  type NativePartitionLog,
  openNativeLogStore,
} from '../../src/storage/native-log-store.ts'
import { batchOf, commit, settings, topicId } from './store-behaviour.ts'

let folder: string
let path: string
const stores: LogStore[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-native-'))
  path = join(folder, 'data')
})
afterEach(async () => {
  await Promise.allSettled(stores.splice(0).map((store) => store.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function opened(options?: NativeLogStoreOptions): Promise<LogStore> {
  const store = await openNativeLogStore(path, options)
  stores.push(store)
  return store
}

const openLog = async (store: LogStore): Promise<NativePartitionLog> =>
  (await store.openPartition('t', 0, topicId, settings())) as NativePartitionLog

const idempotent = (sequence: number, timestamp: number) =>
  batchOf([timestamp], { producerId: 7, producerEpoch: 3, baseSequence: sequence })

describe('one process', () => {
  it('shares a directory between stores, and the last close ends it', async () => {
    const [first, second] = [await opened(), await opened()]
    const [one, two] = [await openLog(first), await openLog(second)]
    await commit(one)
    await commit(two)
    expect([one.logEndOffset(), two.logEndOffset()]).toEqual([2, 2])
    const heard = Promise.all([one.committed(3), two.committed(3)])
    one.append(batchOf([1]))
    await heard
    await first.close()
    expect(() => one.append(batchOf([1]))).toThrow(/closed/)
    await commit(two)
    expect(readdirSync(path)).not.toContain('.kafka_cleanshutdown')
    await second.close()
    expect(readdirSync(path)).toContain('.kafka_cleanshutdown')
  })

  it('changes nothing in a directory that it only looks at', async () => {
    const first = await opened()
    await commit(await openLog(first))
    await first.close()
    const before = readdirSync(path, { recursive: true }).sort()
    const second = await opened()
    expect(second.partitionsOnDisk()).toHaveLength(1)
    await second.close()
    expect(readdirSync(path, { recursive: true }).sort()).toEqual(before)
  })
})

describe('a refusal is one sentence that names the directory', () => {
  it('for a file in its place', async () => {
    writeFileSync(path, 'a file')
    await expect(opened()).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringMatching(new RegExp(`^the data directory ${path} is not a directory`)),
    })
    expect(readFileSync(path, 'utf8')).toBe('a file')
  })

  it('for one of a newer format', async () => {
    mkdirSync(path)
    writeFileSync(join(path, 'meta.properties'), 'version=99\n')
    await expect(opened()).rejects.toThrow(/meta\.properties .*version/)
  })

  it('for a path out of it', async () => {
    const store = await opened()
    for (const outside of ['../x', '/etc/hostname', 'a/../../x']) {
      await expect(store.readFile(outside)).rejects.toThrow(/no path inside/)
      await expect(store.writeFile(outside, Uint8Array.of(1))).rejects.toThrow(/no path inside/)
    }
  })
})

describe('a log object that nobody holds', () => {
  const collect = async (): Promise<void> => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    for (let i = 0; i < 5; i++) {
      gc()
      await nextTurn()
    }
  }

  it('still settles who waits for it', async () => {
    const store = await opened()
    const waiting = async (): Promise<PromiseSettledResult<void>[]> => {
      const { native } = await openLog(store)
      return Promise.allSettled([native.committed(1), native.committed(1000)])
    }
    const settled = waiting()
    await nextTurn()
    await store.setAside('nothing', 0)
    const other = await openNativeLogStore(path)
    stores.push(other)
    const log = await openLog(other)
    stores.splice(stores.indexOf(store), 1)
    await collect()
    await commit(log)
    await collect()
    await other.close()
    await store.close()
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  it('gives its directory back, and that is no clean stop', async () => {
    const open = async (): Promise<void> => {
      const store = await openNativeLogStore(path)
      await commit(await openLog(store))
    }
    await open()
    await expect
      .poll(async () => {
        await collect()
        const again = await openNativeLogStore(path)
        const log = await openLog(again)
        const isNew = again.recoveryReport().partitions === 1
        const offsets = [log.logEndOffset(), again.recoveryReport().clean]
        await again.close()
        return isNew ? offsets : undefined
      })
      .toEqual([1, false])
  })
})

describe('what a log knows of its writers', () => {
  it('are producers, whom no start forgets, whatever the clock of the directory says', async () => {
    const now = Date.now()
    const first = await opened()
    const log = await openLog(first)
    await commit(log, idempotent(0, now))
    await commit(log, idempotent(1, now))
    const producer = {
      producerId: 7,
      producerEpoch: 3,
      lastSequence: 1,
      lastTimestamp: now,
      coordinatorEpoch: -1,
      transactionFirstOffset: -1,
      lastDataOffset: 1,
    }
    expect(log.native.producers()).toEqual([producer])
    await first.close()
    const same = await opened()
    expect((await openLog(same)).native.producers()).toEqual([producer])
    await same.close()
    const twoDaysOn = await opened({ clockOffsetMs: 2 * 86_400_000 })
    expect((await openLog(twoDaysOn)).native.producers()).toEqual([producer])
  })

  it('are forgotten once idle, as often as somebody looks for them', async () => {
    const store = await opened({ producerCheckIntervalMs: 10 })
    const log = (await store.openPartition(
      't',
      0,
      topicId,
      settings({ producerIdExpirationMs: 60_000 }),
    )) as NativePartitionLog
    await commit(log, idempotent(0, Date.now() - 120_000))
    await expect.poll(() => log.native.producers(), { timeout: 5_000 }).toEqual([])
    await commit(log, idempotent(0, Date.now()))
    await new Promise((settle) => setTimeout(settle, 50))
    expect(log.native.producers()).toHaveLength(1)
  })

  it('are folders that stay for a while after their partition was deleted', async () => {
    const store = await opened({ fileDeleteDelayMs: 60_000 })
    const doomed = (): string[] => readdirSync(path).filter((name) => name.endsWith('-delete'))
    await commit(await openLog(store))
    await store.deletePartition('t', 0)
    expect(doomed()).toHaveLength(1)
    store.setFileDeleteDelay(0)
    await commit(await openLog(store))
    await store.deletePartition('t', 0)
    await expect.poll(doomed, { timeout: 5_000 }).toHaveLength(1)
  })

  it('are segments, rolled by size', async () => {
    const store = await opened()
    const config = settings({ segmentBytes: 300 })
    const log = (await store.openPartition('t', 0, topicId, config)) as NativePartitionLog
    for (let i = 0; i < 9; i++) await commit(log, batchOf([1]))
    expect(log.native.segmentCount()).toBe(3)
    expect(await bytesOf(log)).toBe(log.sizeBytes())
  })
})

async function bytesOf(log: PartitionLog): Promise<number> {
  let bytes = 0
  for (let offset = 0; offset < log.logEndOffset(); offset++) {
    bytes += (await log.read(offset, 1, 'logEndOffset')).length
  }
  return bytes
}
