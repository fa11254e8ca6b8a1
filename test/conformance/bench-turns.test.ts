import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Settings } from '../../src/bench/broker/broker-target.ts'
import type { GeneratorFigures } from '../../src/bench/compare/generator-case.ts'
import type { Turn } from '../../src/bench/compare/results.ts'
import { startedSide } from '../../src/bench/compare/side.ts'
import { takeTurns } from '../../src/bench/compare/take-turns.ts'
import { findTools } from '../../src/bench/compare/tools.ts'
import { takeTurn } from '../../src/bench/compare/turn.ts'
import { buildLoadGenerator } from '../../src/bench/harness/build-load-generator.ts'
import type { LoadReport } from '../../src/bench/harness/load-generator.ts'
import type { Workload } from '../../src/bench/workloads/workload.ts'
import { probeObstacle } from './apache-kafka/cleaner-probe.ts'
import { fetchedJars, odradekTarget } from './broker-target.ts'

const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')
const javaObstacle = probeObstacle()
if (javaObstacle !== undefined) console.log(`skipped: ${javaObstacle}`)
const rdkafka = await findTools(new Set(['rdkafka_performance']), undefined)
const rdkafkaObstacle = rdkafka.missing.get('rdkafka_performance')
if (rdkafkaObstacle !== undefined) console.log(`skipped: ${rdkafkaObstacle}`)

