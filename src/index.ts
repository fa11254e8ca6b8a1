/** What the package offers to programs. */
export { NativeModuleError, type NativeModuleProblem } from './addon/load.ts'
export type { HostPort } from './base/endpoint.ts'
export { Broker } from './broker/broker.ts'
export type { BrokerOptions } from './broker/options.ts'
export { StartError } from './broker/start-error.ts'
export type { DataPlaneStatistics } from './storage/data-plane.ts'
export { StorageError } from './storage/log-store.ts'
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './telemetry/logger.ts'
