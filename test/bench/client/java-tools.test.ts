import { describe, expect, it } from 'vitest'
import { producedPerSecond } from '../../../bench/client/java-tools.ts'

describe('producedPerSecond', () => {
  it('takes what was sent behind the warm-up', () => {
    const output = [
      'Warmup first 500000 records. Steady state results will print after the summary.',
      '153658 records sent, 307316.0 records/sec (29.31 MB/sec), 1.3 ms avg latency.',
      'In steady state.',
      '2000000 records sent, 176273.576591 records/sec (16.81 MB/sec), 718.40 ms avg latency.',
      '1500000 steady state records sent, 188465.887674 records/sec (17.97 MB/sec), 675 ms.',
    ].join('\n')
    expect(producedPerSecond(output)).toBe(188465.887674)
  })

  it('is NaN where the tool failed', () => {
    expect(producedPerSecond('org.apache.kafka.common.KafkaException: no\n')).toBeNaN()
  })
})
