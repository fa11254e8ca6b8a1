import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startedSide } from '../../src/bench/compare/side.ts'
import { takeTurn } from '../../src/bench/compare/turn.ts'
import { buildLoadGenerator } from '../../src/bench/harness/build-load-generator.ts'
import type { Workload } from '../../src/bench/workloads/workload.ts'
import { probeObstacle } from './apache-kafka/cleaner-probe.ts'
import { fetchedJars, odradekTarget } from './broker-target.ts'

const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')
const javaObstacle = probeObstacle()
if (javaObstacle !== undefined) console.log(`skipped: ${javaObstacle}`)

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

  async function turnOf(load: Workload['cases'][number]['load'], durability = 'page-cache') {
    const workload: Workload = {
      name: 'tiny',
      standsFor: 'a test',
      durability: durability as Workload['durability'],
      cases: [{ name: 'one', load }],
      targets: [],
      chart: 'recordsPerSecond',
    }
    const side = startedSide(odradekTarget, { settings: {}, parent: folder, cold: true })
    const options = { workload, round: 1, secondsMax: 2, jars: fetchedJars }
    const turn = await takeTurn(side, options)
    expect(readdirSync(folder)).toEqual([])
    return turn
  }

  it('flushes each batch where the workload says so, and says what it was told', async () => {
    const load = { connections: 1, acks: -1 }
    const turn = await turnOf(
      { client: 'odradek-load', mode: 'produce', partitions: 1, load },
      'flush-each',
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

  it('starts and stops brokers itself', async () => {
    const { cases } = await turnOf({ client: 'restart', gib: 0.02, partitions: 10 })
    expect(cases['one']).toMatchObject({ produceMs: expect.any(Number) })
    const many = await turnOf({ client: 'partitions', topics: 2, partitions: 20 })
    expect(many.cases['one']).toMatchObject({ createMs: expect.any(Number) })
    expect(many.durability).toEqual({ 'log.flush.interval.messages': '9223372036854775807' })
  })
})
