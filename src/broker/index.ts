/** A broker, started from code. */
export { Broker } from './broker.ts'
export type { BrokerHealth, BrokerObservation, DirectoryState } from './observation.ts'
export type {
  BrokerEndpoint,
  BrokerEnvironment,
  BrokerOptions,
  StoreOptions,
  TopicOptions,
} from './options.ts'
export { StartError } from './start-error.ts'
