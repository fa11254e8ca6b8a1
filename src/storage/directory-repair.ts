/** Mends damaged partitions of a log directory that nobody uses. */
import type { DirectoryReport } from './directory-check.ts'
import { nativeStorage } from './native-binding.ts'

/** What was done to one partition; paths are below the directory. */
export interface PartitionRepair {
  readonly folder: string
  readonly logEnd: number
  readonly bytesCut: number
  /** What was cut or set aside, under its new name. */
  readonly kept: readonly string[]
  readonly rebuilt: readonly string[]
}

/** What was done in all. */
export interface DirectoryRepair {
  readonly partitions: readonly PartitionRepair[]
  /** Brought to segments before anything was cut. */
  readonly journalEntries: number
  /** Checkpoints that were written anew. */
  readonly checkpoints: readonly string[]
  /** Of the directory's own files. */
  readonly kept: readonly string[]
}

/**
 * Cuts each damaged partition of `report` behind its last whole batch, and makes anew what follows
 * from the batches. With `keep`, what is taken away stays beside where it was.
 *
 * @throws {StorageError} one sentence: in use, or a call that failed; a repair again goes on.
 */
export function repairDirectory(report: DirectoryReport, keep: boolean): Promise<DirectoryRepair> {
  const damaged = report.partitions.filter(({ faults }) => faults > 0)
  const folders = damaged.map(({ folder }) => folder)
  return nativeStorage().repairDirectory(report.path, folders, keep)
}
