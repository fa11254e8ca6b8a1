import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CompactedLog,
  type CompactionSegment,
  checkpointAfterTruncation,
  chooseLog,
  cleanableRange,
  deleteHorizonOf,
  groupSegments,
  isDue,
} from '../../src/policy/compaction.ts'

const now = 1_700_000_000_000

function segment(baseOffset: number, changed: Partial<CompactionSegment> = {}): CompactionSegment {
  return {
    baseOffset,
    sizeBytes: 100,
    largestTimestamp: now - 1000,
    firstBatchTimestamp: now - 2000,
    offsetIndexBytes: 8,
    timeIndexBytes: 12,
    ...changed,
  }
}

const config = {
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
}

/** Segments at 0, 10, 20 and the active one at 30; 35 records. */
function log(changed: Partial<CompactedLog> = {}): CompactedLog {
  return {
    segments: [segment(0), segment(10), segment(20), segment(30)],
    logStartOffset: 0,
    lastStableOffset: 35,
    logEndOffset: 35,
    checkpoint: undefined,
    config,
    ...changed,
  }
}

describe('the range to clean', () => {
  const bounds = (one: CompactedLog): readonly [number, number] => {
    const range = cleanableRange(one, now)
    return [range.firstDirtyOffset, range.firstUncleanableOffset]
  }

  it('begins at the log start and ends before the active segment', () => {
    expect(cleanableRange(log(), now)).toEqual({
      firstDirtyOffset: 0,
      firstUncleanableOffset: 30,
      checkpointReset: undefined,
      cleanBytes: 0,
      cleanableBytes: 300,
      dirtyRatio: 1,
      overdueMs: 0,
    })
  })

  it('begins at the checkpoint', () => {
    expect(cleanableRange(log({ checkpoint: 20 }), now)).toMatchObject({
      firstDirtyOffset: 20,
      cleanBytes: 200,
      cleanableBytes: 100,
      dirtyRatio: 1 / 3,
    })
  })

  it('counts the segment in which the checkpoint lies as clean and as dirty', () => {
    expect(cleanableRange(log({ checkpoint: 15 }), now)).toMatchObject({
      cleanBytes: 200,
      cleanableBytes: 200,
      dirtyRatio: 0.5,
    })
  })

  it('begins anew where the checkpoint lies below the log start', () => {
    const range = cleanableRange(log({ checkpoint: 3, logStartOffset: 10 }), now)
    expect(range).toMatchObject({ firstDirtyOffset: 10, checkpointReset: 'below-log-start' })
  })

  it('begins anew where the log lost the end that was cleaned', () => {
    const range = cleanableRange(log({ checkpoint: 36 }), now)
    expect(range).toMatchObject({ firstDirtyOffset: 0, checkpointReset: 'beyond-log-end' })
    expect(cleanableRange(log({ checkpoint: 35 }), now).checkpointReset).toBeUndefined()
  })

  it('ends before the segment of the last stable offset', () => {
    expect(bounds(log({ lastStableOffset: 19 }))).toEqual([0, 10])
    expect(bounds(log({ lastStableOffset: 20 }))).toEqual([0, 20])
    expect(bounds(log({ lastStableOffset: 4 }))).toEqual([0, 0])
  })

  it('ends before the first dirty segment that is too young', () => {
    const lag = { ...config, minCompactionLagMs: 500 }
    const segments = [
      segment(0, { largestTimestamp: now }),
      segment(10),
      segment(20, { largestTimestamp: now - 499 }),
      segment(30),
    ]
    expect(bounds(log({ segments, config: lag, checkpoint: 10 }))).toEqual([10, 20])
    expect(bounds(log({ segments, config: lag }))).toEqual([0, 0])
    const old = segments.with(2, segment(20, { largestTimestamp: now - 500 }))
    expect(bounds(log({ segments: old, config: lag, checkpoint: 10 }))).toEqual([10, 30])
  })

  it.each([31, 35])('is empty where the checkpoint %d is in the active segment', (checkpoint) => {
    const range = cleanableRange(log({ checkpoint }), now)
    expect(range).toMatchObject({
      firstDirtyOffset: checkpoint,
      cleanableBytes: 0,
      dirtyRatio: 0.0,
    })
  })

  it('is empty where there is only the active segment', () => {
    const range = cleanableRange(log({ segments: [segment(0)] }), now)
    expect(range).toMatchObject({ cleanBytes: 0, cleanableBytes: 0, dirtyRatio: 0 })
  })

  it('is overdue by what the oldest dirty batch is too old', () => {
    const late = { ...config, maxCompactionLagMs: 1500 }
    expect(cleanableRange(log({ config: late }), now).overdueMs).toBe(500)
    const times = [now - 9000, -1, 0, now - 1600]
    const segments = times.map((at, i) => segment(i * 10, { firstBatchTimestamp: at }))
    segments.push(segment(40, { firstBatchTimestamp: now - 8000 }))
    const one = log({ segments, config: late, checkpoint: 10, logEndOffset: 45 })
    expect(cleanableRange(one, now).overdueMs).toBe(100)
  })

  it('never reaches what may not be cleaned, whatever the log is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }),
        fc.nat(150),
        fc.nat(150),
        fc.option(fc.nat(200), { nil: undefined }),
        fc.nat(2000),
        (gaps, stable, start, checkpoint, minCompactionLagMs) => {
          const bases = gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap + 1))
          const base = bases.at(-1)!
          const segments = gaps.map((gap, i) =>
            segment(bases[i]!, { largestTimestamp: now - 2000 + i * 200, sizeBytes: gap }),
          )
          const one = log({
            segments,
            lastStableOffset: stable,
            logEndOffset: base + 5,
            logStartOffset: Math.min(start, base + 5),
            checkpoint,
            config: { ...config, minCompactionLagMs },
          })
          const range = cleanableRange(one, now)
          expect(range.dirtyRatio).toBeLessThanOrEqual(1)
          if (range.cleanableBytes === 0) return
          expect(range.firstUncleanableOffset).toBeGreaterThan(range.firstDirtyOffset)
          expect(range.firstUncleanableOffset).toBeLessThanOrEqual(base)
          expect(range.firstUncleanableOffset).toBeLessThanOrEqual(stable)
          const dirty = segments.filter((each, i) => {
            const end = segments[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY
            return end > range.firstDirtyOffset && each.baseOffset < range.firstUncleanableOffset
          })
          for (const each of dirty) {
            if (minCompactionLagMs === 0) continue
            expect(each.largestTimestamp).toBeLessThanOrEqual(now - minCompactionLagMs)
          }
          expect(range.cleanableBytes).toBe(dirty.reduce((sum, each) => sum + each.sizeBytes, 0))
        },
      ),
    )
  })
})

