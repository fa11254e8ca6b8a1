/** Retention against a plain model that asks of each segment alone whether it goes. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  planRetention,
  type RetainedLog,
  type RetainedSegment,
  type RetentionSettings,
} from '../../src/policy/retention.ts'
import { naiveRetention } from './naive-retention.ts'

const nowMs = 1_000_000

const segment = fc.record({
  records: fc.integer({ min: 1, max: 20 }),
  sizeBytes: fc.integer({ min: 1, max: 1000 }),
  // Some lie ahead.
  largestTimestamp: fc.integer({ min: nowMs - 5000, max: nowMs + 500 }),
})

const log: fc.Arbitrary<RetainedLog> = fc
  .record({
    first: fc.integer({ min: 0, max: 50 }),
    segments: fc.array(segment, { minLength: 1, maxLength: 12 }),
    emptyEnd: fc.boolean(),
    start: fc.double({ min: 0, max: 1, noNaN: true }),
    committed: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ first, segments, emptyEnd, start, committed }) => {
    const list: RetainedSegment[] = []
    let at = first
    for (const { records, ...rest } of segments) {
      list.push({ ...rest, baseOffset: at, nextOffset: at + records, active: false })
      at += records
    }
    if (emptyEnd) {
      list.push({ ...list[0]!, baseOffset: at, nextOffset: at, sizeBytes: 0, active: true })
    } else {
      list.push({ ...list.pop()!, active: true })
    }
    const logStartOffset = Math.round(first + (at - first) * start)
    const highWatermark = Math.round(logStartOffset + (at - logStartOffset) * committed)
    return { logStartOffset, highWatermark, segments: list }
  })

const settings: fc.Arbitrary<RetentionSettings> = fc.record({
  deleted: fc.boolean(),
  retentionMs: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 5000 })),
  retentionBytes: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 8000 })),
})

it('deletes what a model deletes that looks at one segment at a time', () => {
  fc.assert(
    fc.property(log, settings, (one, set) => {
      const plan = planRetention(one, set, nowMs)
      const kept = naiveRetention(one, set, nowMs)
      const gone = one.segments.slice(0, one.segments.length - kept.length)
      if (gone.length === 0) {
        expect(plan).toBeUndefined()
        return
      }
      expect(plan).toMatchObject({
        logStartOffset: Math.max(one.logStartOffset, gone.at(-1)!.nextOffset),
        roll: gone.at(-1)!.active,
        bytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      })
      expect(plan!.belowLogStart + plan!.beyondBytes + plan!.beyondMs).toBe(gone.length)
    }),
    { numRuns: 2000 },
  )
})

it('never passes the high watermark, moves the start back or takes an empty active segment', () => {
  fc.assert(
    fc.property(log, settings, (one, set) => {
      const plan = planRetention(one, set, nowMs)
      if (plan === undefined) return
      expect(plan.logStartOffset).toBeLessThanOrEqual(one.highWatermark)
      expect(plan.logStartOffset).toBeGreaterThanOrEqual(one.logStartOffset)
      if (!plan.roll) return
      const active = one.segments.at(-1)!
      expect(active.sizeBytes).toBeGreaterThan(0)
      expect(plan.logStartOffset).toBe(active.nextOffset)
    }),
  )
})

it('has nothing more to do once its plan is carried out', () => {
  fc.assert(
    fc.property(log, settings, (one, set) => {
      const plan = planRetention(one, set, nowMs)
      if (plan === undefined) return
      const { logStartOffset, belowLogStart, beyondBytes, beyondMs } = plan
      const rest = one.segments.slice(belowLogStart + beyondBytes + beyondMs)
      const end = one.segments.at(-1)!.nextOffset
      const fresh = { ...one.segments[0]!, baseOffset: end, nextOffset: end, sizeBytes: 0 }
      const segments = rest.length > 0 ? rest : [{ ...fresh, active: true }]
      expect(planRetention({ ...one, logStartOffset, segments }, set, nowMs)).toBeUndefined()
    }),
  )
})
