/** What the package offers to programs. */
export { NativeModuleError, type NativeModuleProblem } from './addon/index.ts'
export {
  type AppendOptions,
  type Compression,
  type Deserializer,
  type Durability,
  deserializers,
  Log,
  type LogBatch,
  type LogBatches,
  LogError,
  type LogErrorCode,
  type LogOptions,
  type LogReader,
  type LogRecord,
  type NewRecord,
  type ReadOptions,
  type Serializer,
  type SingleLogOptions,
  Store,
  type StoreOptions,
  serializers,
} from './queue/index.ts'
export { type DataPlaneStatistics, StorageError } from './storage/index.ts'
export {
  createLogger,
  type LogFields,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './telemetry/index.ts'
