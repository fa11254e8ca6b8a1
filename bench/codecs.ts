/**
 * What each codec takes of the time of the thread that calls it, by the size of the records, and
 * what it takes there when another thread does it: so where the way to that one is worth it. And
 * lz4 by calls for blocks beside the library's call for a frame.
 *
 * `npm run bench:codecs -- --codec lz4,zstd --kib 16,128 --ms 500`. Times are medians; "handed
 * over" is how long the event loop was busy for one job, and the second table shows CPU time.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { Bench } from 'tinybench'
import { asBuffer } from '../src/base/as-buffer.ts'
import { chooseCases } from '../src/bench/harness/choose-cases.ts'
import { describeMachine, thisMachine } from '../src/bench/harness/machine.ts'
import { short } from '../src/bench/harness/statistics.ts'
import { printTable } from '../src/bench/harness/table.ts'
import { BatchOpener } from '../src/client/consumer/batch-opener.ts'
import { Compressor } from '../src/client/producer/compressor.ts'
import { type Codec, codecNames, loadCodec } from '../src/compression/index.ts'
import { xxh32OfFew } from '../src/compression/xxh32.ts'
import { parseOptions } from './harness/options.ts'
import { jsonLines } from './harness/sample-records.ts'

const { words, numbers, json } = parseOptions({
  without: [
    ...['target', 'kafka-jars', 'rounds', 'seconds', 'case'],
    ...['cold', 'durable', 'set', 'data'],
  ],
  numbers: { ms: { fallback: 500, help: 'that each figure is measured for' } },
  words: {
    codec: { value: 'NAME[,NAME]', fallback: 'gzip,snappy,lz4,zstd', help: 'only these' },
    kib: { value: 'N[,N]', fallback: '1,4,16,64,128,1024', help: 'sizes of the records' },
  },
})
const { ms = 0 } = numbers
const { codec: chosen = '', kib = '' } = words
const named = codecNames.slice(1).map((name) => ({ name }))
const wanted = chooseCases(named, chosen.split(','))
const sizes = kib.split(',').map(Number)

/** One line: times in µs; NaN where nothing is handed over. */
interface CodecFigures {
  readonly codec: string
  readonly kib: number
  /** Of what was given. */
  readonly compressedShare: number
  readonly compressUs: number
  readonly compressHandedOverUs: number
  readonly decompressUs: number
  readonly decompressHandedOverUs: number
}

/** The median time of a call, in µs. */
async function callUs(call: () => unknown): Promise<number> {
  const bench = new Bench({ time: ms, warmupTime: ms / 4, iterations: 4, throws: true })
  const [task] = await bench.add('call', () => void call()).run()
  if (task?.result.state !== 'completed') throw new Error('The call was not measured.')
  return task.result.latency.p50 * 1000
}

/** For how long this thread is busy with one job that another one does, in µs. */
async function handedOverUs(job: () => Promise<unknown>): Promise<number> {
  for (const untilMs = performance.now() + ms / 4; performance.now() < untilMs; ) await job()
  const before = performance.eventLoopUtilization()
  const untilMs = performance.now() + ms
  let jobs = 0
  for (; jobs === 0 || performance.now() < untilMs; jobs++) await job()
  return (performance.eventLoopUtilization(before).active * 1000) / jobs
}

/** What a thread runs, as it is compiled: not every Node runs sources on one. */
function threadFile(name: string): URL {
  return new URL(`dist/client/${name}.js`, `${pathToFileURL(process.cwd())}/`)
}

async function measure(codec: Codec, size: number): Promise<CodecFigures> {
  const bytes = jsonLines(size * 1024)
  const compressed = asBuffer(codec.compress(bytes))
  const name = codecNames[codec.id] ?? 'none'
  const compressor = new Compressor(name, undefined, threadFile('producer/compression-worker'))
  const opener = new BatchOpener(threadFile('consumer/decompression-worker'))
  const piece = [{ batchAt: 0, from: 0, to: compressed.length, codecId: codec.id }]
  const open = async (): Promise<void> => {
    if (!(await opener.open(compressed, piece)).has(0)) throw new Error('The thread did not do it.')
  }
  try {
    await compressor.compress(bytes)
    const isHandedOver = compressor.compress(bytes) instanceof Promise
    const compress = async (): Promise<unknown> => compressor.compress(bytes)
    return {
      codec: codec.name,
      kib: size,
      compressedShare: compressed.length / bytes.length,
      compressUs: await callUs(() => codec.compress(bytes)),
      compressHandedOverUs: isHandedOver ? await handedOverUs(compress) : Number.NaN,
      decompressUs: await callUs(() => codec.decompress(compressed, 2 ** 30)),
      decompressHandedOverUs: await handedOverUs(open),
    }
  } finally {
    opener.close()
    await compressor.close()
  }
}

