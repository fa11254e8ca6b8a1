import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeBatches } from '../../src/protocol/record-batch.ts'
import type { ControlFrame, DataPlane, OpenBatchRequest } from '../../src/storage/data-plane.ts'
import type { LogStore, PartitionLog } from '../../src/storage/log-store.ts'
import { startNativeDataPlane } from '../../src/storage/native-data-plane.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { latencyCount } from '../../src/telemetry/latency-histogram.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { batchOf, settings, topicId } from './store-behaviour.ts'

const apiVersionsKey = 18
const produceKey = 0
let folder: string
let store: LogStore
let log: PartitionLog
let plane: DataPlane
let port: number
const frames: ControlFrame[] = []
const batches: OpenBatchRequest[] = []
const closed: number[] = []
const connections: RawConnection[] = []

beforeEach(async () => {
  for (const list of [frames, batches, closed]) list.length = 0
  folder = mkdtempSync(join(tmpdir(), 'odradek-plane-'))
  store = await openNativeLogStore(join(folder, 'data'))
  log = await store.openPartition('t', 0, topicId, settings({ openCompressed: true }))
  plane = startNativeDataPlane(
    {
      reactorThreads: 2,
      socketRequestMaxBytes: 1 << 20,
      socketSendBufferBytes: -1,
      socketReceiveBufferBytes: -1,
      fetchMaxBytes: 1 << 20,
      maxIncrementalFetchSessionCacheSlots: 10,
      connectionsMaxIdleMs: 60_000,
      maxConnections: 100,
    },
    {
      onFrames: (arrived) => frames.push(...arrived),
      onOpenBatches: (arrived) => batches.push(...arrived),
      onConnectionsClosed: (arrived) => closed.push(...arrived),
    },
  )
  port = plane.listen({ host: '127.0.0.1', port: 0 }).port
  plane.serve()
})
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close()
  await plane.stop()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function client(): Promise<RawConnection> {
  const connection = await RawConnection.open(port)
  connections.push(connection)
  return connection
}

/** A whole request frame of header version 1, with its length. */
function frame(apiKey: number, version: number, correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(14)
  head.writeInt32BE(10 + body.length)
  head.writeInt16BE(apiKey, 4)
  head.writeInt16BE(version, 6)
  head.writeInt32BE(correlationId, 8)
  head.writeInt16BE(-1, 12)
  return Buffer.concat([head, body])
}

/** Produce version 3 to t-0, acks=all. */
function produceBody(batch: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(batch.length)
  // No transactional id, acks -1, timeout 1000, one topic "t", one partition 0.
  const head = Buffer.from(
    'ffffffff000003e80000000100017400000001 00000000'.replace(' ', ''),
    'hex',
  )
  return Buffer.concat([head, size, batch])
}

/** Error code and base offset of a Produce 3 answer for one partition. */
function produced(body: Buffer): { code: number; baseOffset: number } {
  const at = 4 + 3 + 4 + 4
  return { code: body.readInt16BE(at), baseOffset: Number(body.readBigInt64BE(at + 2)) }
}

const answer = (text: string) => Buffer.from(`\0\0\0\0${text}`)

describe('control frames', () => {
  it('arrive whole, one at a time from each connection, and each gets its own answer', async () => {
    const both = [await client(), await client()]
    for (let i = 0; i < 3; i++) {
      for (const [c, connection] of both.entries()) {
        connection.send(frame(apiVersionsKey, 0, i, Buffer.from(`${c} asks ${i}`)))
      }
    }
    for (let i = 0; i < 3; i++) {
      await expect.poll(() => frames).toHaveLength(2)
      for (const { connection, sequence, bytes } of frames.splice(0)) {
        const copy = Buffer.from(bytes)
        expect(copy.readInt32BE(4)).toBe(i)
        plane.respond(connection, sequence, answer(`${copy.subarray(10)}`))
      }
      for (const [c, connection] of both.entries()) {
        expect((await connection.nextAnswer())?.subarray(4).toString()).toBe(`${c} asks ${i}`)
      }
    }
    expect(plane.statistics()).toMatchObject({ connections: 2, requestsControl: 6 })
  })

  it('come with the addresses of both ends', async () => {
    const connection = await client()
    connection.send(frame(apiVersionsKey, 0, 1, Buffer.alloc(0)))
    await expect.poll(() => frames).toHaveLength(1)
    const info = plane.connectionInfo((frames[0] as ControlFrame).connection)
    expect(info?.local).toEqual({ host: '127.0.0.1', port })
    expect(info?.peer.port).toBe(connection.socket.localPort)
    expect(plane.connectionInfo(987_654)).toBeUndefined()
  })

  it('that are refused end their connection and no other', async () => {
    const [refused, kept] = [await client(), await client()]
    refused.send(frame(apiVersionsKey, 0, 1, Buffer.alloc(0)))
    await expect.poll(() => frames).toHaveLength(1)
    const [first] = frames as [ControlFrame]
    plane.refuse(first.connection, first.sequence)
    expect(await refused.nextAnswer()).toBeUndefined()
    await expect.poll(() => closed).toEqual([first.connection])
    plane.respond(first.connection, first.sequence, answer('late'))
    kept.send(frame(apiVersionsKey, 0, 2, Buffer.alloc(0)))
    await expect.poll(() => frames).toHaveLength(2)
    const [, second] = frames as [ControlFrame, ControlFrame]
    plane.respond(second.connection, second.sequence, answer('kept'))
    expect((await kept.nextAnswer())?.subarray(4).toString()).toBe('kept')
  })

  it('that are too large are counted and end their connection', async () => {
    const connection = await client()
    const size = Buffer.alloc(4)
    size.writeInt32BE(1 << 21)
    connection.send(size)
    expect(await connection.nextAnswer()).toBeUndefined()
    expect(plane.statistics()).toMatchObject({ framesRefused: 1, requestsControl: 0 })
  })
})

