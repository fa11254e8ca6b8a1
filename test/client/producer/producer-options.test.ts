import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/client/error.ts'
import {
  checkProducerOptions,
  type ProducerOptions,
} from '../../../src/client/producer/producer-options.ts'

function check(options: Partial<ProducerOptions>) {
  return checkProducerOptions({ bootstrapServers: 'localhost:9092', ...options }).settings
}

describe('checkProducerOptions', () => {
  it('has defaults that are safe', () => {
    expect(check({})).toMatchObject({
      acks: -1,
      idempotence: true,
      maxInFlight: 5,
      deliveryTimeoutMs: 120_000,
      compression: 'none',
      lingerMs: 0,
    })
  })

  it('gives up idempotence where other options rule it out and nobody asked for it', () => {
    expect(check({ acks: 1 })).toMatchObject({ acks: 1, idempotence: false })
    expect(check({ acks: 0 })).toMatchObject({ acks: 0, idempotence: false })
    expect(check({ retries: 0 }).idempotence).toBe(false)
    expect(check({ enableIdempotence: false, maxInFlight: 50 }).idempotence).toBe(false)
  })

  it('raises the delivery timeout to what a linger and a request take', () => {
    expect(check({ requestTimeoutMs: 200_000, lingerMs: 5 }).deliveryTimeoutMs).toBe(200_005)
    expect(check({ deliveryTimeoutMs: 40_000 }).deliveryTimeoutMs).toBe(40_000)
  })

  it.each([
    [{ enableIdempotence: true, acks: 1 } as const, /needs acks 'all'/],
    [{ enableIdempotence: true, retries: 0 }, /retries above 0/],
    [{ maxInFlight: 6 }, /maxInFlight is 6; idempotence allows 5 at most: lower it/],
    [{ deliveryTimeoutMs: 100 }, /lingerMs and requestTimeoutMs \(30000\) at least/],
    [{ compressionType: 'gzip', compressionLevel: 0 } as const, /gzip has no level 0; it has 1/],
    [{ compressionType: 'lz4', compressionLevel: 3 } as const, /lz4 has no level 3; it has none/],
    [{ compressionType: 'brotli' as 'gzip' }, /compressionType' is 'brotli'/],
    [{ partitioner: 'random' as 'sticky' }, /'sticky', 'round-robin' or a function/],
    [{ acks: 2 as 1 }, /'acks' is 2/],
    [{ batchSize: 0 }, /'batchSize' is 0/],
    [{ keySerializer: 'string' as never }, /a function/],
    [{ lingerMS: 5 } as never, /no option 'lingerMS'.*lingerMs/],
  ])('refuses %j', (options, message) => {
    expect(() => check(options)).toThrow(ConfigError)
    expect(() => check(options)).toThrow(message)
  })
})
