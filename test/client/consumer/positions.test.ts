import { describe, expect, it } from 'vitest'
import type { OffsetReset } from '../../../src/client/consumer/offset-reset.ts'
import {
  lagOf,
  type PartitionPosition,
  Positions,
  timestampFor,
} from '../../../src/client/consumer/positions.ts'
import { keyOf } from '../../../src/client/topic-partition.ts'

const a0 = { topic: 'a', partition: 0 }
const a1 = { topic: 'a', partition: 1 }

let positions: Positions

function begin(reset: OffsetReset = 'earliest', ...partitions: (typeof a0)[]): PartitionPosition {
  positions = new Positions(reset)
  positions.assign(partitions.length > 0 ? partitions : [a0])
  return found(a0)
}

function found(partition: typeof a0): PartitionPosition {
  const position = positions.get(partition)
  if (position === undefined) throw new Error(`${keyOf(partition)} is not assigned`)
  return position
}

/** A partition that was read up to `offset` under `leaderEpoch`. */
function readTo(offset: number, leaderEpoch: number, reset: OffsetReset = 'earliest') {
  const one = begin(reset)
  positions.committed(one, one.version, { offset, leaderEpoch })
  positions.leaderChanged(one, leaderEpoch)
  if (one.state === 'validating') {
    positions.validated(one, one, { offset: offset + 1, leaderEpoch })
  }
  expect(one.state).toBe('ready')
  return one
}

describe('a new partition', () => {
  it('asks for the committed offset, and goes on there', () => {
    const one = begin()
    expect(positions.waitingFor('uncommitted', 0)).toEqual([one])
    expect(positions.fetchable()).toEqual([])
    expect(positions.committed(one, one.version, { offset: 7, leaderEpoch: 2 })).toBe(null)
    expect(one).toMatchObject({ state: 'ready', position: 7, fetchOffset: 7, processed: 7 })
    expect(positions.fetchable()).toEqual([one])
  })

  it('is reset where nothing is committed', () => {
    const one = begin({ durationMs: 100 })
    positions.committed(one, one.version, null)
    expect(positions.waitingFor('resetting', 0)).toEqual([one])
    expect(timestampFor(one, 1_000)).toBe(900)
    positions.resetTo(one, one.version, { offset: 3, leaderEpoch: 1 })
    expect(one).toMatchObject({ state: 'ready', position: 3, positionEpoch: -1, leaderEpoch: 1 })
  })

  it('is an error where nothing is committed and no reset wanted', () => {
    const one = begin('none')
    expect(positions.committed(one, one.version, null)?.kind).toBe('no-offset')
  })

  it('asks again later after a failure, and not before', () => {
    const one = begin()
    positions.retryAt(one, one.version, 500)
    expect(positions.waitingFor('uncommitted', 499)).toEqual([])
    expect(positions.nextRetryMs(499)).toBe(500)
    expect(positions.waitingFor('uncommitted', 500)).toEqual([one])
    expect(positions.nextRetryMs(500)).toBe(Infinity)
  })
})

describe('an assignment', () => {
  it('keeps what stays and begins what comes', () => {
    const one = readTo(9, 1)
    one.isPaused = true
    positions.assign([a1, a0])
    expect(found(a0)).toBe(one)
    expect(found(a0).isPaused).toBe(true)
    expect(found(a1).state).toBe('uncommitted')
    positions.assign([a1])
    expect(positions.get(a0)).toBe(undefined)
    expect(positions.size).toBe(1)
    positions.assign([a0])
    expect(found(a0)).toMatchObject({ state: 'uncommitted', isPaused: false })
  })
})

describe('seek', () => {
  it('makes answers to what was asked before void', () => {
    const one = begin()
    const { version } = one
    positions.seek(one, { offset: 5, leaderEpoch: -1 })
    positions.committed(one, version, { offset: 99, leaderEpoch: -1 })
    expect(one.position).toBe(5)
    positions.requestReset(one, 'latest')
    const asked = one.version
    positions.seek(one, { offset: 6, leaderEpoch: -1 })
    positions.resetTo(one, asked, { offset: 99, leaderEpoch: 0 })
    expect(one.position).toBe(6)
    positions.outOfRange(one, asked)
    expect(one.state).toBe('ready')
  })

  it('leaves a preferred replica', () => {
    const one = readTo(5, 1)
    one.preferredReplica = 3
    positions.seek(one, { offset: 1, leaderEpoch: -1 })
    expect(one.preferredReplica).toBe(-1)
  })
})

