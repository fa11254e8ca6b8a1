/** Logs with what transactional producers of Apache Kafka wrote, ended one way or the other. */
import { afterEach, describe, expect, it } from 'vitest'
import { engineEnvironment } from '../../src/engine/environment.ts'
import { encodeControlRecord } from '../../src/protocol/control-record.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { Store } from '../../src/queue/store.ts'
import type { LogStore, PartitionLog } from '../../src/storage/log-store.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { commit } from '../storage/store-behaviour.ts'
import { batchesOf, cleanUp, temporaryFolder, valuesOf } from './fixture.ts'
import { takeOne } from './queue-fixture.ts'

afterEach(cleanUp)

const stores = {
  memory: (..._opening: unknown[]) => Promise.resolve(createMemoryLogStore()),
  native: engineEnvironment.openStore,
}

interface Opened {
  readonly store: Store
  readonly partition: PartitionLog
}

/** A log of short segments, and how the storage has it. */
async function opened(kind: keyof typeof stores): Promise<Opened> {
  let storage: LogStore | undefined
  const openStore: typeof engineEnvironment.openStore = async (...opening) => {
    storage = await stores[kind](...opening)
    return storage
  }
  const store = await Store.open(temporaryFolder(), { environment: { openStore } })
  await store.log('a')
  return { store, partition: storage?.find('a', 0) as PartitionLog }
}

const { transactional, control } = batchAttributes

function writes(log: PartitionLog, producerId: number, ...values: string[]): Promise<number> {
  const records = values.map((value) => ({ timestamp: 1, key: null, value: Buffer.from(value) }))
  const stamp = { producerId, producerEpoch: 0, baseSequence: 0 }
  return commit(log, encodeBatch(newBatch(records, { attributes: transactional, ...stamp })))
}

function ends(log: PartitionLog, producerId: number, name: 'abort' | 'commit'): Promise<number> {
  const record = encodeControlRecord({ name, value: { coordinatorEpoch: 0 } })
  const stamp = { producerId, producerEpoch: 0, baseSequence: -1 }
  const header = { attributes: transactional | control, ...stamp }
  return commit(log, encodeBatch(newBatch([{ timestamp: 1, ...record }], header)))
}

/** Two producers whose transactions overlap, over several segments. */
async function write(log: PartitionLog): Promise<void> {
  await writes(log, 7, 'aborted 0', 'aborted 1')
  await writes(log, 8, 'committed 2')
  await log.roll()
  await writes(log, 7, 'aborted 3')
  await ends(log, 7, 'abort')
  await writes(log, 7, 'committed 5')
  await log.roll()
  await ends(log, 8, 'commit')
  await writes(log, 8, 'aborted 7')
  await ends(log, 8, 'abort')
  await ends(log, 7, 'commit')
}

describe.each(['memory', 'native'] as const)('of the %s storage', (kind) => {
  it('gives the records of transactions that were committed, and no marker', async () => {
    const { store, partition } = await opened(kind)
    const log = await store.log('a')
    await write(partition)
    await log.append({ value: 'plain 10' })
    expect(await valuesOf(log.read())).toEqual(['committed 2', 'committed 5', 'plain 10'])
    expect(await valuesOf(log.read({ from: 3 }))).toEqual(['committed 5', 'plain 10'])
    expect(await valuesOf(log.read({ from: 7 }))).toEqual(['plain 10'])
    expect(await batchesOf(log.read())).toEqual(['2-2', '5-5', '10-10'])
    await store.close()
  })

  it('hands out the messages of those alone, and finishes the others', async () => {
    const { store, partition } = await opened(kind)
    await write(partition)
    const queue = await store.queue('a')
    await queue.put({ value: 'put 10' })
    for (const value of ['committed 2', 'committed 5', 'put 10']) {
      const message = await takeOne(queue)
      expect(String(message.value)).toBe(value)
      await message.ack()
    }
    expect(queue.statistics().consumers).toMatchObject([{ lag: 0, acknowledged: 3 }])
    await store.close()
  })
})
