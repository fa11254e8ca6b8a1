/** What the package offers to programs. */
export { NativeModuleError, type NativeModuleProblem } from './addon/index.ts'
export { type DataPlaneStatistics, StorageError } from './storage/index.ts'
export {
  createLogger,
  type LogFields,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './telemetry/index.ts'
