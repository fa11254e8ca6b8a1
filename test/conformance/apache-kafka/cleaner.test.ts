/**
 * Our cleaner and Apache Kafka's on the same random logs: the same range, the same groups, and
 * afterwards the same batches, byte for byte where no codec compresses them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cleanableRange, groupSegments } from '../../../src/policy/compaction.ts'
import { codecOf } from '../../../src/protocol/record-batch.ts'
import {
  anySteps,
  batchesOf,
  options,
  type Step,
  TestLog,
  type TestSegment,
  writtenAt,
} from '../../cleaner/fixture.ts'
import { describeUnless } from '../client-tools.ts'
import { askKafka, type ProbeAnswer, type ProbeJob, probeObstacle } from './cleaner-probe.ts'

const logCount = Number(process.env['CONFORMANCE_LOGS'] ?? 24)
const seed = Number(process.env['CONFORMANCE_SEED'] ?? 431)
const rounds = 4

/** Batches without what depends on the compressor. */
function comparable(segments: readonly TestSegment[]): unknown {
  return segments.map(({ baseOffset, bytes }) => {
    const batches = batchesOf(bytes)
    const isPlain = batches.every((batch) => codecOf(batch) === 0)
    const decoded = batches.map(({ crc, bytes: size, ...batch }) => batch)
    return { baseOffset, content: isPlain ? Buffer.from(bytes).toString('hex') : decoded }
  })
}

describeUnless(probeObstacle(), "beside Apache Kafka's cleaner", () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-cleaner-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`leaves of ${logCount} random logs what Kafka leaves, in ${rounds} cleanings`, async () => {
    const samples = fc.sample(anySteps, { seed, numRuns: logCount })
    // A last segment of its own, so that all before it can be cleaned.
    const logs = samples.map((steps) => TestLog.written([...steps, { kind: 'roll' } as Step]))
    let cleanings = 0
    for (let round = 0; round < rounds; round++) {
      const jobs = logs.map((log, i) => jobOf(log, i, round))
      const answers = askKafka(folder, jobs)
      for (const [i, log] of logs.entries()) {
        const job = jobs[i]!
        const answer = answers[i]!
        samePolicy(job, answer)
        cleanings += (await sameCleaning(log, job, answer)) ? 1 : 0
      }
    }
    expect(cleanings).toBeGreaterThan(logCount)
  })
})

/** Limits and times that differ by log and round; the first round begins without checkpoint. */
function jobOf(log: TestLog, i: number, round: number): ProbeJob {
  return {
    log,
    now: writtenAt + 2000 + round * 700,
    deleteRetentionMs: [0, 500, 700][i % 3]!,
    checkpoint: round === 0 ? -1 : [log.firstDirtyOffset, 0, 1_000_000][(i + round) % 3]!,
    segmentBytes: [400, 900, 1_000_000][i % 3]!,
    segmentIndexBytes: [1_000_000, 24][i % 2]!,
    minCompactionLagMs: [0, 0, 1900][i % 3]!,
    maxCompactionLagMs: [1_000_000_000_000, 1000][i % 2]!,
    mapBytes: 100_000,
  }
}

function samePolicy(job: ProbeJob, answer: ProbeAnswer): void {
  const { segments, lastStableOffset, logEndOffset } = answer
  expect({ lastStableOffset, logEndOffset }).toEqual({
    lastStableOffset: job.log.state().lastStableOffset,
    logEndOffset: job.log.logEndOffset,
  })
  const log = {
    segments,
    lastStableOffset,
    logEndOffset,
    logStartOffset: 0,
    checkpoint: job.checkpoint < 0 ? undefined : job.checkpoint,
    config: { ...job, minCleanableDirtyRatio: 0.5 },
  }
  const range = cleanableRange(log, job.now)
  expect(range).toMatchObject({
    firstDirtyOffset: answer.firstDirtyOffset,
    firstUncleanableOffset: answer.firstUncleanableOffset,
    cleanBytes: answer.cleanBytes,
    cleanableBytes: answer.cleanableBytes,
    overdueMs: answer.overdueMs,
  })
  if (answer.groups === undefined) return
  const cleaned = segments.filter((one) => one.baseOffset < answer.endOffset)
  const groups = groupSegments(cleaned, { ...job, ...range })
  expect(groups.map((group) => group.map((one) => one.baseOffset))).toEqual(answer.groups)
}

/** Cleans `log` as Kafka did; false where there was nothing to clean. */
async function sameCleaning(log: TestLog, job: ProbeJob, answer: ProbeAnswer): Promise<boolean> {
  if (answer.groups === undefined) return false
  const before = log.state().aborted
  log.firstDirtyOffset = answer.firstDirtyOffset
  log.swaps = []
  const result = await log.clean({ ...options, ...job }, answer)
  expect(result).toMatchObject({ kind: 'cleaned', endOffset: answer.endOffset })
  expect(comparable(log.segments)).toEqual(comparable(answer.cleaned))
  const replaced = new Set(log.swaps.flatMap((swap) => swap.replaced))
  const untouched = before.filter(({ lastOffset }) => {
    const segment = answer.segments.findLast((one) => one.baseOffset <= lastOffset)
    return !replaced.has(segment!.baseOffset)
  })
  const aborted = [...log.swaps.flatMap((swap) => swap.aborted), ...untouched]
  aborted.sort((a, b) => a.lastOffset - b.lastOffset)
  expect(aborted.map((one) => `${one.producerId}:${one.firstOffset}:${one.lastOffset}`)).toEqual(
    answer.aborted,
  )
  return true
}