describe('an offset that is not there', () => {
  it('is reset as configured', () => {
    const one = readTo(5, 1, 'latest')
    expect(positions.outOfRange(one, one.version)).toBe(null)
    expect(one).toMatchObject({ state: 'resetting', reset: 'latest' })
  })

  it('is an error without a reset', () => {
    const one = readTo(5, 1, 'none')
    expect(positions.outOfRange(one, one.version)).toMatchObject({
      kind: 'out-of-range',
      offset: 5,
    })
  })
})

describe('a new leader', () => {
  it('has to show that its log agrees', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 4)
    expect(positions.waitingFor('validating', 0)).toEqual([one])
    expect(positions.fetchable()).toEqual([])
    positions.validated(one, one, { offset: 12, leaderEpoch: 3 })
    expect(one).toMatchObject({ state: 'ready', fetchOffset: 10, leaderEpoch: 4 })
  })

  it('that is known already changes nothing', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 3)
    positions.leaderChanged(one, 2)
    expect(one.state).toBe('ready')
  })

  it('need not show anything of a position without epoch', () => {
    const one = begin()
    positions.seek(one, { offset: 5, leaderEpoch: -1 })
    positions.leaderChanged(one, 4)
    expect(one).toMatchObject({ state: 'ready', leaderEpoch: 4 })
  })

  it('whose log ends earlier takes the position back', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 4)
    expect(positions.validated(one, one, { offset: 6, leaderEpoch: 2 })).toBe(null)
    expect(one).toMatchObject({ state: 'ready', position: 6, fetchOffset: 6, fetchEpoch: 2 })
  })

  it('that does not know the epoch makes a reset', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 4)
    positions.validated(one, one, { offset: -1, leaderEpoch: -1 })
    expect(one.state).toBe('resetting')
  })

  it.each([[6], [-1]])('with a log that ends at %i is an error without a reset', (offset) => {
    const one = readTo(10, 3, 'none')
    positions.leaderChanged(one, 4)
    const loss = positions.validated(one, one, { offset, leaderEpoch: 2 })
    const divergesAt = offset === -1 ? null : offset
    expect(loss).toMatchObject({ kind: 'truncated', offset: 10, divergesAt })
  })

  it('after another one starts the validation anew', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 4)
    positions.retryAt(one, one.version, 1_000)
    positions.leaderChanged(one, 5)
    expect(positions.waitingFor('validating', 0)).toEqual([one])
  })
})

describe('a leader that is none any more', () => {
  it('says nothing of the position', () => {
    const one = readTo(10, 3)
    positions.leaderChanged(one, 4)
    const asked = { version: one.version, leaderEpoch: one.leaderEpoch }
    positions.leaderChanged(one, 5)
    expect(positions.validated(one, asked, { offset: 12, leaderEpoch: 3 })).toBe(null)
    expect(one.state).toBe('validating')
    positions.validated(one, one, { offset: 12, leaderEpoch: 3 })
    expect(one.state).toBe('ready')
  })
})

describe('pausing', () => {
  it('takes a partition from what is fetched', () => {
    const one = readTo(1, 1)
    one.isPaused = true
    expect(positions.fetchable()).toEqual([])
    one.isPaused = false
    expect(positions.fetchable()).toEqual([one])
  })
})

describe('the lag', () => {
  it('is what is left to the end that may be read', () => {
    const one = readTo(10, 1)
    expect(lagOf(one, false)).toBe(null)
    one.highWatermark = 25
    one.lastStableOffset = 20
    expect([lagOf(one, false), lagOf(one, true)]).toEqual([15, 10])
    one.position = 30
    expect(lagOf(one, false)).toBe(0)
  })

  it('is not known before the position is', () => {
    const one = begin()
    one.highWatermark = 5
    expect(lagOf(one, false)).toBe(null)
  })
})
