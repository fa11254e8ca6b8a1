/**
 * Looks at a log directory that nobody uses, ours or Apache Kafka's: what is damaged, and what is
 * whole. Opens everything for reading only and changes nothing.
 */
import { availableParallelism } from 'node:os'
import type { NativeCheck, NativeFinding, NativePartitionReport } from '../addon/binding.ts'
import { assert } from '../base/assert.ts'
import { nativeStorage } from './native-binding.ts'

/** The native side runs no more at a time. */
const checksAtOnceMax = 4

/**
 * One fact about one file, whose path is below the directory. Bytes [from, to) and offsets
 * [firstOffset, nextOffset); -1 is "does not apply" or, behind a first offset, "not known".
 * `unclean` is no fault: recovery sees to it.
 */
export type Finding = NativeFinding

/** What a truncation to the last whole batch would cut, and what of it is whole. */
export type PartitionCut = NonNullable<NativePartitionReport['cut']>

/** One partition: what it holds, what is wrong with it. At most 1,000 findings are listed. */
export type PartitionReport = NativePartitionReport

/** A whole directory. */
export interface DirectoryReport {
  readonly path: string
  /** The last stop was clean: nothing has to be recovered. */
  readonly clean: boolean
  /** What a replay of the journal would take; undefined without a journal. */
  readonly journal: { readonly entries: number; readonly bytes: number } | undefined
  /** About the directory's own files. */
  readonly findings: readonly Finding[]
  readonly partitions: readonly PartitionReport[]
  /** Damaged or missing things, in all. */
  readonly faults: number
  readonly bytes: number
  readonly seconds: number
}

/** Bytes of partitions checked so far, and in all. */
export type CheckProgress = (done: number, total: number) => void

const progressIntervalMs = 100

/**
 * Checks a directory, its partitions in parallel.
 *
 * @throws {StorageError} one sentence: nothing there, no log directory, in use, not to be read.
 */
export async function checkDirectory(
  path: string,
  onProgress: CheckProgress = () => {},
): Promise<DirectoryReport> {
  const begun = performance.now()
  const check = await nativeStorage().openCheck(path)
  try {
    const { clean, bytes, journal, journalEntries, journalBytes, ...directory } = check.report()
    const partitions = await checkPartitions(check, onProgress)
    const seconds = (performance.now() - begun) / 1000
    return {
      path,
      clean,
      journal: journal ? { entries: journalEntries, bytes: journalBytes } : undefined,
      findings: directory.findings,
      partitions,
      faults: partitions.reduce((sum, { faults }) => sum + faults, directory.faults),
      bytes: partitions.reduce((sum, partition) => sum + partition.bytes, bytes),
      seconds,
    }
  } finally {
    check.release()
  }
}

async function checkPartitions(
  check: NativeCheck,
  onProgress: CheckProgress,
): Promise<readonly PartitionReport[]> {
  const { partitions } = check.report()
  const total = partitions.reduce((sum, { bytes }) => sum + bytes, 0)
  const tell = (): void => onProgress(Math.min(check.bytesChecked(), total), total)
  tell()
  const timer = setInterval(tell, progressIntervalMs)
  try {
    const reports: PartitionReport[] = []
    // The largest first: begun last, one alone would keep the others waiting.
    const order = [...partitions.keys()].sort(
      (a, b) => (partitions[b]?.bytes ?? 0) - (partitions[a]?.bytes ?? 0),
    )
    let next = 0
    const worker = async (): Promise<void> => {
      for (let index = order[next++]; index !== undefined; index = order[next++]) {
        reports[index] = await check.checkPartition(index)
      }
    }
    const workers = Math.min(checksAtOnceMax, availableParallelism(), order.length)
    await Promise.all(Array.from({ length: workers }, worker))
    assert(reports.length === partitions.length, 'every partition was checked')
    return reports
  } finally {
    clearInterval(timer)
    tell()
  }
}
