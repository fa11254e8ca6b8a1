/** What a component needs to tell the operator something, and to count. */
export * from './latency-histogram.ts'
export * from './logger.ts'