/** What kinds of cases `bench:kafka` has, each as small as it can be. */
describe.skipIf(!hasCompiler)('a turn of bench:kafka', () => {
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-turns-'))
    await buildLoadGenerator()
  })

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  const tiny: Workload = {
    name: 'tiny',
    standsFor: 'a test',
    durability: 'page-cache',
    cases: [],
    targets: [],
    chart: 'recordsPerSecond',
  }
  const ours = (settings: Settings = {}) =>
    startedSide(odradekTarget, { settings, parent: folder, cold: true })

  async function turnOf(
    load: Workload['cases'][number]['load'],
    more: Partial<Workload> = {},
    settings: Settings = {},
  ): Promise<Turn> {
    const workload = { ...tiny, cases: [{ name: 'one', load }], ...more }
    const side = ours(settings)
    const options = { workload, round: 1, secondsMax: 2, slower: new Map(), jars: fetchedJars }
    const turn = await takeTurn(side, options)
    expect(readdirSync(folder)).toEqual([])
    return turn
  }

  it('flushes each batch where the workload says so, and says what it was told', async () => {
    const load = { connections: 1, acks: -1 }
    const turn = await turnOf(
      { client: 'odradek-load', mode: 'produce', partitions: 1, load },
      { durability: 'flush-each' },
    )
    expect(turn.durability).toMatchObject({ 'flush.messages': '1', acks: '-1' })
    const { firstAnswerMs, firstProduceMs, idleRssBytes, peakRssBytes } = turn.broker ?? {}
    expect(firstProduceMs).toBeGreaterThan(firstAnswerMs ?? Number.POSITIVE_INFINITY)
    expect(peakRssBytes).toBeGreaterThanOrEqual(idleRssBytes ?? Number.POSITIVE_INFINITY)
  })

  it('fetches one batch an answer where one is larger than what was asked for', async () => {
    const { cases } = await turnOf({
      client: 'odradek-load',
      mode: 'fetch',
      partitions: 2,
      data: { connections: 2, records: 4, 'record-bytes': 1000, requests: 100 },
      load: { connections: 2, session: true, 'max-bytes': 1, requests: 150 },
    })
    expect(cases['one']).toMatchObject({ requests: 150, records: 600 })
  })

  it('deletes segments while it writes and reads, and sees what they took', async () => {
    const { cases } = await turnOf(
      {
        client: 'odradek-load',
        mode: 'end-to-end',
        partitions: 2,
        load: { connections: 2, records: 50, 'record-bytes': 1000, rate: 400 },
        lasts: 4,
        watchesDisk: true,
      },
      {
        topicConfigs: {
          'segment.bytes': '1048576',
          'retention.bytes': '2000000',
          'file.delete.delay.ms': '100',
        },
        settings: {
          'log.retention.check.interval.ms': '100',
          'log.initial.task.delay.ms': '100',
        },
      },
    )
    const figures = cases['one'] as GeneratorFigures
    // Two seconds, four times as long, 20 MB in each; 4 MB stay, and what is not yet dropped.
    expect(figures.seconds).toBeGreaterThan(7.9)
    expect(figures.records).toBeGreaterThan(150_000)
    expect(figures.segmentsDropped).toBeGreaterThan(10)
    expect(figures.diskMostBytes).toBeLessThan(figures.bytes / 2)
  })

  it('takes rates from what was measured, also of the slower side, and topics', async () => {
    const load = { connections: 2, records: 1 }
    const kind = { client: 'odradek-load', mode: 'end-to-end', partitions: 2 } as const
    const share = (whose: 'own' | 'slower') => ({ of: 'peak', share: 0.1, whose })
    const cases: Workload['cases'] = [
      { name: 'peak', load: { ...kind, load: { ...load, requests: 2_000 } } },
      { name: 'own', load: { ...kind, continues: 'peak', load, rate: share('own') } },
      { name: 'slower', load: { ...kind, load, rate: share('slower') } },
    ]
    const lines: string[] = []
    const how = { rounds: 1, secondsMax: 0.5, jars: fetchedJars }
    const sides = [ours(), { ...ours(), name: 'other' }]
    const { turns } = await takeTurns({ ...tiny, cases }, sides, {
      ...how,
      report: (line) => lines.push(line),
    })
    expect(lines).toEqual([
      'tiny, shared rate: odradek',
      'tiny, shared rate: other',
      'tiny, round 1 of 1: odradek',
      'tiny, round 1 of 1: other',
    ])
    const [one, other] = turns.map((turn) => turn.cases as Record<string, LoadReport>)
    expect(one?.['own']?.rate).toBe(Math.round((one?.['peak']?.requestsPerSecond ?? 0) * 0.1))
    expect(one?.['slower']?.rate).toBeGreaterThan(0)
    expect(one?.['slower']?.rate).toBe(other?.['slower']?.rate)
  })

  it('reads from the disk what was just read from memory, once', async () => {
    const data = { connections: 2, records: 100, 'record-bytes': 1000, requests: 1_000 }
    const { cases } = await turnOf({
      client: 'odradek-load',
      mode: 'fetch',
      partitions: 2,
      data,
      warmUp: { duration: 60 },
      isCold: true,
      load: { connections: 2, once: true },
    })
    expect(cases['one']).toMatchObject({ records: 1_000 * 100 })
  })

  it('runs producers for as long as somebody reads from the disk', async () => {
    const sizes = { records: 100, 'record-bytes': 1000 }
    const { cases, durability } = await turnOf({
      client: 'cold-reader',
      partitions: 2,
      data: { ...sizes, bytes: 50_000_000 },
      producers: { connections: 2, rate: 1_000, acks: 1, 'in-flight': 100 },
      warmUp: { requests: 100, duration: 60 },
      reader: { discard: true },
    })
    expect(durability['acks']).toBe('1')
    expect(cases['one']).toMatchObject({
      requestsPerSecond: expect.closeTo(1_000, -3),
      timesAlone: { p99: expect.any(Number) },
      timesScan: { p99: expect.any(Number) },
    })
    const { reader = {}, scan = {} } = cases['one'] as Record<string, Record<string, number>>
    const megabytes = ({ mbPerSecond = 0, seconds = 0 }) => mbPerSecond * seconds
    // All of it, once, and once more without the broker: whole files, with what is kept ahead.
    expect(megabytes(reader)).toBeCloseTo(50, -1)
    expect(megabytes(scan)).toBeGreaterThan(megabytes(reader) * 0.99)
  })

  it.skipIf(javaObstacle !== undefined)("runs Kafka's own producers", async () => {
    const settings = { recordBytes: 100, acks: -1, lingerMs: 0, producers: 3 } as const
    const { cases } = await turnOf({ client: 'java-producers', partitions: 2, ...settings })
    const figures = cases['one'] as Record<string, number>
    expect(figures['records']).toBeGreaterThan(100)
    expect(figures['clientCores']).toBeGreaterThan(0)
    expect(figures['clientShare']).toBeGreaterThan(0)
    expect(figures['clientShare']).toBeLessThan(1)
  })

  it.skipIf(javaObstacle !== undefined)("runs Kafka's own consumer", async () => {
    // The tool prints every tenth of a second, and there must be several of these.
    const records = 4_000_000
    const requests = records / 500
    const data = { connections: 2, records: 500, 'record-bytes': 100, requests, duration: 60 }
    const what = { partitions: 2, data, records, recordBytes: 100 }
    const { cases } = await turnOf({ client: 'consumer-perf-test', ...what })
    const figures = cases['one'] as Record<string, number>
    expect(figures['recordsPerSecond']).toBeGreaterThan(1_000)
    expect(figures['clientShare']).toBeGreaterThan(0)
    expect(figures['clientShare']).toBeLessThan(1)
  })

  it.skipIf(javaObstacle !== undefined)("runs many of Kafka's own consumers", async () => {
    // What a broker has mapped to write to stays in memory: little of this.
    const data = { connections: 3, records: 100, 'record-bytes': 1000, requests: 1_000 }
    const what = { partitions: 3, consumers: 2, data, isCold: true } as const
    const { cases } = await turnOf({ client: 'java-consumers', ...what })
    expect(cases['one']).toMatchObject({ records: 1_000 * 100 })
    const {
      mbPerSecond = 0,
      recordsPerSecond = 0,
      clientShare = 0,
    } = cases['one'] as Record<string, number>
    expect(mbPerSecond * 1e6).toBeCloseTo(recordsPerSecond * 1000, 0)
    expect(clientShare).toBeGreaterThan(0)
  })

  it.skipIf(rdkafkaObstacle !== undefined)("runs librdkafka's own tool", async () => {
    const size = { partitions: 2, records: 300_000, recordBytes: 100 }
    for (const does of ['produce', 'consume'] as const) {
      const { cases, durability } = await turnOf({ client: 'rdkafka-performance', does, ...size })
      expect(durability['acks']).toBe(does === 'produce' ? '1' : undefined)
      const figures = cases['one'] as Record<string, number>
      expect(figures['recordsPerSecond']).toBeGreaterThan(1_000)
      expect(figures['clientShare']).toBeGreaterThan(0)
      expect(figures['clientShare']).toBeLessThan(1)
    }
  })

  it('starts and stops brokers itself', async () => {
    const { cases } = await turnOf({ client: 'restart', gib: 0.02, partitions: 10 })
    expect(cases['one']).toMatchObject({ produceMs: expect.any(Number) })
    // Retention takes none of its records, however long it lasts.
    const eager = { 'log.initial.task.delay.ms': '0', 'log.retention.check.interval.ms': '10' }
    const partitions = { client: 'partitions', topics: 2, partitions: 20 } as const
    const many = await turnOf(partitions, {}, eager)
    expect(many.cases['one']).toMatchObject({ createMs: expect.any(Number) })
    // Of `restart` it is the first after SIGKILL.
    expect(many.cases['one']).not.toHaveProperty('produceMs')
    expect(many.durability).toEqual({ 'log.flush.interval.messages': '9223372036854775807' })
  })
})
