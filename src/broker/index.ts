/** A broker, started from code. */

export type { CleanerStatistics, UncleanableLogs } from '../engine/compaction/cleaner-figures.ts'
export type { StoreOptions } from '../engine/options.ts'
export { StartError } from '../engine/start-error.ts'
export type { DataPlaneStatistics, Traffic } from '../storage/data-plane.ts'
export { Broker } from './broker.ts'
export type {
  BrokerHealth,
  BrokerObservation,
  BrokerStatistics,
  DirectoryState,
  ObservedGroup,
  ObservedPartition,
  RequestLatency,
} from './observation.ts'
export type {
  BrokerEndpoint,
  BrokerEnvironment,
  BrokerOptions,
  TopicOptions,
} from './options.ts'
