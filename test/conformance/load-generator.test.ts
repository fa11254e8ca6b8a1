import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLoadGenerator } from '../../src/bench/harness/build-load-generator.ts'
import {
  evictRecords,
  type LoadOptions,
  type LoadReport,
  runLoad,
} from '../../src/bench/harness/load-generator.ts'
import { BrokerProcess } from './broker-process.ts'
import { eventually } from './eventually.ts'
import { RawConnection } from './raw-connection.ts'
import { logEndOffset } from './raw-requests.ts'

/** A file system without a disk. */
const memoryFolder = '/dev/shm'
const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')

/** The bench's load generator: what it reports is what the broker holds. */
describe.skipIf(!hasCompiler)('odradek-load', () => {
  const partitions = 3
  let broker: BrokerProcess

  beforeAll(async () => {
    await buildLoadGenerator()
    broker = await BrokerProcess.start()
  })

  afterAll(async () => {
    await broker?.dispose()
  })

  /** Below the high watermarks, which follow an acks=1 only when the flush is through. */
  async function recordsIn(topic: string): Promise<number> {
    const connection = await RawConnection.open(broker.port)
    let records = 0
    for (let p = 0; p < partitions; p++) {
      records += (await logEndOffset(connection, topic, p)) ?? 0
    }
    connection.close()
    return records
  }

  function base(topic: string) {
    return { broker: broker.address, topic, partitions, connections: 5, duration: 30 }
  }

  for (const [acks, extra] of [
    [-1, { 'in-flight': 4, threads: 2 }],
    [1, { 'in-flight': 1 }],
    [1, { 'in-flight': 7, rotate: true }],
    [1, { 'in-flight': 2, look: true }],
    [1, { 'in-flight': 100, look: true, rate: 4_000 }],
  ] as const) {
    it(`stores every request that it counts, acks=${acks} ${JSON.stringify(extra)}`, async () => {
      const topic = `acks${acks}-${extra['in-flight']}`
      const load = { requests: 2_000, records: 3, 'record-bytes': 50, pid: broker.pid }
      const report = await runLoad('produce', {
        ...base(topic),
        create: true,
        acks,
        ...extra,
        ...load,
      })
      expect(report.requests).toBe(2_000)
      expect(report.records).toBe(6_000)
      await eventually('consumers see all', async () => (await recordsIn(topic)) === 6_000)
      expect(report.brokerCpuSeconds).toBeGreaterThan(0)
      const { p50, p99, p999, max } = report.latencyUs
      expect([p50, p99, p999, max]).toEqual([p50, p99, p999, max].sort((a, b) => a - b))
    })
  }

  it('fetches whole batches, copied or dropped, in sessions or without', async () => {
    const topic = 'large'
    const alone = { ...base(topic), connections: 1, partitions: 1 }
    const data = { requests: 10, records: 100, 'record-bytes': 1_000 }
    await runLoad('produce', { ...alone, create: true, ...data })
    const ways: readonly LoadOptions[] = [
      {},
      { discard: true },
      { session: true },
      { discard: true, session: true },
    ]
    for (const way of ways) {
      // Ten batches, three at a time: four requests a pass, sixty passes.
      const limits = { 'max-bytes': 350_000, requests: 240 }
      const report = await runLoad('fetch', { ...alone, ...limits, ...way })
      expect(report.requests).toBe(240)
      expect(report.records).toBe(60 * 1_000)
    }
  })

  it('reads each partition once where it is told so', async () => {
    const topic = 'once'
    await runLoad('produce', { ...base(topic), create: true, requests: 999, records: 7, acks: -1 })
    const stored = await recordsIn(topic)
    const three = { ...base(topic), connections: 3, once: true } as const
    expect((await runLoad('fetch', three)).records).toBe(stored)
    expect((await runLoad('fetch', { ...three, connections: 6, threads: 2 })).records).toBe(
      2 * stored,
    )
  })

  it('never sleeps where it looks', async () => {
    const load = { ...base('looks'), create: true, rate: 100, duration: 1 } as const
    const shareOf = ({ generatorCpuSeconds, seconds }: LoadReport) => generatorCpuSeconds / seconds
    const sleeping = shareOf(await runLoad('produce', load))
    // On a busy machine it gives way to others, but all the same is there all the time.
    const looking = shareOf(await runLoad('produce', { ...load, look: true }))
    expect(looking).toBeGreaterThan(4 * sleeping)
  })

  it('ends a run early and reports what it measured', async () => {
    // At a rate every request counts that was sent, whenever its answer came.
    const load = { ...base('ended'), create: true, rate: 500, duration: 60 } as const
    const end = new AbortController()
    const running = runLoad('produce', load, end.signal)
    await sleep(700)
    end.abort()
    const { seconds, requests } = await running
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(30)
    await eventually('consumers see all', async () => (await recordsIn('ended')) === requests)
  })

  it('drops records from the page cache', async () => {
    // So much that what the broker has mapped to write to, and stays, is little of it.
    const load = { requests: 1_000, records: 100, 'record-bytes': 1_000 }
    await runLoad('produce', { ...base('cold'), create: true, ...load })
    const { files, bytes, residentBytes } = await evictRecords(broker.dataFolder)
    expect(files).toBeGreaterThanOrEqual(partitions)
    expect(bytes).toBeGreaterThan(100_000 * 1_000)
    expect(residentBytes).toBeLessThan(bytes / 100)
    const once = { ...base('cold'), connections: partitions, once: true } as const
    expect((await runLoad('fetch', once)).records).toBe(100_000)
  })

  it("scans one topic's files without the broker", async () => {
    const load = { requests: 30, records: 100, 'record-bytes': 1_000 }
    await runLoad('produce', { ...base('scanned'), create: true, ...load, connections: partitions })
    const where = { path: broker.dataFolder, topic: 'scanned', 'max-bytes': 100_000 }
    const { bytes, requests, latencyUs } = await runLoad('scan', { ...where, partitions })
    // Files of a segment that is written to may end with zeros.
    expect(bytes).toBeGreaterThanOrEqual(3_000 * 1_000)
    expect(requests).toBeGreaterThanOrEqual(bytes / 100_000)
    expect(latencyUs.max).toBeGreaterThan(0)
    const some = await runLoad('scan', { ...where, partitions: 1 })
    expect(some.bytes).toBeLessThan(bytes)
    await expect(runLoad('scan', { ...where, topic: 'no-such' })).rejects.toThrow(
      'holds no records of no-such',
    )
  })

  it.skipIf(!existsSync(memoryFolder))('does not call cold what cannot leave memory', async () => {
    const folder = mkdtempSync(join(memoryFolder, 'odradek-evict-'))
    try {
      writeFileSync(join(folder, 'a.index'), 'not records')
      await expect(evictRecords(folder)).rejects.toThrow('holds no records')
      writeFileSync(join(folder, 'a.log'), Buffer.alloc(100_000))
      await expect(evictRecords(folder)).rejects.toThrow('of 100000 bytes of records stay')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('rotates so that all partitions get as much, however many connections there are', async () => {
    const topic = 'rotated'
    await runLoad('produce', { ...base(topic), create: true, rotate: true, requests: 30, acks: -1 })
    const connection = await RawConnection.open(broker.port)
    for (let p = 0; p < partitions; p++) {
      expect(await logEndOffset(connection, topic, p)).toBe(10)
    }
    connection.close()
  })

  it('sends at a fixed rate from several threads, as many as are due', async () => {
    const topic = 'open-loop'
    const load = { rate: 500, threads: 2, 'in-flight': 100, duration: 1 }
    const report = await runLoad('produce', { ...base(topic), ...load, create: true })
    expect(report.requests + (report.behind ?? 0)).toBeGreaterThanOrEqual(495)
    expect(report.requests).toBeLessThanOrEqual(505)
    expect(report.latencyUs.max).toBeGreaterThanOrEqual(report.sendLagUs?.max ?? Infinity)
    await eventually('consumers see all', async () => (await recordsIn(topic)) === report.requests)
  })

  it('begins its schedule when all are connected', async () => {
    const many = { connections: 2_000, rate: 1_000, duration: 0.05 }
    const report = await runLoad('produce', { ...base('many'), ...many, create: true })
    const { connectSeconds = 0, connectionsPerSecond = 0, sendLagUs } = report
    expect(connectionsPerSecond * connectSeconds).toBeCloseTo(2_000, 0)
    expect(connectSeconds).toBeGreaterThan(0.01)
    expect(sendLagUs?.p99).toBeLessThan((connectSeconds * 1e6) / 2)
  })

  it('counts a stall for every request that was due in it, sent or not', async () => {
    const stallMs = 600
    const one = { connections: 1, 'in-flight': 1, requests: 20, duration: 30 }
    await runLoad('produce', { ...base('stalled'), ...one, create: true })
    const load = { rate: 500, connections: 1, 'in-flight': 1, duration: 1 }
    const measured = runLoad('produce', { ...base('stalled'), ...load })
    await sleep(300)
    process.kill(broker.pid, 'SIGSTOP')
    await sleep(stallMs)
    process.kill(broker.pid, 'SIGCONT')
    const { latencyUs, requests, sendLagUs } = await measured
    // One request was on its way: a closed loop would have counted the stall for that one alone.
    expect(latencyUs.max).toBeGreaterThan(stallMs * 900)
    expect(latencyUs.p90).toBeGreaterThan(stallMs * 500)
    expect(sendLagUs?.p99).toBeGreaterThan(stallMs * 500)
    expect(requests).toBeGreaterThan(250)
  })

  it('reads end to end all that it produced, round its partitions, once more too', async () => {
    const topic = 'end-to-end'
    const uneven = { partitions: 7, connections: 3, consumers: 2, threads: 2 }
    const load = { ...uneven, requests: 2_000, records: 3, 'in-flight': 4 }
    for (const all of [6_000, 12_000]) {
      const report = await runLoad('end-to-end', { ...base(topic), ...load, create: true })
      expect(report).toMatchObject({ requests: 2_000, records: 6_000, threads: 3 })
      expect(report.latencyUs.p50).toBeGreaterThan(0)
      const connection = await RawConnection.open(broker.port)
      const ends = []
      for (let p = 0; p < 7; p++) ends.push(await logEndOffset(connection, topic, p))
      connection.close()
      expect(ends.reduce((sum: number, end) => sum + (end ?? 0), 0)).toBe(all)
      // A connection's share of the requests is about a third, and even over its partitions.
      for (const [one, other] of [
        [0, 3],
        [0, 6],
        [1, 4],
        [2, 5],
      ] as const) {
        expect(Math.abs((ends[one] ?? 0) - (ends[other] ?? 0))).toBeLessThanOrEqual(6)
      }
    }
  })

  it('reads all that it produces with each of its consumers where it fans out', async () => {
    const load = { partitions: 3, connections: 1, consumers: 5, 'fan-out': true } as const
    const limits = { requests: 400, records: 3, 'in-flight': 4 }
    const report = await runLoad('end-to-end', {
      ...base('fan-out'),
      ...load,
      ...limits,
      create: true,
    })
    expect(report).toMatchObject({ requests: 5 * 400, records: 5 * 1_200 })
    await eventually('consumers see all', async () => (await recordsIn('fan-out')) === 1_200)
  })

  it('counts end to end until the records have arrived', async () => {
    const late = { 'max-wait-ms': 300, 'min-bytes': 1_000_000_000 }
    const load = { partitions: 5, connections: 2, rate: 500, duration: 1, ...late }
    const report = await runLoad('end-to-end', { ...base('late'), ...load, create: true })
    const { latencyUs, answerUs, requests, behind = 0 } = report
    expect(requests + behind).toBeGreaterThanOrEqual(495)
    expect(requests).toBeLessThanOrEqual(505)
    // Records wait for the end of a long poll, evenly from none of it to all.
    expect(latencyUs.max).toBeGreaterThan(200_000)
    expect(latencyUs.p50).toBeGreaterThan(50_000)
    expect(answerUs?.p50).toBeLessThan(latencyUs.p50 / 2)
  })

  it('gives up end to end where another producer writes to its partitions', async () => {
    const load = { ...base('shared'), partitions: 3, connections: 3 }
    await runLoad('produce', { ...load, create: true, requests: 1 })
    const measured = runLoad('end-to-end', { ...load, rate: 100, duration: 5 })
    const outcome = expect(measured).rejects.toThrow('another producer writes to partition')
    await sleep(1_000)
    await runLoad('produce', { ...load, requests: 3 })
    await outcome
  })

  it('creates more partitions than one request may', async () => {
    const many = { partitions: 10_000, connections: 1, requests: 1 }
    await runLoad('produce', { ...base('ten-thousand'), ...many, create: true })
    const connection = await RawConnection.open(broker.port)
    expect(await logEndOffset(connection, 'ten-thousand', 9_999)).toBe(0)
    expect(await logEndOffset(connection, 'ten-thousand', 10_000)).toBeUndefined()
    connection.close()
  })

  for (const [mode, options, sentence] of [
    ['fetch', { rate: 10 }, 'only produce and end-to-end have a --rate'],
    ['produce', { rate: 10, acks: 0 }, '--rate needs answers'],
    ['produce', { rate: 0 }, '--rate must be a whole number from 1'],
    ['end-to-end', { acks: 0 }, 'end-to-end needs answers'],
    ['end-to-end', { rotate: true }, 'no --rotate'],
    ['end-to-end', { connections: 4, partitions: 3 }, 'a partition for each connection'],
    ['end-to-end', { consumers: 4, partitions: 3 }, 'a partition for each connection'],
  ] as const) {
    it(`refuses ${mode} ${JSON.stringify(options)}`, async () => {
      await expect(runLoad(mode, options)).rejects.toThrow(sentence)
    })
  }

  it('writes and syncs without a broker, round the file too, and leaves nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'odradek-disk-'))
    try {
      const load = { path: folder, 'write-bytes': 1_500_000, requests: 5, duration: 30 }
      const report = await runLoad('disk', load)
      expect(report).toMatchObject({ requests: 5, records: 0, bytes: 5 * 1_500_000 })
      expect(report.requestsPerSecond).toBeCloseTo(5 / report.seconds, 0)
      expect(report.latencyUs.max).toBeGreaterThan(0)
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
    await expect(runLoad('disk', { path: folder })).rejects.toThrow('cannot make a file in')
  })

  it('counts of the disk what comes after the warm-up', async () => {
    const load = { path: tmpdir(), warmup: 0.2, duration: 0.2 }
    const { seconds, requests, latencyUs } = await runLoad('disk', load)
    expect(seconds).toBeGreaterThan(0.1)
    expect(seconds).toBeLessThan(20) // the last write may wait for a busy disk
    const writing = (requests * latencyUs.mean) / 1e6
    expect(writing / seconds).toBeGreaterThan(0.9)
    expect(writing / seconds).toBeLessThan(1.01)
  })

  for (const [options, sentence] of [
    [{}, 'disk needs --path'],
    [{ path: '/', 'write-bytes': 0 }, '--write-bytes must be a whole number from 1 to 4194304'],
    [{ path: '/', 'write-bytes': 'many' }, "not 'many'"],
    [{ path: '/', speed: 1 }, 'unknown option --speed'],
  ] as const) {
    it(`refuses disk ${JSON.stringify(options)}`, async () => {
      await expect(runLoad('disk', options)).rejects.toThrow(sentence)
    })
  }

  it('gives up with a sentence when a request is refused', async () => {
    const tooLarge = { requests: 1, records: 1, 'record-bytes': 2_000_000 }
    const load = runLoad('produce', { ...base('refused'), create: true, ...tooLarge })
    await expect(load).rejects.toThrow('answered with error 10')
  })
})