describe('hosted partitions', () => {
  it('take batches while they are hosted', async () => {
    const connection = await client()
    const produce = async () =>
      produced(await connection.request(produceKey, 3, produceBody(batchOf([1]))))
    expect(await produce()).toMatchObject({ code: 3 })
    plane.host(log, 0, false)
    expect(await produce()).toEqual({ code: 0, baseOffset: 0 })
    expect(await produce()).toEqual({ code: 0, baseOffset: 1 })
    expect(log.highWatermark()).toBe(2)
    plane.unhost('t', 0)
    expect(await produce()).toMatchObject({ code: 3 })
    expect(plane.statistics()).toMatchObject({ requestsProduce: 4, connections: 1 })
  })

  it('count what their topic moved, and the plane what all did', async () => {
    plane.host(log, 0, false)
    const connection = await client()
    const batch = batchOf([1, 2, 3])
    await connection.request(produceKey, 3, produceBody(batch))
    const moved = { produces: 1, recordsIn: 3, bytesIn: batch.length, fetches: 0 }
    expect(plane.traffic('t')).toMatchObject(moved)
    expect(plane.traffic('nowhere')).toMatchObject({ produces: 0, bytesIn: 0 })
    plane.unhost('t', 0)
    expect(plane.traffic('t')).toMatchObject({ produces: 0 })
    expect(plane.traffic()).toMatchObject(moved)
    const { produce, fetch } = plane.latencies()
    expect([latencyCount(produce), latencyCount(fetch)]).toEqual([1, 0])
    expect(produce.sumUs).toBeGreaterThan(0)
    expect(() => plane.traffic(7 as never)).toThrow(TypeError)
  })

  it('have compressed batches opened, and store what comes back', async () => {
    plane.host(log, 0, false)
    const connection = await client()
    const gzip = batchOf([1], { attributes: 1 })
    const answered = connection.request(produceKey, 3, produceBody(gzip))
    await expect.poll(() => batches).toHaveLength(1)
    const [asked] = batches as [OpenBatchRequest]
    expect(Buffer.from(asked.bytes).equals(gzip)).toBe(true)
    const accepted = { code: 0, message: '', faults: [] }
    plane.batchOpened(asked.token, { ...accepted, replacement: batchOf([5, 6]) })
    plane.batchOpened(asked.token, { ...accepted, replacement: undefined })
    expect(produced(await answered)).toEqual({ code: 0, baseOffset: 0 })
    const { value } = decodeBatches(await log.read(0, 1 << 20, 'highWatermark'))
    expect(value?.batches.map(({ maxTimestamp }) => maxTimestamp)).toEqual([6])
    const refused = connection.request(produceKey, 3, produceBody(gzip))
    await expect.poll(() => batches).toHaveLength(2)
    const [, again] = batches as [OpenBatchRequest, OpenBatchRequest]
    const faults = [{ index: 0, message: 'no key' }]
    plane.batchOpened(again.token, { code: 87, message: 'no', faults, replacement: undefined })
    expect(produced(await refused).code).toBe(87)
  })

  it('answer with a storage error when their directory is closed', async () => {
    plane.host(log, 0, false)
    const connection = await client()
    await store.close()
    const body = await connection.request(produceKey, 3, produceBody(batchOf([1])))
    expect(produced(body).code).toBe(56)
  })
})

describe('a data plane', () => {
  it('names the address that it cannot bind', () => {
    expect(() => plane.listen({ host: '127.0.0.1', port })).toThrow(new RegExp(`127.0.0.1:${port}`))
    expect(() => plane.listen({ host: 'no address', port: 0 })).toThrow(/no address/)
  })

  it('stops once, and is deaf then', async () => {
    const connection = await client()
    await Promise.all([plane.stop(), plane.stop()])
    expect(await connection.nextAnswer()).toBeUndefined()
    plane.respond(1, 1, answer('late'))
    plane.host(log, 0, false)
    plane.unhost('t', 0)
    expect(plane.connectionInfo(1)).toBeUndefined()
    expect(() => plane.listen({ host: '127.0.0.1', port: 0 })).toThrow(/stopped/)
    await expect(RawConnection.open(port)).rejects.toThrow(/ECONNREFUSED/)
  })
})
