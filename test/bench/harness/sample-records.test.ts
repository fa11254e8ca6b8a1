import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jsonLines } from '../../../bench/harness/sample-records.ts'

describe('jsonLines', () => {
  it('is so many bytes, the same at each call', () => {
    expect(jsonLines(10_000)).toHaveLength(10_000)
    expect(jsonLines(10_000)).toEqual(jsonLines(20_000).subarray(0, 10_000))
  })

  it('compresses as records do, neither to nothing nor hardly', () => {
    const share = gzipSync(jsonLines(16_384)).length / 16_384
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.6)
  })
})
