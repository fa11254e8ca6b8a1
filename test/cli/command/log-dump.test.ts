import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { encodeControlRecord } from '../../../src/protocol/control-record.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import { encodeGroupRecord } from '../../../src/protocol/group-record.ts'
import { encodeMetadataRecord } from '../../../src/protocol/metadata-record.ts'
import { type BatchHeader, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { capturedTerminal } from '../captured-terminal.ts'

const time = 1_700_000_000_000

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-dump-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes a file into the folder of the test and returns its path. */
function file(name: string, ...parts: (Uint8Array | string)[]): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))))
  return path
}

async function dump(...args: string[]) {
  const terminal = capturedTerminal()
  const code = await runCommandLine(['log', 'dump', ...args], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

async function rows(...args: string[]): Promise<Record<string, unknown>[]> {
  const { out } = await dump('--json', ...args)
  return out.slice(1).map((line) => JSON.parse(line) as Record<string, unknown>)
}

function batch(
  records: readonly { key?: string | Uint8Array; value?: string | Uint8Array | null }[],
  header: Partial<BatchHeader> = {},
): Uint8Array {
  const bytes = (value: string | Uint8Array | null | undefined) =>
    typeof value === 'string' ? Buffer.from(value) : (value ?? null)
  const made = records.map(({ key, value }, index) => ({
    timestamp: time + index,
    key: bytes(key),
    value: bytes(value),
  }))
  const compress = (_codec: number, plain: Uint8Array) => gzipSync(plain)
  return encodeBatch(newBatch(made, header), { compress, decompress: compress })
}

function int32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value, index * 4)
  return bytes
}

describe('segments', () => {
  const segment = 't-0/00000000000000000100.log'

  test('batches, and with --records their records, compressed ones too', async () => {
    const path = file(
      segment,
      batch([{ key: 'k', value: 'v' }, { value: null }], { baseOffset: 100 }),
      batch([{ key: 'z', value: new Uint8Array([0xff, 0]) }], { baseOffset: 102, attributes: 1 }),
    )
    const batches = await rows(path)
    expect(batches).toMatchObject([
      {
        kind: 'batch',
        position: 0,
        baseOffset: 100,
        lastOffset: 101,
        codec: 'none',
        crcValid: true,
      },
      { kind: 'batch', baseOffset: 102, lastOffset: 102, codec: 'gzip', count: 1 },
    ])
    const records = (await rows('--records', path)).filter(({ kind }) => kind === 'record')
    expect(records).toEqual([
      { kind: 'record', offset: 100, timestamp: time, key: 'k', value: 'v' },
      { kind: 'record', offset: 101, timestamp: time + 1, key: null, value: null },
      { kind: 'record', offset: 102, timestamp: time, key: 'z', value: { base64: '/wA=' } },
    ])
  })

  test('words for people', async () => {
    const path = file(segment, batch([{ key: 'k', value: 'v' }]))
    const { code, out } = await dump('--records', path)
    expect(code).toBe(0)
    expect(out[0]).toBe(`${path}: segment, 70 bytes`)
    expect(out[1]).toContain('batch  position 0  bytes 70  base offset 0')
    expect(out[2]).toBe(
      '    record  offset 0  timestamp 2023-11-14T22:13:20.000Z  key "k"  value "v"',
    )
  })

  test('preallocated room behind the last batch is no fault', async () => {
    const path = file(segment, batch([{ value: 'v' }]), new Uint8Array(4096))
    expect((await rows(path)).at(-1)).toMatchObject({ kind: 'unwritten', bytes: 4096 })
    expect((await dump(path)).code).toBe(0)
  })

  test.each([
    ['a torn batch', () => [batch([{ value: 'v' }]).subarray(0, 65)], 'of which 65 are there'],
    ['less than a header', () => [batch([{ value: 'v' }]).subarray(0, 30)], 'less than a header'],
    ['a wrong checksum', () => [damaged(batch([{ value: 'v' }]), 66)], 'the checksum differs'],
    ['an old format', () => [damaged(batch([{ value: 'v' }]), 16)], 'magic'],
    ['text', () => ['this is no log '.repeat(8)], 'magic'],
    ['a hole', () => [new Uint8Array(100), batch([{ value: 'v' }])], 'behind a hole of zeros'],
  ])('%s is told, and the exit code with it', async (_what, parts, sentence) => {
    const { code, out } = await dump(file(segment, ...parts()))
    expect(code).toBe(1)
    expect(out.join('\n')).toContain('FAULT at byte')
    expect(out.join('\n')).toContain(sentence)
  })

  test('metadata, group and control records are decoded', async () => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAQQ'
    const topic = encodeMetadataRecord({
      name: 'TopicRecord',
      version: 0,
      value: { name: 'orders', topicId },
    })
    const metadata = file(
      '__cluster_metadata-0/00000000000000000000.log',
      batch([{ value: topic }]),
    )
    expect((await rows('--records', metadata))[1]).toMatchObject({
      name: 'TopicRecord',
      value: { name: 'orders', topicId },
    })
    const commit = encodeGroupRecord({
      name: 'OffsetCommit',
      key: { group: 'g', topic: 't', partition: 3 },
      version: 3,
      value: { offset: 42, leaderEpoch: -1, metadata: '', commitTimestamp: time },
    })
    const offsets = file('__consumer_offsets-7/00000000000000000000.log', batch([commit]))
    expect((await rows('--records', offsets))[1]).toMatchObject({
      name: 'OffsetCommit',
      key: { group: 'g', topic: 't', partition: 3 },
      value: { offset: 42 },
    })
    const marker = encodeControlRecord({ name: 'abort', value: { coordinatorEpoch: 5 } })
    const control = file(segment, batch([marker], { attributes: 0x30 }))
    expect((await rows('--records', control))[1]).toMatchObject({
      name: 'abort',
      value: { coordinatorEpoch: 5 },
    })
  })
})