/** One size: times in µs. */
interface Lz4Figures {
  readonly kib: number
  readonly compressFrameUs: number
  readonly compressBlocksUs: number
  /** A frame as the library writes it: one block up to 4 MiB. */
  readonly frameUs: number
  readonly frameOursUs: number
  /** A frame as Kafka's Java client writes it: blocks of 64 KiB. */
  readonly blocksUs: number
  readonly blocksOursUs: number
}

const blockBytes = 64 * 1024

const lz4Library = createRequire(import.meta.url)('lz4-napi') as typeof import('lz4-napi')

/** A frame of independent blocks, without checksums of them. */
function frameOfBlocks(bytes: Buffer): Buffer {
  const flags = Buffer.of(0x60, 0x40)
  const parts: Buffer[] = [
    Buffer.from('04224d18', 'hex'),
    flags,
    Buffer.of(xxh32OfFew(flags) >>> 8),
  ]
  for (let at = 0; at < bytes.length; at += blockBytes) {
    // The library puts the length of what it was given before it.
    const block = lz4Library.compressSync(bytes.subarray(at, at + blockBytes)).subarray(4)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat([...parts, Buffer.alloc(4)])
}

function measureLz4(codec: Codec, size: number): Lz4Figures {
  const bytes = jsonLines(size * 1024)
  const frame = lz4Library.compressFrameSync(bytes)
  const blocks = frameOfBlocks(bytes)
  const calls: Readonly<Record<Exclude<keyof Lz4Figures, 'kib'>, () => unknown>> = {
    compressFrameUs: () => lz4Library.compressFrameSync(bytes),
    compressBlocksUs: () => frameOfBlocks(bytes),
    frameUs: () => lz4Library.decompressFrameSync(frame),
    frameOursUs: () => codec.decompress(frame, 2 ** 30),
    blocksUs: () => lz4Library.decompressFrameSync(blocks),
    blocksOursUs: () => codec.decompress(blocks, 2 ** 30),
  }
  return { kib: size, ...byTurns(calls) }
}

/** So long each call has its turn, in ms. */
const turnMs = 10

/**
 * CPU time of each call, in µs, by turns: what the collector does for it is a part of it, and what
 * else the machine does is not.
 */
function byTurns<Name extends string>(
  calls: Readonly<Record<Name, () => unknown>>,
): Record<Name, number> {
  const all = Object.entries<() => unknown>(calls).map(([name, call]) => ({
    ...{ name, call, count: 0, cpuUs: 0 },
  }))
  for (let turns = Math.ceil(ms / turnMs); turns > 0; turns--) {
    for (const one of all) {
      const before = process.cpuUsage()
      const untilMs = performance.now() + turnMs
      do {
        one.call()
        one.count++
      } while (performance.now() < untilMs)
      const { user, system } = process.cpuUsage(before)
      one.cpuUs += user + system
    }
  }
  const times = all.map(({ name, count, cpuUs }) => [name, cpuUs / count])
  return Object.fromEntries(times) as Record<Name, number>
}

const machine = thisMachine()
console.log(describeMachine(machine))
const codecs: CodecFigures[] = []
const lz4: Lz4Figures[] = []
for (const { name } of wanted) {
  const codec = await loadCodec(codecNames.indexOf(name))
  for (const size of sizes) {
    codecs.push(await measure(codec, size))
    if (name === 'lz4') lz4.push(measureLz4(codec, size))
  }
}
printTable([
  ['codec', 'KiB', 'of it left', 'compress µs', 'handed over', 'decompress µs', 'handed over'],
  ...codecs.map(({ codec, ...figures }) => [codec, ...Object.values(figures).map(short)]),
])
if (lz4.length > 0) {
  printTable([
    ['lz4 KiB', 'compress µs', 'by blocks', 'one block µs', 'ours', '64 KiB blocks µs', 'ours'],
    ...lz4.map((figures) => Object.values(figures).map(short)),
  ])
}
if (json !== undefined) {
  writeFileSync(json, `${JSON.stringify({ machine, codecs, lz4 }, null, 2)}\n`)
}
