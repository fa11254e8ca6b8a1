import { describe, expect, it } from 'vitest'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../src/metadata/config/topic-settings.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'

const id = 'aaaaRZyoQ_y_biQ5m6sOVA'
const otherId = 'bbbbRZyoQ_y_biQ5m6sOVA'
const config = topicSettings(new Map(), new BrokerConfig())
const batch = () => encodeBatch(newBatch([{ timestamp: 1, key: null, value: null }]))

describe('a directory', () => {
  it('keeps its identity, partitions and files over a close', async () => {
    const first = createMemoryLogStore()
    expect(first.metaProperties()).toBeUndefined()
    const properties = { clusterId: id, nodeId: 1, directoryId: otherId }
    await first.format(properties)
    await expect(first.format(properties)).rejects.toThrow(/once/)
    const log = await first.openPartition('t', 3, id, config)
    log.append(batch())
    await first.writeFile('a/b', Uint8Array.of(1))
    await first.close()
    const second = createMemoryLogStore({ disk: first.disk })
    expect(second.recoveryReport().clean).toBe(true)
    expect(second.metaProperties()).toEqual(properties)
    expect(second.partitionsOnDisk()).toMatchObject([{ topic: 't', partition: 3, topicId: id }])
    const again = await second.openPartition('t', 3, id, config)
    expect([again.logEndOffset(), again.highWatermark()]).toEqual([1, 1])
    expect(await second.readFile('a/b')).toEqual(Uint8Array.of(1))
  })

  it('keeps only what was durable when the process dies', async () => {
    const first = createMemoryLogStore({ autoFlush: false })
    const log = await first.openPartition('t', 0, id, config)
    log.append(batch())
    await log.flush()
    const { requiredHighWatermark } = log.append(batch())
    const waiting = log.committed(requiredHighWatermark)
    const second = createMemoryLogStore({ disk: first.crash() })
    await expect(waiting).rejects.toMatchObject({ code: 56 })
    expect(second.recoveryReport()).toMatchObject({ clean: false, segmentsScanned: 1 })
    expect((await second.openPartition('t', 0, id, config)).logEndOffset()).toBe(1)
    await expect(first.openPartition('t', 0, id, config)).rejects.toMatchObject({ code: 56 })
  })
})

describe('partitions', () => {
  it('are opened once, found, deleted, and never confused with another topic', async () => {
    const store = createMemoryLogStore()
    const log = await store.openPartition('t', 0, id, config)
    expect(await store.openPartition('t', 0, id, config)).toBe(log)
    expect(store.find('t', 0)).toBe(log)
    const other = store.openPartition('t', 0, otherId, config)
    await expect(other).rejects.toMatchObject({ code: 103 })
    await store.deletePartition('t', 0)
    expect(store.find('t', 0)).toBeUndefined()
    await expect(store.openPartition('t', 0, otherId, config)).resolves.toBeDefined()
  })

  it('that are set aside are gone but not lost', async () => {
    const store = createMemoryLogStore()
    await store.openPartition('t', 0, id, config)
    await store.setAside('t', 0)
    await store.setAside('nothing', 0)
    expect(store.find('t', 0)).toBeUndefined()
    expect([...store.disk.strays.keys()]).toEqual(['t-0'])
  })
})

describe('files', () => {
  it('are listed by folder, replaced and removed', async () => {
    const store = createMemoryLogStore()
    const bytes = Uint8Array.of(1, 2)
    await store.writeFile('top', bytes)
    await store.writeFile('folder/one', bytes)
    await store.writeFile('folder/two', bytes)
    bytes[0] = 9
    expect(await store.readFile('top')).toEqual(Uint8Array.of(1, 2))
    expect(await store.listFiles('')).toEqual(['top'])
    expect(await store.listFiles('folder')).toEqual(['one', 'two'])
    expect(await store.listFiles('fold')).toEqual([])
    await store.removeFile('folder/one')
    expect(await store.readFile('folder/one')).toBeUndefined()
  })
})

describe('going offline', () => {
  it('tells all listeners once, and nothing works any more', async () => {
    const store = createMemoryLogStore()
    const reasons: string[] = []
    store.onOffline((reason) => reasons.push(reason))
    expect(store.offlineReason()).toBe('')
    store.goOffline('first')
    store.goOffline('second')
    expect(reasons).toEqual(['first'])
    expect(store.offlineReason()).toBe('first')
    await expect(store.writeFile('a', Uint8Array.of())).rejects.toMatchObject({ code: 56 })
    await expect(store.checkpoint()).rejects.toThrow('first')
    await store.close()
    expect(store.disk.clean).toBe(false)
  })
})
