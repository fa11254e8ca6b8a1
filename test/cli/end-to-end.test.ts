/** The commands against a broker on the native core, and then against the files that it left. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostPort } from '../../src/base/endpoint.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Broker } from '../../src/broker/index.ts'
import { runCommandLine } from '../../src/cli/program.ts'
import { type Codec, loadCodec } from '../../src/compression/index.ts'
import { crc32c } from '../../src/protocol/crc32c.ts'
import { produceApi } from '../../src/protocol/generated/00-produce.ts'
import { metadataApi } from '../../src/protocol/index.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { BrokerConnection } from '../../src/transport/index.ts'
import { capturedTerminal } from './captured-terminal.ts'

interface Described {
  readonly name: string
  readonly id: string
  readonly configs: Record<string, string>
  readonly partitions: readonly Record<string, unknown>[]
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const valuesEach = 40

let folder = ''
let broker: Broker | undefined
let endpoint: HostPort = { host: '', port: 0 }

async function run(...args: string[]) {
  const terminal = capturedTerminal()
  const code = await runCommandLine(args, terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

function topic(...args: string[]) {
  return run('topic', ...args, '--broker', `${endpoint.host}:${endpoint.port}`)
}

async function asJson<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await topic(...args, '--json')
  expect({ code, err, lines: out.length }).toEqual({ code: 0, err: [], lines: 1 })
  return JSON.parse(out[0] ?? '') as T
}

/** One batch of each codec, to the partition of its number. */
async function produceToEach(name: string): Promise<void> {
  const connection = await BrokerConnection.open(endpoint, {
    clientId: 'test',
    clientSoftwareVersion: '1',
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 5_000,
    frameBytesMax: 1 << 24,
  })
  const { topics } = await connection.call(metadataApi, {
    topics: [{ name }],
    allowAutoTopicCreation: false,
  })
  const loaded = new Map<number, Codec>()
  for (const id of [1, 2, 3, 4]) loaded.set(id, await loadCodec(id))
  const compress = (id: number, bytes: Uint8Array) => loaded.get(id)?.compress(bytes) ?? bytes
  const partitionData = codecs.map((codec, index) => {
    const records = Array.from({ length: valuesEach }, (_, at) => ({
      timestamp: 1_700_000_000_000 + at,
      key: at % 2 === 0 ? null : Buffer.from(`key ${at}`),
      value: Buffer.from(`${codec} ${at}`),
    }))
    const batch = newBatch(records, { attributes: index })
    return { index, records: encodeBatch(batch, { compress, decompress: compress }) }
  })
  const { responses } = await connection.call(produceApi, {
    acks: -1,
    timeoutMs: 5_000,
    topicData: [{ name, topicId: topics[0]?.topicId ?? '', partitionData }],
  })
  const codes = responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)
  expect(codes).toEqual([0, 0, 0, 0, 0])
  connection.close()
}

/** Gives the batch at the head of `bytes`, if there is a whole one, the checksum that fits. */
function checksumFirstBatch(bytes: Buffer): void {
  const end = bytes.length < 61 ? 0 : bytes.readInt32BE(8) + 12
  if (end < 61 || end > bytes.length) return
  bytes.writeUInt32BE(crc32c(bytes.subarray(21, end)), 17)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-end-to-end-'))
  const dataDirectory = join(folder, 'data')
  broker = await Broker.start({ dataDir: dataDirectory, listen: ['127.0.0.1:0'] })
  endpoint = broker.endpoints[0] ?? endpoint
})
afterAll(async () => {
  await broker?.stop()
  rmSync(folder, { recursive: true })
})

