/** What callers of the broker see of the storage layer. */
export type { DataPlaneStatistics } from './data-plane.ts'
export { StorageError } from './log-store.ts'
