/**
 * Compressed batches that the broker opens: bombs of every codec, which are refused in bounded
 * memory, and the levels that it stores with.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCodec } from '../../../src/compression/index.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { BrokerProcess } from '../broker-process.ts'
import { odradekTarget } from '../broker-target.ts'
import { RawConnection } from '../raw-connection.ts'
import { ask } from '../typed-request.ts'

const mib = 1024 * 1024
const boundConfig = 'odradek.max.uncompressed.batch.bytes'
const resource = { topic: 2, broker: 4 } as const
const setOperation = 0

let broker: BrokerProcess
let connection: RawConnection

beforeAll(async () => {
  broker = await BrokerProcess.start({ target: odradekTarget })
  connection = await RawConnection.open(broker.port)
  await create('bombs', { 'odradek.validate.compressed': 'full' })
})
afterAll(async () => {
  connection?.close()
  await broker?.dispose()
})

async function create(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs }
  const answer = await ask(connection, createTopicsApi, 5, { topics: [topic], timeoutMs: 30_000 })
  expect(answer.topics[0]?.errorCode).toBe(ErrorCode.NONE)
}

async function alter(resourceType: number, resourceName: string, name: string, value: string) {
  const configs = [{ name, configOperation: setOperation, value }]
  const resources = [{ resourceType, resourceName, configs }]
  const request = { resources, validateOnly: false }
  const { responses } = await ask(connection, incrementalAlterConfigsApi, 0, request)
  expect(responses[0]?.errorCode).toBe(ErrorCode.NONE)
}

async function produce(name: string, records: Uint8Array): Promise<[number, string]> {
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
  const { responses } = await ask(connection, produceApi, 8, request)
  const answer = responses[0]?.partitionResponses[0]
  return [answer?.errorCode ?? Number.NaN, answer?.errorMessage ?? '']
}

/** A batch of one record whose compressed bytes are these, whatever they hold. */
function batchWith(codec: number, packed: Uint8Array): Uint8Array {
  const record = { timestamp: Date.now(), key: null, value: Buffer.from('v') }
  const compression = {
    compress: () => packed,
    decompress: (_: number, bytes: Uint8Array) => bytes,
  }
  return encodeBatch(newBatch([record], { attributes: codec }), compression)
}

/** A zstd frame of run-length blocks: 4 bytes stand for 128 KiB (RFC 8878, 3.1.1.2). */
function zstdBomb(bytes: number): Buffer {
  const blockBytes = 128 * 1024
  const blocks = bytes / blockBytes
  const frame = Buffer.alloc(6 + blocks * 4)
  frame.writeUInt32LE(0xfd2fb528, 0)
  // No content size, no checksum; a window of 128 KiB.
  frame.writeUInt8(0, 4)
  frame.writeUInt8(7 << 3, 5)
  for (let block = 0; block < blocks; block++) {
    const last = block === blocks - 1 ? 1 : 0
    frame.writeUIntLE((blockBytes << 3) | (1 << 1) | last, 6 + block * 4, 3)
  }
  return frame
}

const require = createRequire(import.meta.url)
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes)
const lz4 = require('lz4-napi') as typeof import('lz4-napi')

/** Far above 16 MiB, to which a small batch may grow by default. */
const bombs: readonly [name: string, codec: number, packed: Uint8Array][] = [
  ['gzip', 1, gzipSync(zeros(256 * mib))],
  ['gzip of two members', 1, Buffer.concat([1, 2].map(() => gzipSync(zeros(12 * mib))))],
  ['lz4', 3, lz4.compressFrameSync(zeros(128 * mib))],
  ['zstd', 4, zstdBomb(1024 * mib)],
  ['zstd of two frames', 4, Buffer.concat([zstdBomb(12 * mib), zstdBomb(12 * mib)])],
]

