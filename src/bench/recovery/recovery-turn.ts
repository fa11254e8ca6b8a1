import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BrokerProcess } from '../broker/broker-process.ts'
import type { BrokerTarget, Settings } from '../broker/broker-target.ts'
import { onConnection } from '../broker/connect.ts'
import { fetchBatches, produceBatch } from '../broker/record-requests.ts'
import { granted } from '../harness/granted.ts'
import { runLoad } from '../harness/load-generator.ts'
import { logEndOffsets } from '../partitions/partition-requests.ts'
import { batchBytes, batchesOf, type LoadPlan, recordsPerBatch } from './load-plan.ts'
import { lastRecovery, type RecoveryLine } from './recovery-line.ts'

/** Milliseconds from the start of a process to the first request of a kind that it answered. */
export interface FirstAnswers {
  /** Of any kind. */
  readonly answerMs: number
  readonly produceMs: number
  readonly fetchMs: number
}

/** What one turn of one broker gave: the figures of the start after SIGKILL are its own. */
export interface RecoveryTurn extends FirstAnswers {
  readonly loadedBytes: number
  readonly loadSeconds: number
  /** Segment files of all partitions before the SIGKILL. */
  readonly segments: number
  /** What it said of its recovery, if it says such things. */
  readonly recovery: RecoveryLine | undefined
  /** A clean stop right after that start. */
  readonly stopMs: number
  /** The start after the clean stop. */
  readonly clean: FirstAnswers
}

/** What a turn needs to know. */
export interface RecoveryTurnOptions {
  readonly target: BrokerTarget
  readonly settings: Settings
  readonly parent: string | undefined
  readonly plan: LoadPlan
}

const topic = 'data'
const connections = 8
/** A start or a clean stop of so much data may wait for a slow disk. */
const patienceMs = 600_000
const recordsPatienceMs = 60_000

/**
 * Loads a broker on a fresh folder, kills it, starts it, stops it cleanly, starts it once more, and
 * discards the folder. After each start all that was acknowledged must be there.
 */
export async function takeTurn(options: RecoveryTurnOptions): Promise<RecoveryTurn> {
  const { target, settings, parent, plan } = options
  const broker = await BrokerProcess.start({ target, settings, patienceMs, parent })
  try {
    const loadSeconds = await load(broker, plan)
    const segments = countSegments(broker.dataFolder)
    const batch = await storedBatch(broker)
    await broker.kill()
    const killed = await startAgain(broker, batch)
    const recovery = lastRecovery(broker.log)
    const records = batchesOf(plan) * recordsPerBatch
    await awaitRecords(broker, plan.partitions, records + recordsPerBatch)
    const stopBegun = performance.now()
    await broker.stop()
    const stopMs = performance.now() - stopBegun
    const clean = await startAgain(broker, batch)
    await awaitRecords(broker, plan.partitions, records + 2 * recordsPerBatch)
    const loadedBytes = batchesOf(plan) * batchBytes
    return { ...killed, loadedBytes, loadSeconds, segments, recovery, stopMs, clean }
  } finally {
    await broker.dispose()
  }
}

/** Produces by plan with acks=all and returns the seconds that took. */
async function load(broker: BrokerProcess, plan: LoadPlan): Promise<number> {
  const { partitions, longerPartitions, batchesEach, extraBatches, segmentBytes } = plan
  const where = { broker: broker.address, topic, connections, rotate: true } as const
  const what = { records: recordsPerBatch, 'record-bytes': 1024, acks: -1, duration: 600 }
  const config = { create: true, 'topic-config': `segment.bytes=${segmentBytes}` } as const
  const all = { partitions, requests: partitions * batchesEach }
  const extra = { partitions: longerPartitions, requests: longerPartitions * extraBatches }
  const reports = [await runLoad('produce', { ...where, ...what, ...config, ...all })]
  if (longerPartitions > 0) reports.push(await runLoad('produce', { ...where, ...what, ...extra }))
  for (const { bytes, requests } of reports) {
    if (bytes !== requests * batchBytes) throw new Error('a batch is not as large as planned')
  }
  return reports.reduce((sum, { seconds }) => sum + seconds, 0)
}

function countSegments(folder: string): number {
  const logs = readdirSync(folder).filter((name) => name.startsWith(`${topic}-`))
  const files = logs.flatMap((name) => readdirSync(join(folder, name)))
  return files.filter((name) => name.endsWith('.log')).length
}

/** A batch as the broker has stored it, which may be produced again as it is. */
async function storedBatch(broker: BrokerProcess): Promise<Uint8Array> {
  const records = await onConnection(broker.endpoint, (connection) =>
    fetchBatches(connection, topic, 0, 0),
  )
  return records.subarray(0, batchBytes)
}

/** Starts the process and asks for what a client wants, again and again until it is granted. */
async function startAgain(broker: BrokerProcess, batch: Uint8Array): Promise<FirstAnswers> {
  await broker.start()
  const begun = performance.now() - broker.firstAnswerMs
  return onConnection(broker.endpoint, async (connection) => {
    await granted(() => produceBatch(connection, topic, 0, batch), patienceMs)
    const produceMs = performance.now() - begun
    await granted(() => fetchBatches(connection, topic, 0, 0), patienceMs)
    const fetchMs = performance.now() - begun
    return { answerMs: broker.firstAnswerMs, produceMs, fetchMs }
  })
}

/** Waits until the partitions hold so many records; rejects if they do not within a minute. */
async function awaitRecords(
  { endpoint }: BrokerProcess,
  partitions: number,
  recordsMin: number,
): Promise<void> {
  await onConnection(endpoint, (connection) =>
    granted(async () => {
      const ends = await logEndOffsets(connection, topic, partitions)
      const records = ends.reduce((sum, end) => sum + end, 0)
      if (records < recordsMin) throw new Error(`${records} of ${recordsMin} records are there`)
    }, recordsPatienceMs),
  )
}
