/** The embedded log and queue: `Store`, `Log` and `Queue`. */
export {
  type Deserializer,
  deserializers,
  type Serializer,
  serializers,
} from '../record/serializer.ts'
export { Log } from './log.ts'
export { LogError, type LogErrorCode } from './log-error.ts'
export type { LogBatches, LogRecords } from './log-iterators.ts'
export { LogReader } from './log-reader.ts'
export type { LogBatch, LogRecord, NewRecord } from './log-record.ts'
export type {
  AppendOptions,
  Compression,
  LogOptions,
  ReaderOptions,
  ReadOptions,
  SingleLogOptions,
  StoreOptions,
} from './options.ts'
export type { Durability } from './partition-writer.ts'
export { Queue, type QueueStatistics } from './queue.ts'
export type { ConsumerStatistics } from './queue-consumer.ts'
export type { Message } from './queue-message.ts'
export type {
  NewMessage,
  ProcessOptions,
  PutOptions,
  PutResult,
  QueueOptions,
  SingleQueueOptions,
  TakeOptions,
} from './queue-options.ts'
export type { MessageHandler } from './queue-processing.ts'
export type { SharedLog } from './shared-topic.ts'
export { Store } from './store.ts'
