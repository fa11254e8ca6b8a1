/** What a component needs to tell the operator something, and to count. */
export {
  type LatencyCounts,
  LatencyHistogram,
  latencyBucketEndUs,
  latencyBuckets,
  latencyCount,
  latencyQuantileUs,
} from './latency-histogram.ts'
export {
  createLogger,
  type LogFields,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts'
