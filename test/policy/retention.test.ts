import { describe, expect, it } from 'vitest'
import {
  planRetention,
  type RetainedLog,
  type RetentionSettings,
} from '../../src/policy/retention.ts'

const nowMs = 10_000

/** Segments of ten records and 100 bytes with these largest timestamps, the last one active. */
function logOf(timestamps: readonly number[], change: Partial<RetainedLog> = {}): RetainedLog {
  const segments = timestamps.map((largestTimestamp, i) => ({
    baseOffset: 10 * i,
    nextOffset: 10 * i + 10,
    sizeBytes: 100,
    largestTimestamp,
    active: i === timestamps.length - 1,
  }))
  return { logStartOffset: 0, highWatermark: 10 * timestamps.length, segments, ...change }
}

function settings(change: Partial<RetentionSettings>): RetentionSettings {
  return { deleted: true, retentionMs: Infinity, retentionBytes: Infinity, ...change }
}

describe('by time', () => {
  it('goes what is older than the limit, up to the first that is not', () => {
    const log = logOf([1000, 5000, 1000, 9999])
    expect(planRetention(log, settings({ retentionMs: 5000 }), nowMs)).toEqual({
      logStartOffset: 10,
      roll: false,
      belowLogStart: 0,
      beyondBytes: 0,
      beyondMs: 1,
      bytes: 100,
    })
    // Of exactly that age it stays.
    expect(planRetention(log, settings({ retentionMs: 4999 }), nowMs)?.logStartOffset).toBe(30)
    expect(planRetention(log, settings({ retentionMs: 9000 }), nowMs)).toBeUndefined()
  })

  it('stays what lies ahead, with all behind it', () => {
    const log = logOf([20_000, 1, 1])
    expect(planRetention(log, settings({ retentionMs: 0 }), nowMs)).toBeUndefined()
  })

  it('goes the active segment too, which is sealed first', () => {
    const plan = planRetention(logOf([1, 2]), settings({ retentionMs: 5000 }), nowMs)
    expect(plan).toMatchObject({ logStartOffset: 20, roll: true, beyondMs: 2, bytes: 200 })
  })
})

describe('by size', () => {
  it('stays at least as much as the limit', () => {
    const log = logOf([9999, 9999, 9999, 9999])
    const startWith = (retentionBytes: number) =>
      planRetention(log, settings({ retentionBytes }), nowMs)?.logStartOffset
    expect(startWith(400)).toBeUndefined()
    expect(startWith(301)).toBeUndefined()
    expect(startWith(300)).toBe(10)
    expect(startWith(101)).toBe(20)
    expect(startWith(0)).toBe(40)
  })

  it('counts what went below the log start no more', () => {
    const log = logOf([9999, 9999, 9999], { logStartOffset: 10 })
    const plan = planRetention(log, settings({ retentionBytes: 200 }), nowMs)
    expect(plan).toMatchObject({ logStartOffset: 10, belowLogStart: 1, beyondBytes: 0 })
  })

  it('goes before time is asked', () => {
    const log = logOf([20_000, 1, 9999])
    const plan = planRetention(log, settings({ retentionBytes: 200, retentionMs: 5000 }), nowMs)
    expect(plan).toMatchObject({ logStartOffset: 20, beyondBytes: 1, beyondMs: 1 })
  })
})

describe('whatever the limits', () => {
  const nothingStays = { retentionMs: 0, retentionBytes: 0 }

  it('stays what reaches above the high watermark', () => {
    const log = logOf([1, 2, 3], { highWatermark: 19 })
    expect(planRetention(log, settings(nothingStays), nowMs)?.logStartOffset).toBe(10)
  })

  it('stays an empty active segment', () => {
    const log = logOf([1])
    const segments = log.segments.map((one) => ({ ...one, nextOffset: 0, sizeBytes: 0 }))
    expect(planRetention({ ...log, segments }, settings(nothingStays), nowMs)).toBeUndefined()
  })

  it('goes without the policy `delete` only what lies below the log start', () => {
    const log = logOf([1, 2, 3], { logStartOffset: 15 })
    const kept = settings({ ...nothingStays, deleted: false })
    expect(planRetention(log, kept, nowMs)).toEqual({
      logStartOffset: 15,
      roll: false,
      belowLogStart: 1,
      beyondBytes: 0,
      beyondMs: 0,
      bytes: 100,
    })
  })
})
