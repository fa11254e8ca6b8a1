/** Apache Kafka's own cleaner on logs of the fixture; see CleanerProbe.java. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompactionSegment } from '../../../src/policy/compaction.ts'
import type { TestLog, TestSegment } from '../../cleaner/fixture.ts'
import { jars, kafkaObstacle } from './reference.ts'

/** One log and how Kafka is to clean it. */
export interface ProbeJob {
  readonly log: TestLog
  readonly now: number
  readonly deleteRetentionMs: number
  /** -1: none. */
  readonly checkpoint: number
  readonly segmentBytes: number
  readonly segmentIndexBytes: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly mapBytes: number
}

/** What Kafka saw and did. */
export interface ProbeAnswer {
  /** Before the cleaning. */
  readonly segments: readonly CompactionSegment[]
  readonly lastStableOffset: number
  readonly logEndOffset: number
  readonly firstDirtyOffset: number
  readonly firstUncleanableOffset: number
  readonly cleanBytes: number
  readonly cleanableBytes: number
  readonly overdueMs: number
  /** Base offsets; undefined where there was nothing to clean. */
  readonly groups: readonly (readonly number[])[] | undefined
  readonly endOffset: number
  /** Each as producer:first:last. */
  readonly aborted: readonly string[]
  /** After the cleaning. */
  readonly cleaned: readonly TestSegment[]
}

/** Why Kafka's cleaner cannot be asked; undefined where Kafka and a compiler of Java are there. */
export function probeObstacle(): string | undefined {
  const canCompile = spawnSync('javac', ['-version'], { stdio: 'ignore' }).status === 0
  if (!canCompile) return 'javac is not installed; Debian: default-jdk-headless'
  return kafkaObstacle()
}

/** Does the jobs in one JVM, each in a folder of its own below `folder`. */
export function askKafka(folder: string, jobs: readonly ProbeJob[]): readonly ProbeAnswer[] {
  const lines = jobs.map((job, i) => {
    const path = join(folder, `log${i}-0`)
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
    for (const { baseOffset, bytes } of job.log.segments) {
      writeFileSync(join(path, `${String(baseOffset).padStart(20, '0')}.log`), bytes)
    }
    const { log: _, ...numbers } = job
    return [path, ...fieldsOf(numbers)].join(' ')
  })
  const source = join(import.meta.dirname, 'CleanerProbe.java')
  const options = { input: `${lines.join('\n')}\n`, encoding: 'utf8' as const, maxBuffer: 1 << 28 }
  const java = ['-Xmx512m', '-cp', join(jars, '*'), source]
  const { status, stdout, stderr } = spawnSync('java', java, options)
  const answers = stdout.trimEnd().split('\n')
  if (status !== 0 || answers.length !== jobs.length) throw new Error(`probe failed: ${stderr}`)
  return answers.map((answer, i) => answerOf(answer, join(folder, `log${i}-0`)))
}

function fieldsOf(job: Omit<ProbeJob, 'log'>): readonly number[] {
  return [
    job.now,
    job.deleteRetentionMs,
    job.checkpoint,
    job.segmentBytes,
    job.segmentIndexBytes,
    job.minCompactionLagMs,
    job.maxCompactionLagMs,
    job.mapBytes,
  ]
}

function answerOf(line: string, path: string): ProbeAnswer {
  const [segments = '', ...rest] = line.split(' ')
  const [stable, end, dirty, uncleanable, cleanBytes, cleanable, overdue] = rest.map(Number)
  const [groups = '-', endOffset, aborted = '-'] = rest.slice(7)
  return {
    segments: segments.split(',').map(segmentOf),
    lastStableOffset: stable!,
    logEndOffset: end!,
    firstDirtyOffset: dirty!,
    firstUncleanableOffset: uncleanable!,
    cleanBytes: cleanBytes!,
    cleanableBytes: cleanable!,
    overdueMs: overdue!,
    groups: groups === '-' ? undefined : groups.split(',').map((one) => one.split('+').map(Number)),
    endOffset: Number(endOffset),
    aborted: aborted === '-' ? [] : aborted.split(','),
    cleaned: segmentsIn(path),
  }
}

function segmentOf(text: string): CompactionSegment {
  const [base, size, largest, first, offsetIndex, timeIndex] = text.split(':').map(Number)
  return {
    baseOffset: base!,
    sizeBytes: size!,
    largestTimestamp: largest!,
    firstBatchTimestamp: first!,
    offsetIndexBytes: offsetIndex!,
    timeIndexBytes: timeIndex!,
  }
}

function segmentsIn(path: string): readonly TestSegment[] {
  const names = readdirSync(path).filter((name) => name.endsWith('.log'))
  return names.sort().map((name) => ({
    baseOffset: Number.parseInt(name, 10),
    bytes: readFileSync(join(path, name)),
  }))
}