describe('a log is due', () => {
  const range = cleanableRange(log(), now)

  it('when it is dirtier than its topic allows', () => {
    expect(isDue({ ...range, dirtyRatio: 0.5 }, config)).toBe(false)
    expect(isDue({ ...range, dirtyRatio: 0.51 }, config)).toBe(true)
  })

  it('when it is overdue, if there is anything to clean', () => {
    expect(isDue({ ...range, dirtyRatio: 0.1, overdueMs: 1 }, config)).toBe(true)
    expect(isDue({ ...range, cleanableBytes: 0, dirtyRatio: 0, overdueMs: 1 }, config)).toBe(false)
  })

  it('and the dirtiest goes first', () => {
    const candidates = [0.6, 0.9, 0.9, 0.4].map((dirtyRatio, name) => ({
      log: { name, config },
      range: { ...range, dirtyRatio },
    }))
    expect(chooseLog(candidates)?.log.name).toBe(1)
    expect(chooseLog(candidates.slice(3))).toBeUndefined()
    expect(chooseLog([])).toBeUndefined()
  })
})

describe('what surrounds a cleaning', () => {
  it('takes the checkpoint back with the log', () => {
    expect(checkpointAfterTruncation(20, 15)).toBe(15)
    expect(checkpointAfterTruncation(20, 25)).toBe(20)
  })

  it('sets a horizon that a batch can hold', () => {
    expect(deleteHorizonOf(now, 1000)).toBe(now + 1000)
    expect(deleteHorizonOf(now, Number.POSITIVE_INFINITY)).toBe(Number.MAX_SAFE_INTEGER)
    expect(deleteHorizonOf(now, 2 ** 63)).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('segments become one', () => {
  const limits = { segmentBytes: 250, segmentIndexBytes: 100, firstUncleanableOffset: 100 }
  const bases = (
    segments: readonly CompactionSegment[],
    changed: Partial<typeof limits> = {},
  ): readonly (readonly number[])[] =>
    groupSegments(segments, { ...limits, ...changed }).map((group) =>
      group.map((one) => one.baseOffset),
    )

  it('while their bytes fit', () => {
    const segments = [0, 10, 20, 30, 40].map((base) => segment(base))
    expect(bases(segments)).toEqual([[0, 10], [20, 30], [40]])
    expect(bases(segments, { segmentBytes: 300 })).toEqual([
      [0, 10, 20],
      [30, 40],
    ])
  })

  it('while their indexes fit', () => {
    const segments = [0, 10, 20].map((base) => segment(base, { sizeBytes: 1 }))
    expect(bases(segments, { segmentIndexBytes: 24 })).toEqual([[0, 10], [20]])
    const sparse = segments.map((one) => ({ ...one, timeIndexBytes: 0 }))
    expect(bases(sparse, { segmentIndexBytes: 23 })).toEqual([[0, 10], [20]])
    expect(bases(sparse, { segmentIndexBytes: 24 })).toEqual([[0, 10, 20]])
  })

  it('one that is too large alone stays alone', () => {
    const segments = [segment(0), segment(10, { sizeBytes: 999 }), segment(20)]
    expect(bases(segments)).toEqual([[0], [10], [20]])
    expect(bases([])).toEqual([])
  })

  it('while their offsets fit the index', () => {
    const span = 2 ** 31
    const segments = [segment(5, { sizeBytes: 1 }), segment(10, { sizeBytes: 1 })]
    expect(bases(segments, { firstUncleanableOffset: 5 + span })).toEqual([[5, 10]])
    expect(bases(segments, { firstUncleanableOffset: 6 + span })).toEqual([[5], [10]])
    const empty = [segment(5), segment(10, { sizeBytes: 0 }), segment(6 + span)]
    expect(bases(empty, { firstUncleanableOffset: 9 + span })).toEqual([[5, 10], [6 + span]])
  })

  it('each once and in order, within the limits, as few as neighbours allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(120), { maxLength: 20 }),
        fc.integer({ min: 1, max: 300 }),
        (sizes, segmentBytes) => {
          const segments = sizes.map((sizeBytes, i) => segment(i * 10, { sizeBytes }))
          const groups = groupSegments(segments, {
            ...limits,
            segmentIndexBytes: 1e9,
            segmentBytes,
          })
          const size = (group: readonly CompactionSegment[]): number =>
            group.reduce((sum, one) => sum + one.sizeBytes, 0)
          expect(groups.flat()).toEqual(segments)
          groups.forEach((group, i) => {
            if (group.length > 1) expect(size(group)).toBeLessThanOrEqual(segmentBytes)
            const next = groups[i + 1]?.[0]
            if (next) expect(size(group) + next.sizeBytes).toBeGreaterThan(segmentBytes)
          })
        },
      ),
    )
  })
})
