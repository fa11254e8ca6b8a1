import { describe, expect, it } from 'vitest'
import { rdkafkaRun } from '../../../src/bench/compare/rdkafka-case.ts'

describe('rdkafkaRun', () => {
  it('takes what was delivered, not what was sent', () => {
    const output = [
      '% Sending 1000000 messages of size 1024 bytes',
      '% 563 backpressures for 1000000 produce calls: 0.056% backpressure rate',
      '% 1000000 messages produced (1024000000 bytes), 999998 delivered ' +
        '(offset 999999, 2 failed) in 3915ms: 255390 msgs/s and 261.52 MB/s, ' +
        '563 produce failures, 0 in queue, no compression',
    ].join('\n')
    expect(rdkafkaRun(output)).toEqual({ records: 999_998, recordsPerSecond: 255_390 })
  })

  it('takes what was consumed', () => {
    const output =
      '% 5000000 messages (500000000 bytes) consumed in 1658ms: 3014985 msgs/s (301.50 MB/s)\n' +
      '% Average application fetch latency: 0us\n'
    expect(rdkafkaRun(output)).toEqual({ records: 5_000_000, recordsPerSecond: 3_014_985 })
  })

  it('finds nothing where the tool gave up', () => {
    expect(rdkafkaRun('% ERROR CALLBACK: rdkafka#producer-1: all brokers are down\n')).toBe(
      undefined,
    )
  })
})
