/**
 * How fast the cleaner goes through a log that lies in memory, so without any disk:
 * `npm run bench:cleaner -- --mib 128 --records 16 --value 1024 --keys 20000 --codec none`.
 * One line per cleaning; CPU is the process's, as other work makes the clock a bad witness.
 */
import { parseArgs } from 'node:util'
import { type CleaningResult, cleanLog } from '../src/cleaner/clean-log.ts'
import type { LogToClean, SegmentReplacement } from '../src/cleaner/log-to-clean.ts'
import { codecNames, loadCodec } from '../src/compression/codecs.ts'
import { encodeBatch, newBatch } from '../src/protocol/record-batch.ts'
import { memorySegment, type TestSegment } from '../test/cleaner/fixture.ts'

const { values: given } = parseArgs({
  options: {
    mib: { type: 'string', default: '128' },
    records: { type: 'string', default: '16' },
    value: { type: 'string', default: '1024' },
    keys: { type: 'string', default: '20000' },
    codec: { type: 'string', default: 'none' },
    rounds: { type: 'string', default: '5' },
  },
})
const [mib, records, valueBytes, keys, rounds] = [
  Number(given.mib),
  Number(given.records),
  Number(given.value),
  Number(given.keys),
  Number(given.rounds),
]
const codecId = (codecNames as readonly string[]).indexOf(given.codec)
if (codecId < 0) throw new Error(`--codec is one of ${codecNames.join(', ')}`)
const codec = codecId === 0 ? undefined : await loadCodec(codecId)

/** Values are pieces of it; half of its bits are random, about as in text. */
const text = Uint8Array.from({ length: 2 << 20 }, () => 97 + Math.random() * 16)

/** 32 MiB each. */
function segments(): { list: TestSegment[]; end: number } {
  const list: TestSegment[] = []
  let batches: Uint8Array[] = []
  let [size, base, offset] = [0, 0, 0]
  const seal = (): void => {
    list.push({ baseOffset: base, bytes: Buffer.concat(batches) })
    ;[batches, size, base] = [[], 0, offset]
  }
  for (let total = 0; total < mib << 20; total += records * (valueBytes + 20)) {
    const made = Array.from({ length: records }, (_, i) => ({
      timestamp: 1_700_000_000_000 + offset + i,
      key: Buffer.from(`key-${Math.floor(Math.random() * keys)}`),
      value: text
        .subarray(((offset + i) * 997) % (text.length - valueBytes))
        .subarray(0, valueBytes),
    }))
    const batch = encodeBatch(
      { ...newBatch(made, { attributes: codecId }), baseOffset: offset },
      codec && { compress: (_, bytes) => codec.compress(bytes), decompress: (_, bytes) => bytes },
    )
    offset += records
    size += batch.length
    batches.push(batch)
    if (size > 32 << 20) seal()
  }
  seal()
  return { list, end: offset }
}

const { list, end } = segments()
const sink: SegmentReplacement = {
  append: () => Promise.resolve(),
  appendAborted: () => undefined,
  commit: () => Promise.resolve(true),
  discard: () => Promise.resolve(),
}
const log: LogToClean = {
  segments: list.map((one, i) => memorySegment(one, list[i + 1]?.baseOffset ?? end)),
  firstDirtyOffset: 0,
  firstUncleanableOffset: end,
  abortedTransactions: [],
  activeProducers: new Map(),
  replace: () => Promise.resolve(sink),
}

for (let round = 0; round < rounds; round++) {
  const before = process.cpuUsage()
  const begin = performance.now()
  const result = await cleanLog(log, {
    now: 1_800_000_000_000,
    deleteRetentionMs: 86_400_000,
    segmentBytes: 1 << 30,
    segmentIndexBytes: 10 << 20,
    mapBytesMax: 128 << 20,
    bufferBytes: 512 << 10,
    openedBytesMax: 128 << 20,
  })
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  console.log(line(result, seconds, (user + system) / 1e6))
}

function line(result: CleaningResult, seconds: number, cpuSeconds: number): string {
  if (result.kind !== 'cleaned') throw new Error(JSON.stringify(result))
  const { recordsRead, recordsKept, bytesRead, bytesWritten } = result.statistics
  const megabytes = (recordsRead * (valueBytes + 20)) / 1e6
  return [
    `${recordsRead} records, ${recordsKept} kept`,
    `${(bytesRead / 1e6).toFixed(0)} MB stored, ${(bytesWritten / 1e6).toFixed(0)} MB left`,
    `${(megabytes / seconds).toFixed(0)} MB/s of records`,
    `${(megabytes / cpuSeconds).toFixed(0)} MB per CPU second`,
  ].join('; ')
}