describe('files beside the segments', () => {
  test('an offset index', async () => {
    const path = file('t-0/00000000000000000100.index', int32s(7, 4096, 9, 8192))
    expect(await rows(path)).toEqual([
      { kind: 'entry', offset: 107, position: 4096 },
      { kind: 'entry', offset: 109, position: 8192 },
    ])
    const active = file('t-0/00000000000000000000.index', int32s(7, 4096), new Uint8Array(64))
    expect((await rows(active)).at(-1)).toEqual({ kind: 'unwritten', at: 8, bytes: 64 })
    const wrong = file('t-1/00000000000000000000.index', int32s(7, 1, 6, 2), new Uint8Array(3))
    expect((await rows(wrong)).map(({ kind }) => kind)).toEqual([
      'entry',
      'fault',
      'entry',
      'fault',
    ])
  })

  test('a time index', async () => {
    const entry = Buffer.concat([Buffer.alloc(8), int32s(5)])
    entry.writeBigInt64BE(BigInt(time))
    const path = file('t-0/00000000000000000100.timeindex', entry)
    expect(await rows(path)).toEqual([{ kind: 'entry', timestamp: time, offset: 105 }])
  })

  test('aborted transactions', async () => {
    const entry = Buffer.alloc(34)
    for (const [index, value] of [6n, 8n, 14n, 5n].entries()) {
      entry.writeBigInt64BE(value, 2 + index * 8)
    }
    expect(await rows(file('t-0/00000000000000000000.txnindex', entry))).toEqual([
      {
        kind: 'aborted transaction',
        producerId: 6,
        firstOffset: 8,
        lastOffset: 14,
        lastStableOffset: 5,
      },
    ])
  })

  test('a producer snapshot, and one with a wrong checksum', async () => {
    const entry = Buffer.alloc(46)
    entry.writeBigInt64BE(4n, 0)
    entry.writeInt16BE(1, 8)
    entry.writeInt32BE(17, 10)
    const body = Buffer.concat([int32s(1), entry])
    const head = Buffer.alloc(6)
    head.writeInt16BE(1)
    head.writeUInt32BE(crc32c(body), 2)
    const path = file('t-0/00000000000000000014.snapshot', head, body)
    expect(await rows(path)).toMatchObject([
      { kind: 'producer', producerId: 4, producerEpoch: 1, lastSequence: 17 },
    ])
    const wrong = file('t-1/00000000000000000014.snapshot', head, damaged(body, 20))
    expect((await rows(wrong))[0]).toMatchObject({ kind: 'fault', text: 'the checksum differs' })
    const short = file('t-2/00000000000000000014.snapshot', head, body.subarray(0, 20))
    expect((await rows(short)).at(-1)).toMatchObject({ kind: 'fault' })
  })

  test('checkpoints, properties and JSON', async () => {
    const offsets = file('recovery-point-offset-checkpoint', '0\n2\na-b 0 5\nplain 1 7\n')
    expect(await rows(offsets)).toEqual([
      { kind: 'offset', topic: 'a-b', partition: 0, offset: 5 },
      { kind: 'offset', topic: 'plain', partition: 1, offset: 7 },
    ])
    const epochs = file('t-0/leader-epoch-checkpoint', '0\n2\n0 0\n')
    expect(await rows(epochs)).toMatchObject([
      { kind: 'leader epoch', leaderEpoch: 0, startOffset: 0 },
      { kind: 'fault', text: '1 entries where 2 are announced' },
    ])
    const meta = file('meta.properties', '#\n#Tue\ncluster.id=abc\nversion=1\n')
    expect(await rows(meta)).toEqual([
      { kind: 'property', name: 'cluster.id', value: 'abc' },
      { kind: 'property', name: 'version', value: '1' },
    ])
    const quorum = file('__cluster_metadata-0/quorum-state', '{"leaderId":1}')
    expect(await rows(quorum)).toEqual([{ kind: 'object', value: { leaderId: 1 } }])
  })
})

test('a file that is not there, and one that is none of a log directory', async () => {
  const missing = await dump(join(folder, '00000000000000000000.log'))
  expect(missing.code).toBe(1)
  const absent = join(folder, '00000000000000000000.log')
  expect(missing.err).toEqual([`odradek: Cannot read ${absent}: it does not exist.`])
  const directory = await dump(folder)
  expect(directory).toMatchObject({ code: 1, out: [] })
  expect(directory.err).toEqual([`odradek: Cannot read ${folder}: it is a directory, not a file.`])
  const foreign = await dump(file('holiday.jpg', 'x'))
  expect(foreign.code).toBe(1)
  expect(foreign.out.join()).toContain('the name is none of a log directory')
})

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x55
  return copy
}
