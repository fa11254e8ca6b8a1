import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { firstOpenOffset, refuseOpenTransactions } from '../../src/engine/open-transactions.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { batchAttributes, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { startTestBroker } from '../broker/fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-transactions-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A snapshot in which the producers have transactions open from these offsets on; -1 for none. */
function snapshot(...openOffsets: readonly number[]): Uint8Array {
  const writer = new Writer()
  writer.int16(1)
  writer.raw(new Uint8Array(4))
  writer.int32(openOffsets.length)
  for (const [at, offset] of openOffsets.entries()) {
    writer.int64(1000 + at)
    writer.int16(0)
    writer.int32(7)
    writer.int64(40)
    writer.int32(2)
    writer.int64(1_700_000_000_000)
    writer.int32(0)
    writer.int64(offset)
  }
  return writer.finish()
}

/** A directory with these folders, each with these files. */
function directory(name: string, folders: Record<string, Record<string, Uint8Array>>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [partition, files] of Object.entries(folders)) {
    mkdirSync(join(path, partition))
    for (const [file, bytes] of Object.entries(files)) {
      writeFileSync(join(path, partition, file), bytes)
    }
  }
  return path
}

const clean = (path: string): string => {
  writeFileSync(join(path, '.kafka_cleanshutdown'), '')
  return path
}

const early = '00000000000000000010.snapshot'
const late = '00000000000000000041.snapshot'
const coordinator = { '__transaction_state-3': {} }

describe('a producer snapshot', () => {
  it.each([
    [[], undefined],
    [[-1, -1], undefined],
    [[-1, 38], 38],
    [[38, 0, 12, -1], 0],
  ])('with the open offsets %j tells %s', (offsets, first) => {
    expect(firstOpenOffset(snapshot(...offsets))).toBe(first)
  })

  it('that is broken or of another version tells nothing', () => {
    const bytes = snapshot(-1, 38)
    for (let end = 0; end < bytes.length; end++) {
      expect(firstOpenOffset(bytes.subarray(0, end))).toBeUndefined()
    }
    const newer = Uint8Array.from(bytes)
    newer[1] = 2
    expect(firstOpenOffset(newer)).toBeUndefined()
  })
})

describe('a directory that was stopped within a transaction', () => {
  it('is refused by the newest snapshot, with the place and the way out', async () => {
    const files = { [early]: snapshot(-1), [late]: snapshot(38), '00.log': new Uint8Array() }
    const path = clean(directory('a', { ...coordinator, 'orders-0': files }))
    await expect(refuseOpenTransactions([path])).rejects.toThrow(
      `${join(path, 'orders-0')} holds a transaction that begins at offset 38 and has no end, ` +
        'and transactions are not served here; start Apache Kafka on the directory, let it end',
    )
  })

  it('is found wherever it is, though the coordinator lies in another directory', async () => {
    const some = Object.fromEntries(
      Array.from({ length: 70 }, (_, at) => [`t-${at}`, { [late]: snapshot(at === 69 ? 5 : -1) }]),
    )
    const paths = [clean(directory('a', coordinator)), clean(directory('b', some))]
    await expect(refuseOpenTransactions(paths)).rejects.toThrow(/t-69 holds .* at offset 5 /)
  })

  it('is left alone where it had ended, or nobody can tell yet', async () => {
    const ended = { 'orders-0': { [early]: snapshot(8), [late]: snapshot(-1, -1) } }
    await refuseOpenTransactions([clean(directory('ended', { ...coordinator, ...ended }))])
    const open = { 'orders-0': { [late]: snapshot(38) } }
    // An older snapshot than the end of the log says nothing about it.
    await refuseOpenTransactions([directory('unclean', { ...coordinator, ...open })])
    // Without a coordinator's log no transaction was ever begun: not a folder is looked into.
    await refuseOpenTransactions([clean(directory('never', open))])
    const empty = { 'orders-0': {}, 'orders-1': { [late]: Uint8Array.of(0, 1) } }
    await refuseOpenTransactions([clean(directory('empty', { ...coordinator, ...empty }))])
    await refuseOpenTransactions([join(folder, 'not', 'there')])
    expect(readdirSync(folder).sort()).toEqual(['empty', 'ended', 'never', 'unclean'])
  })
})

describe('a log that was recovered within a transaction', () => {
  it('ends the start before anybody is served, with a directory that is clean', async () => {
    const first = await startTestBroker()
    const { store } = first
    const orders = { name: 'orders', numPartitions: 1, replicationFactor: 1 }
    const request = { topics: [{ ...orders, assignments: [], configs: [] }], timeoutMs: 1000 }
    await first.plane.send(createTopicsApi, 7, request)
    const log = store.find('orders', 0)
    const batch = newBatch([{ timestamp: 1, key: null, value: Uint8Array.of(1) }], {
      attributes: batchAttributes.transactional,
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 0,
    })
    log?.append(encodeBatch(batch))
    await log?.flush()
    await first.broker.stop()
    const starting = startTestBroker({ disk: store.disk })
    await expect(starting).rejects.toThrow(/^orders-0 holds a transaction .* at offset 0 /)
    expect(store.disk.clean).toBe(true)
  })
})
