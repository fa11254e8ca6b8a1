/**
 * A disk that fills up under a whole broker: appends are refused with a clear error, everything
 * else goes on, and appends resume when there is room again.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DiskKind } from '../../fixtures/mounted-disk.ts'
import { targetFromEnvironment } from '../broker-target.ts'
import { eventually } from '../eventually.ts'
import { RecordLedger } from '../record-ledger.ts'
import { fillUp } from './fill-up.ts'
import { useBroker, useDisk } from './fixture.ts'

const storageError = 56
const recordBytes = 100_000
const kinds: readonly DiskKind[] = ['tmpfs', 'ext4']
const isOurs = targetFromEnvironment().name === 'odradek'

const settings = { 'log.segment.delete.delay.ms': '200', 'log.segment.bytes': '1048576' }

describe.runIf(isOurs).each(kinds)('a small %s', (kind) => {
  test('as one of two directories refuses appends alone', async (context) => {
    const { path } = useDisk(context, kind, 64)
    const broker = await useBroker({
      settings: { ...settings, 'log.dirs': `data,${path}/data` },
    })
    const ledger = new RecordLedger(broker.port)
    expect(await ledger.createTopic('orders', 2)).toBe(0)
    const makeRoom = fillUp(path)
    const refused = await ledger.fill('orders', 1, recordBytes, 1000)
    expect(refused).toMatchObject({ errorCode: storageError })
    expect(refused.errorMessage).toMatch(/No space left on device/)
    // Every other thing goes on, reading from the full disk included.
    expect(await ledger.fill('orders', 0, recordBytes, 50)).toMatchObject({ errorCode: 0 })
    expect(await ledger.missing()).toEqual([])
    expect(await ledger.partitions('orders')).toMatchObject([{ leaderId: 1 }, { leaderId: 1 }])
    expect(await ledger.createTopic('late', 2)).toBe(0)
    makeRoom()
    for (const partition of [0, 1]) {
      await eventually('a topic of that time is led', async () => {
        return (await ledger.produce('late', partition)).errorCode === 0
      })
    }
    expect(await ledger.fill('orders', 1, recordBytes, 20)).toMatchObject({ errorCode: 0 })
    expect(broker.log).not.toMatch(/is offline/)
    await broker.stop()
    await broker.start()
    expect(broker.log).not.toMatch(/was not clean/)
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })

  test('as the only one refuses appends, until a deleted topic makes room', async (context) => {
    const { path } = useDisk(context, kind, 96)
    const broker = await useBroker({
      settings: { ...settings, 'log.dirs': `${path}/data` },
    })
    const ledger = new RecordLedger(broker.port)
    expect(await ledger.createTopic('orders', 1)).toBe(0)
    expect(await ledger.createTopic('old', 1)).toBe(0)
    expect(await ledger.fill('old', 0, recordBytes, 200)).toMatchObject({ errorCode: 0 })
    expect(await ledger.fill('orders', 0, recordBytes, 2000)).toMatchObject({
      errorCode: storageError,
    })
    fillUp(path)
    const refused = await ledger.fill('orders', 0, recordBytes, 2000)
    expect(refused).toMatchObject({ errorCode: storageError })
    expect(await ledger.missing()).toEqual([])
    expect(await ledger.deleteTopic('old')).toBe(0)
    ledger.forget('old', 0)
    await eventually('appends resume', async () => {
      return (await ledger.produce('orders', 0, recordBytes)).errorCode === 0
    })
    await eventually('all of the topic is removed', () => {
      return readdirSync(join(path, 'data')).every((name) => !name.endsWith('-delete'))
    })
    await broker.kill()
    await broker.start()
    expect(await ledger.missing()).toEqual([])
    // A stop is clean and a start works although nothing is left.
    await ledger.fill('orders', 0, recordBytes, 2000)
    fillUp(path)
    await broker.stop()
    const told = broker.log.length
    await broker.start()
    expect(broker.log.slice(told)).not.toMatch(/was not clean|ERROR/)
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })
})
