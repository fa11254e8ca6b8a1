import { describe, expect, it } from 'vitest'
import { consumedPerSecond, producedPerSecond } from '../../../bench/client/java-tools.ts'

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

describe('consumedPerSecond', () => {
  const line = (ms: string, records: number): string =>
    `2026-11-22T06:34:3${ms}, 0, 9.6100, 28.1, ${records}, 295104.0, 0, 250, 28.1433, 295104.0000`

  it('leaves out the first third', () => {
    const lines = [line('4.000', 1), line('5.000', 99), line('6.000', 500), line('8.500', 1500)]
    expect(consumedPerSecond(lines.join('\n'))).toBe(400)
  })

  it('is NaN of too few lines', () => {
    expect(consumedPerSecond('')).toBeNaN()
    expect(consumedPerSecond('WARN nothing\n')).toBeNaN()
    expect(consumedPerSecond(line('4.000', 100))).toBeNaN()
  })
})
