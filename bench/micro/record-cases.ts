import type { BatchReader as Reader } from '../../src/record/batch-reader.ts'
import type { Payload } from '../../src/record/record.ts'
import { built } from './built.ts'
import type { MicroCase } from './rounds.ts'

const { nativeCrc32c } = await built<typeof import('../../src/addon/batch.ts')>('addon/batch')
const { crc32c } = await built<typeof import('../../src/protocol/crc32c.ts')>('protocol/crc32c')
const { noProducer } =
  await built<typeof import('../../src/record/batch-header.ts')>('record/batch-header')
const { BatchBuilder } =
  await built<typeof import('../../src/record/batch-builder.ts')>('record/batch-builder')
const { BatchReader } =
  await built<typeof import('../../src/record/batch-reader.ts')>('record/batch-reader')

const now = 1_700_000_000_000
/** Larger than any batch here. */
const memoryBytes = 2 ** 21

interface SampleRecord<Value extends Payload> {
  readonly key: Value
  readonly value: Value
}

/**
 * Records into a batch and out of it: `encode-N` and `decode-N` of values of N bytes, beside
 * `copy-N` of the same bytes one by one; as text, beside JSON of the same records; and the checksum
 * as a client computes it, by the native module, beside the portable one.
 *
 * @throws {Error} the native module is missing
 */
export function recordCases(): readonly MicroCase[] {
  const checksum = nativeCrc32c()
  if (checksum === undefined) throw new Error('the native module cannot be loaded')
  return [
    ...sizedCases('100', 1_000, 100, checksum),
    ...sizedCases('10k', 50, 10_000, checksum),
    ...textCases(checksum),
    ...checksumCases('64', 64, checksum),
    ...checksumCases('64k', 65_536, checksum),
  ]
}

type Checksum = (bytes: Uint8Array) => number

function checksumCases(label: string, size: number, checksum: Checksum): readonly MicroCase[] {
  const bytes = Buffer.alloc(size, 0x5a)
  return [
    { name: `addon-crc32c-${label}`, call: () => checksum(bytes) },
    { name: `script-crc32c-${label}`, call: () => crc32c(bytes) },
  ]
}

function sizedCases(
  label: string,
  count: number,
  valueBytes: number,
  checksum: Checksum,
): readonly MicroCase[] {
  const records = Array.from({ length: count }, (_, i) => ({
    key: Buffer.from(`key-${i}`),
    value: Buffer.alloc(valueBytes, i),
  }))
  const memory = Buffer.alloc(memoryBytes)
  const batch = Buffer.from(encode(records, memory, checksum))
  return [
    { name: `encode-${label}`, call: () => encode(records, memory, checksum) },
    { name: `decode-${label}`, call: () => decode(batch, checksum) },
    { name: `copy-${label}`, call: () => copy(records, memory) },
    { name: `checksum-of-${label}`, call: () => checksum(batch) },
  ]
}

function textCases(checksum: Checksum): readonly MicroCase[] {
  const records = Array.from({ length: 1_000 }, (_, i) => ({
    key: `key-${i}`,
    value: `${i}`.padEnd(100, 'some value '),
  }))
  const memory = Buffer.alloc(memoryBytes)
  const batch = Buffer.from(encode(records, memory, checksum))
  const json = JSON.stringify(records)
  return [
    { name: 'encode-text', call: () => encode(records, memory, checksum) },
    { name: 'json-of-text', call: () => JSON.stringify(records) },
    { name: 'decode-text', call: () => decodeText(batch, checksum) },
    { name: 'text-of-json', call: () => JSON.parse(json) },
  ]
}

function encode<Value extends Payload>(
  records: readonly SampleRecord<Value>[],
  memory: Buffer,
  checksum: Checksum,
): Buffer {
  const builder = new BatchBuilder(memory)
  for (const { key, value } of records) {
    if (!builder.append(now, key, value, [])) throw new Error('the batch is full')
  }
  return builder.close(0, noProducer, checksum)
}

/** What a program does that looks at each value once. */
function decode(batch: Buffer, checksum: Checksum): number {
  let sum = 0
  for (const reader = opened(batch, checksum); reader.next(); ) {
    sum += reader.record().value?.[0] ?? 0
  }
  return sum
}

function decodeText(batch: Buffer, checksum: Checksum): readonly SampleRecord<string>[] {
  const records: SampleRecord<string>[] = []
  for (const reader = opened(batch, checksum); reader.next(); ) {
    const { key, value } = reader.record()
    records.push({ key: key?.toString('utf8') ?? '', value: value?.toString('utf8') ?? '' })
  }
  return records
}

function opened(batch: Buffer, checksum: Checksum): Reader {
  const reader = new BatchReader()
  if (!reader.open(batch, 0, checksum)) throw new Error(`the batch is broken: ${reader.error}`)
  return reader
}

function copy(records: readonly SampleRecord<Buffer>[], memory: Buffer): number {
  let at = 0
  for (const { key, value } of records) {
    at += key.copy(memory, at)
    at += value.copy(memory, at)
  }
  return at
}