describe('a running broker', () => {
  test('creates what it is asked for, and says so in words and as JSON', async () => {
    const words = await topic('create', 'words', '--partitions', '5')
    expect(words).toEqual({ code: 0, out: ['Created topic words with 5 partitions.'], err: [] })
    const config = ['--config', 'retention.ms=1000', '--config', 'max.message.bytes=2000']
    const created = await asJson<Described>('create', 'json', ...config)
    expect(created).toMatchObject({ name: 'json', partitions: 1, replicationFactor: 1 })
    const [described] = await asJson<Described[]>('describe', 'json')
    expect(described?.id).toBe(created.id)
    expect(described?.configs).toEqual({ 'retention.ms': '1000', 'max.message.bytes': '2000' })
    await topic('create', 'single')
  })

  test('lists in words what it lists as JSON', async () => {
    const listed = await asJson<{ name: string; id: string; partitions: number }[]>('list')
    expect(listed.map(({ name }) => name)).toEqual(['json', 'single', 'words'])
    const { out } = await topic('list')
    const rows = out.slice(1).map((line) => line.trim().split(/ {2,}/))
    expect(rows).toEqual(listed.map((one) => [one.name, String(one.partitions), one.id]))
    for (const line of out) expect(line).toBe(line.trimEnd())
  })

  test('describes in words what it describes as JSON, one topic and all', async () => {
    const all = await asJson<Described[]>('describe')
    const words = (await topic('describe')).out
    const alone: string[] = []
    for (const { name } of all) alone.push(...(await topic('describe', name)).out)
    expect(words).toEqual(alone)
    const expected = all.flatMap(({ name, id, configs, partitions }) => [
      `${name} ${id}`,
      ...Object.entries(configs).map(([config, value]) => `${config}=${value}`),
      'PARTITION LEADER EPOCH REPLICAS ISR',
      ...partitions.map((one) => Object.values(one).map(String).join(' ')),
    ])
    expect(words.map((line) => line.trim().replace(/ +/g, ' '))).toEqual(expected)
  })

  test.each([
    [['create', 'words'], 'TOPIC_ALREADY_EXISTS'],
    [['create', '..'], 'INVALID_TOPIC_EXCEPTION'],
    [['create', 'x'.repeat(250)], 'INVALID_TOPIC_EXCEPTION'],
    [['create', 'x', '--config', 'retention.ms=soon'], 'INVALID_CONFIG'],
    [['create', 'x', '--config', 'retention.m=1'], 'INVALID_CONFIG'],
    [['describe', 'nobody'], 'UNKNOWN_TOPIC_OR_PARTITION'],
    [['delete', 'nobody'], 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])('%j is refused in one sentence, with --json too', async (args, error) => {
    for (const flags of [[], ['--json']]) {
      const { code, out, err } = await topic(...args, ...flags)
      expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 })
      expect(err[0]).toMatch(/^odradek: Cannot (create|describe|delete) topic ".*": .*[^.] \(/)
      expect(err[0]?.endsWith(`(${error}).`)).toBe(true)
    }
    // Nothing came of it.
    expect((await asJson<Described[]>('list')).map(({ name }) => name)).not.toContain('x')
  })

  test('deletes for good: the name is free again', async () => {
    const [before] = await asJson<Described[]>('describe', 'single')
    expect((await topic('delete', 'single')).out).toEqual(['Deleted topic single.'])
    expect((await topic('delete', 'single')).code).toBe(1)
    expect((await topic('create', 'single')).code).toBe(0)
    const [after] = await asJson<Described[]>('describe', 'single')
    expect(after?.id).not.toBe(before?.id)
  })
})

describe('the directory of a broker that stopped', () => {
  let files: string[] = []
  beforeAll(async () => {
    await produceToEach('words')
    await broker?.stop()
    broker = undefined
    files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.lock')
      .map((entry) => join(entry.parentPath, entry.name))
  })

  test('is whole: each file is of a known kind and without a fault', async () => {
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) {
      const { code, out, err } = await run('log', 'dump', '--records', '--json', file)
      expect([file, code, err, out.join('\n')]).toEqual([file, 0, [], expect.any(String)])
      const rows = out.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(rows[0]).toMatchObject({ kind: 'file', path: file })
      expect(rows[0]?.['holds']).not.toBe('unknown')
      const words = await run('log', 'dump', '--records', file)
      expect(words.out.length).toBe(rows.length)
    }
  })

  test('holds what was produced, whatever its codec', async () => {
    for (const [partition, codec] of codecs.entries()) {
      const name = '00000000000000000000.log'
      const file = join(folder, 'data', `words-${partition}`, name)
      const { out } = await run('log', 'dump', '--records', '--json', file)
      const rows = out.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(rows.find(({ kind }) => kind === 'batch')).toMatchObject({ codec, count: valuesEach })
      const records = rows.filter(({ kind }) => kind === 'record')
      expect(records.map(({ offset, key, value }) => [offset, key, value])).toEqual(
        Array.from({ length: valuesEach }, (_, at) => [
          at,
          at % 2 === 0 ? null : `key ${at}`,
          `${codec} ${at}`,
        ]),
      )
    }
  })

  test('is dumped without a crash however it is damaged', async () => {
    const random = seededRandom(20)
    let faulty = 0
    for (const file of files) {
      const bytes = readFileSync(file)
      if (bytes.length === 0) continue
      for (let round = 0; round < 12; round++) {
        const damaged = Buffer.from(bytes.subarray(0, bytes.length - (random.uint32() % 3)))
        for (let flips = 0; flips <= round % 4; flips++) {
          // Most of what stands in a segment is at its head.
          const at = random.uint32() % Math.max(1, Math.min(damaged.length, 600))
          damaged[at] = random.uint32() & 0xff
        }
        // With a checksum that fits again, the damage reaches the records.
        if (round % 2 === 0) checksumFirstBatch(damaged)
        const place = join(folder, 'damaged', basename(dirname(file)))
        mkdirSync(place, { recursive: true })
        const copy = join(place, basename(file))
        writeFileSync(copy, damaged)
        const { code, out, err } = await run('log', 'dump', '--records', '--json', copy)
        expect([file, err]).toEqual([file, []])
        const kinds = out.map((line) => (JSON.parse(line) as { kind: string }).kind)
        expect([file, code]).toEqual([file, kinds.includes('fault') ? 1 : 0])
        faulty += code
      }
    }
    expect(faulty).toBeGreaterThan(files.length)
  })
})
