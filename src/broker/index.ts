/** A broker, started from code. */

export type { DataPlaneStatistics, Traffic } from '../storage/data-plane.ts'
export { Broker } from './broker.ts'
export type { CleanerStatistics, UncleanableLogs } from './compaction/cleaner-figures.ts'
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
  StoreOptions,
  TopicOptions,
} from './options.ts'
export { StartError } from './start-error.ts'
