import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeBatch, newBatch } from '../../protocol/record-batch.ts'
import type { Settings } from '../broker/broker-target.ts'
import { onConnection } from '../broker/connect.ts'
import { produceBatch } from '../broker/record-requests.ts'
import { granted } from '../harness/granted.ts'
import { othersCores, withStolenShare } from '../harness/processor-time.ts'
import { restMs } from '../harness/warm-start.ts'
import { createTopics } from '../partitions/partition-requests.ts'
import type { Workload, WorkloadCase } from '../workloads/workload.ts'
import { continuedBy, withRate } from './case-needs.ts'
import { runColdReader } from './cold-reader-case.ts'
import { runConsumerTool } from './consumer-case.ts'
import { runGeneratorCase } from './generator-case.ts'
import { runJavaProducers } from './java-case.ts'
import { runJavaConsumers } from './java-consumers-case.ts'
import { isLifecycle, takeLifecycleTurn } from './lifecycle-turn.ts'
import { rdkafkaProgram, runRdkafka } from './rdkafka-case.ts'
import type { BrokerFigures, Turn } from './results.ts'
import type { Side, Subject } from './side.ts'
import { deleteTopics, durabilityOf, topicConfigs } from './topics.ts'

/** What a turn needs to know besides who takes it. */
export interface TurnOptions {
  readonly workload: Workload
  readonly round: number
  /** The longest that a case is measured. */
  readonly secondsMax: number
  /** The slower side's requests per second, by case: see {@link slowerRates}. */
  readonly slower: ReadonlyMap<string, number>
  /** Where Kafka's client is; called only by a workload that uses it. */
  readonly jars: () => string
}

const startPatienceMs = 60_000
const recordBytes = 100

/**
 * Runs one workload once on one side: on a fresh broker where it is started here, on topics of its
 * own in any case.
 */
export async function takeTurn(side: Side, options: TurnOptions): Promise<Turn> {
  const { workload, round } = options
  if (side.starting !== undefined && workload.cases.some(({ load }) => isLifecycle(load))) {
    return takeLifecycleTurn(side.name, side.starting, workload, round)
  }
  const subject = await side.open(workload.settings)
  const prefix = `bench-${randomUUID()}`
  const topics = new Map<string, string>()
  try {
    const firstProduceMs = await produceFirst(subject, prefix, workload)
    const configs = await onConnection(subject, (each) => durabilityOf(each, prefix))
    const durability = { ...configs, ...acksOf(workload) }
    const cores = await othersCores(subject.process?.pid, () => sleep(restMs))
    const idleRssBytes = subject.process?.residentBytes() ?? Number.NaN
    const cases: Record<string, object> = {}
    for (const [i, each] of workload.cases.entries()) {
      const topic = topics.get(continuedBy(each) ?? '') ?? `${prefix}-${i}`
      topics.set(each.name, topic)
      const known = withRate(each, cases, options.slower)
      const figures = await withStolenShare(() => takeCase(subject, topic, known, options))
      cases[each.name] = withRecords(each.name, figures)
    }
    const memory = { firstProduceMs, idleRssBytes }
    const broker = brokerFigures(subject, memory)
    const turn = { side: side.name, round, durability, othersCores: cores, cases }
    return broker === undefined ? turn : { ...turn, broker }
  } finally {
    if (subject.process === undefined) {
      await onConnection(subject, (each) =>
        deleteTopics(each, [prefix, ...new Set(topics.values())]),
      )
    }
    await subject.close()
  }
}

/**
 * The figures of a case, as they are.
 * @throws {Error} if they are of no record: what stood still has not been measured
 */
export function withRecords(name: string, figures: object): object {
  if ('records' in figures && figures.records === 0) {
    throw new Error(`${name}: no record in the measured time; is --seconds too short?`)
  }
  return figures
}

/** The acks that the workload's requests ask for. */
function acksOf({ cases }: Workload): Settings {
  const acks = new Set(
    cases.flatMap(({ load }) => {
      if (load.client === 'java-producers') return load.acks
      if (load.client === 'rdkafka-performance') return load.does === 'produce' ? 1 : []
      if (load.client === 'cold-reader') return load.producers['acks'] ?? []
      return load.client === 'odradek-load' ? (load.load['acks'] ?? []) : []
    }),
  )
  return acks.size === 0 ? {} : { acks: [...acks].map((each) => String(each)).join(' and ') }
}

async function takeCase(
  { host, port, process, fillsMemory }: Subject,
  topic: string,
  { load }: WorkloadCase,
  { workload, secondsMax, jars }: TurnOptions,
): Promise<object> {
  const place = {
    address: `${host}:${port}`,
    pid: process?.pid,
    dataFolder: process?.dataFolder,
    fillsMemory,
    topic,
    topicConfigs: topicConfigs(workload),
    secondsMax,
  }
  if (load.client === 'java-producers') return runJavaProducers(load, place, jars())
  if (load.client === 'java-consumers') return runJavaConsumers(load, place, jars())
  if (load.client === 'consumer-perf-test') return runConsumerTool(load, place, jars())
  if (load.client === 'rdkafka-performance') return runRdkafka(load, place, await rdkafkaProgram())
  if (load.client === 'cold-reader') return runColdReader(load, place)
  if (load.client === 'odradek-load') return runGeneratorCase(load, place)
  throw new Error(`${load.client} cannot be run on a broker that nobody starts`)
}

/** Creates a topic and produces its first record: milliseconds since the broker's start. */
async function produceFirst(subject: Subject, topic: string, workload: Workload): Promise<number> {
  const begun = performance.now() - (subject.process?.firstAnswerMs ?? 0)
  await onConnection(subject, async (connection) => {
    const configs = topicConfigs(workload)
    await granted(() => createTopics(connection, new Map([[topic, 1]]), configs), startPatienceMs)
    const value = Buffer.alloc(recordBytes, 'x')
    const batch = encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value }]))
    await granted(() => produceBatch(connection, topic, 0, batch), startPatienceMs)
  })
  return performance.now() - begun
}

function brokerFigures(
  { process }: Subject,
  measured: Pick<BrokerFigures, 'firstProduceMs' | 'idleRssBytes'>,
): BrokerFigures | undefined {
  if (process === undefined) return undefined
  return {
    firstAnswerMs: process.firstAnswerMs,
    ...measured,
    loadedRssBytes: process.residentBytes(),
    peakRssBytes: process.residentBytes('peak'),
  }
}