/** The most memory that the broker has had so far, in bytes. */
function peakBytes(): number {
  const status = readFileSync(`/proc/${broker.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

describe('bombs', () => {
  test('of every codec that can grow so are too large, in bounded memory', async () => {
    // What the worker and the codecs' libraries need themselves.
    for (const codec of [1, 2, 3, 4]) {
      const [code] = await produce(
        'bombs',
        batchWith(codec, (await loadCodec(codec)).compress(zeros(9))),
      )
      expect(code).toBe(ErrorCode.INVALID_RECORD)
    }
    const before = peakBytes()
    for (const [name, codec, packed] of bombs) {
      const [code, message] = await produce('bombs', batchWith(codec, packed))
      expect([name, code]).toEqual([name, ErrorCode.MESSAGE_TOO_LARGE])
      expect(message).toContain('would decompress to more than')
    }
    // Together they would take 1.4 GiB; each may take 16 MiB, and copies of it on the way.
    if (process.platform === 'linux') expect(peakBytes() - before).toBeLessThan(128 * mib)
  })

  test('that lie about their size are refused before anything is allocated', async () => {
    const before = peakBytes()
    // snappy: 2^32 - 1 bytes in a varint, and hardly anything behind it.
    const lie = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x61])
    for (const packed of [lie, Buffer.concat([lie, zeros(1000)])]) {
      const [code] = await produce('bombs', batchWith(2, packed))
      expect([ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.MESSAGE_TOO_LARGE]).toContain(code)
    }
    expect(peakBytes() - before).toBeLessThan(16 * mib)
  })

  test(`${boundConfig} holds from the moment that it is set`, async () => {
    const record = { timestamp: Date.now(), key: null, value: zeros(4 * mib) }
    for (const codec of [1, 2, 3, 4]) {
      const { compress, decompress } = await loadCodec(codec)
      const one = {
        compress: (_: number, bytes: Uint8Array) => compress(bytes),
        decompress: (_: number, bytes: Uint8Array) => decompress(bytes, 8 * mib),
      }
      const batch = encodeBatch(newBatch([record], { attributes: codec }), one)
      await alter(resource.broker, '', boundConfig, String(mib))
      expect([codec, (await produce('bombs', batch))[0]]).toEqual([
        codec,
        ErrorCode.MESSAGE_TOO_LARGE,
      ])
      await alter(resource.broker, '', boundConfig, String(8 * mib))
      expect([codec, ...(await produce('bombs', batch))]).toEqual([codec, ErrorCode.NONE, ''])
    }
  })

  test('leave the broker as it was', async () => {
    expect(broker.running).toBe(true)
    const plain = encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value: zeros(9) }]))
    expect(await produce('bombs', plain)).toEqual([ErrorCode.NONE, ''])
  })
})

describe('levels', () => {
  /** Bytes of the newest batch of a topic, of which this one is the only. */
  async function storedBytes(topic: string, offset: number): Promise<number> {
    const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: mib }]
    const request = { maxWaitMs: 0, minBytes: 1, maxBytes: mib, topics: [{ topic, partitions }] }
    const { responses } = await ask(connection, fetchApi, 11, request)
    return responses[0]?.partitions[0]?.records?.length ?? 0
  }

  test.each([
    ['gzip', 'compression.gzip.level', '1', '9'],
    ['zstd', 'compression.zstd.level', '-100', '19'],
  ])(
    'of %s are those of the topic, and change while it is used',
    async (codec, name, low, high) => {
      const topic = `levels-${codec}`
      await create(topic, { 'compression.type': codec, [name]: low })
      const words = Array.from({ length: 4000 }, (_, i) => `word ${(i * 7919) % 257} of ${i % 61}`)
      const value = Buffer.from(words.join(' '))
      const batch = encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value }]))
      expect(await produce(topic, batch)).toEqual([ErrorCode.NONE, ''])
      await alter(resource.topic, topic, name, high)
      expect(await produce(topic, batch)).toEqual([ErrorCode.NONE, ''])
      const both = await storedBytes(topic, 0)
      const second = await storedBytes(topic, 1)
      expect(second).toBeGreaterThan(0)
      expect(second).toBeLessThan((both - second) * 0.95)
    },
  )
})
