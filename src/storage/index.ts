/** What callers of the broker see of the storage layer, and what the command line needs of it. */
export type { DataPlaneStatistics } from './data-plane.ts'
export {
  type CheckProgress,
  checkDirectory,
  type DirectoryReport,
  type Finding,
  type PartitionCut,
  type PartitionReport,
} from './directory-check.ts'
export { type DirectoryRecovery, recoverDirectory } from './directory-recovery.ts'
export { type DirectoryRepair, type PartitionRepair, repairDirectory } from './directory-repair.ts'
export { StorageError } from './log-store.ts'
