/**
 * A log of durability `os` that this thread appends to and a worker reads:
 *   npm run bench:workers -- [--rounds 3] [--seconds 2]
 *
 * `alone`: 1,000 records of 100 bytes a call, nobody reads. `read`: beside a worker that reads
 * 200,000 such records from first to last, again and again; and that worker without appends.
 * `computes`: beside one that reads nothing and takes a core: what sharing the machine costs alone.
 * `live`: beside one that reads what is appended. `latency`: one record at a time, a ms apart, from
 * before the append to the worker's hands.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { median, short } from '../src/bench/harness/statistics.ts'
import { printTable } from '../src/bench/harness/table.ts'
import { Log } from '../src/queue/index.ts'

const { values: asked } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
  },
})
const ms = Number(asked.seconds) * 1000
const recordsPerCall = 1000
const recordsRead = 200_000
const agesMax = 1_000_000
const records = Array.from({ length: recordsPerCall }, () => ({ value: Buffer.alloc(100) }))

interface Reading {
  /** Of a second. */
  read(): number
  /** In µs, ascending. */
  ages(): readonly number[]
  end(): Promise<unknown>
}

async function reading(log: Log, task: 'read' | 'live' | 'compute'): Promise<Reading> {
  const [count, ages] = [new SharedArrayBuffer(16), new SharedArrayBuffer(8 * agesMax)]
  const file = join(import.meta.dirname, 'workers', 'reading-worker.mjs')
  const worker = new Worker(file, { workerData: { shared: log.share(), task, count, ages } })
  const failed = once(worker, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  const counts = new BigInt64Array(count)
  while (Atomics.load(counts, 1) === 0n) await Promise.race([sleep(5), failed])
  await sleep(200)
  const [base, begin] = [Number(Atomics.load(counts, 0)), performance.now()]
  return {
    read: () => ((Number(Atomics.load(counts, 0)) - base) / (performance.now() - begin)) * 1000,
    ages: () => {
      const found = [...new BigInt64Array(ages).subarray(base, Number(counts[0]))]
      return found.map((ns) => Number(ns) / 1000).sort((a, b) => a - b)
    },
    end: () => worker.terminate(),
  }
}

/** Records appended a second. */
async function appended(log: Log): Promise<number> {
  const begin = performance.now()
  let done = 0
  for (; performance.now() - begin < ms; done += recordsPerCall) {
    const now = process.hrtime.bigint()
    for (const { value } of records) value.writeBigInt64LE(now)
    await log.append(records)
  }
  return (done / (performance.now() - begin)) * 1000
}

const cases: Readonly<Record<string, (log: Log) => Promise<readonly number[]>>> = {
  'alone: appended/s': async (log) => [await appended(log)],
  'beside a reader: appended/s, read/s': async (log) => {
    const worker = await reading(log, 'read')
    const rate = await appended(log)
    const read = worker.read()
    await worker.end()
    return [rate, read]
  },
  'beside a worker that computes: appended/s': async (log) => {
    const worker = await reading(log, 'compute')
    const rate = await appended(log)
    await worker.end()
    return [rate]
  },
  'no appends: read/s': async (log) => {
    const worker = await reading(log, 'read')
    await sleep(ms)
    const read = worker.read()
    await worker.end()
    return [read]
  },
  'beside a live reader: appended/s, read/s': async (log) => {
    const worker = await reading(log, 'live')
    const rate = await appended(log)
    const read = worker.read()
    await worker.end()
    return [rate, read]
  },
  'latency: p50 µs, p99 µs': async (log) => {
    const worker = await reading(log, 'live')
    const value = Buffer.alloc(100)
    for (const end = performance.now() + ms; performance.now() < end; await sleep(1)) {
      value.writeBigInt64LE(process.hrtime.bigint())
      await log.append({ value })
    }
    const ages = worker.ages()
    await worker.end()
    return [0.5, 0.99].map((share) => ages[Math.floor(ages.length * share)] ?? Number.NaN)
  },
}

async function inFolder(run: (log: Log) => Promise<readonly number[]>): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-bench-workers-'))
  const log = await Log.open(folder, { durability: 'os' })
  try {
    for (let i = 0; i < recordsRead; i += recordsPerCall) await log.append(records)
    return await run(log)
  } finally {
    await log.close()
    rmSync(folder, { recursive: true })
  }
}

const names = Object.keys(cases)
const found = new Map<string, (readonly number[])[]>(names.map((name) => [name, []]))
for (let round = 0; round < Number(asked.rounds); round++) {
  for (const [name, run] of Object.entries(cases)) found.get(name)?.push(await inFolder(run))
}
const rows = [...found].map(([name, rounds]) => {
  const columns = (rounds[0] ?? []).map((_, i) => rounds.map((figures) => figures[i] ?? Number.NaN))
  return [name, ...columns.map((figures) => short(median(figures))), ''].slice(0, 3)
})
printTable([['medians', '', ''], ...rows])
