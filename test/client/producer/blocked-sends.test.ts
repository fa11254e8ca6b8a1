import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { TimeoutError } from '../../../src/client/error.ts'
import {
  type BlockedSend,
  BlockedSends,
  failWaiting,
} from '../../../src/client/producer/blocked-sends.ts'
import { SendGroup, SingleSend } from '../../../src/client/producer/delivery.ts'
import { Outgoing } from '../../../src/client/producer/outgoing.ts'
import { topicPartitioner } from '../../../src/client/producer/partitioner/index.ts'
import { TopicBatches } from '../../../src/client/producer/topic-batches.ts'

function topic(name: string): TopicBatches {
  return new TopicBatches(name, topicPartitioner('default', seededRandom(1), 100))
}

function blocked(home: TopicBatches, value: string, deadlineMs = 100): BlockedSend {
  const record = new Outgoing(home, undefined, 1, null, value, [])
  return { record, waiting: undefined, input: 0, deadlineMs }
}

function values(sends: readonly BlockedSend[]): unknown[] {
  return sends.map(({ record }) => record.value)
}

describe('BlockedSends', () => {
  it('counts records and bytes, whatever comes and goes', () => {
    const sends = new BlockedSends()
    const home = topic('t')
    sends.add(blocked(home, 'x'.repeat(1000)))
    sends.add(blocked(home, 'y'))
    expect(sends.length).toBe(2)
    expect(sends.bytes).toBeGreaterThan(1000)
    expect(sends.has(home)).toBe(true)
    expect(values(sends.remove())).toEqual(['x'.repeat(1000), 'y'])
    expect([sends.length, sends.bytes, sends.has(home)]).toEqual([0, 0, false])
    expect(sends.deadlineMs).toBe(Infinity)
  })

  it('keeps the order of a topic, and passes over one that is not known', () => {
    const sends = new BlockedSends()
    const [unknown, known] = [topic('a'), topic('b')]
    for (const value of ['1', '2']) {
      sends.add(blocked(unknown, `a${value}`))
      sends.add(blocked(known, `b${value}`))
    }
    const taken: unknown[] = []
    sends.release(({ record }) => {
      if (record.home === unknown) return 'topic-unknown'
      taken.push(record.value)
      return 'taken'
    })
    expect(taken).toEqual(['b1', 'b2'])
    expect(values(sends.remove(known))).toEqual([])
    expect(values(sends.remove(unknown))).toEqual(['a1', 'a2'])
  })

  it('numbers the records over all topics', () => {
    const sends = new BlockedSends()
    const [a, b] = [topic('a'), topic('b')]
    expect([sends.first, sends.added]).toEqual([Infinity, 0])
    for (const home of [a, b, a]) sends.add(blocked(home, 'x'))
    expect([sends.first, sends.added]).toEqual([0, 3])
    sends.release(({ record }) => (record.home === a ? 'taken' : 'topic-unknown'))
    expect([sends.first, sends.added]).toEqual([1, 3])
  })

  it('gives topics turns where memory is short', () => {
    const sends = new BlockedSends()
    const [a, b] = [topic('a'), topic('b')]
    for (let i = 0; i < 3; i++) {
      sends.add(blocked(a, `a${i}`))
      sends.add(blocked(b, `b${i}`))
    }
    const turn = (): unknown[] => {
      const taken: unknown[] = []
      sends.release(({ record }) => {
        if (taken.length === 1) return 'no-memory'
        taken.push(record.value)
        return 'taken'
      })
      return taken
    }
    expect([turn(), turn(), turn(), turn()].flat()).toEqual(['a0', 'b0', 'a1', 'b1'])
  })

  it('gives up those whose time is over, of every topic', () => {
    const sends = new BlockedSends()
    const [a, b] = [topic('a'), topic('b')]
    sends.add(blocked(a, 'a1', 10))
    sends.add(blocked(a, 'a2', 30))
    sends.add(blocked(b, 'b1', 20))
    expect(sends.deadlineMs).toBe(10)
    expect(values(sends.expired(9))).toEqual([])
    expect(values(sends.expired(20))).toEqual(['a1', 'b1'])
    expect(sends.deadlineMs).toBe(30)
    expect(() => sends.add(blocked(a, 'a3', 5))).toThrow(/waits longer/)
  })

  it('gives up those of one topic, where only that is asked for', () => {
    const sends = new BlockedSends()
    const [a, b] = [topic('a'), topic('b')]
    for (const [home, value, deadlineMs] of [
      [a, 'a1', 10],
      [a, 'a2', 30],
      [b, 'b1', 10],
    ] as const) {
      sends.add(blocked(home, value, deadlineMs))
    }
    expect(values(sends.expired(20, a))).toEqual(['a1'])
    expect(values(sends.expired(20, a))).toEqual([])
    expect(values(sends.expired(20))).toEqual(['b1'])
    expect(values(sends.remove())).toEqual(['a2'])
  })

  it('lets thousands go in one turn, and is ready for more', () => {
    const sends = new BlockedSends()
    const home = topic('t')
    const expected = Array.from({ length: 5000 }, (_, i) => `${i}`)
    for (const value of expected) sends.add(blocked(home, value))
    const taken: unknown[] = []
    for (const bound of [2000, 4000, 5000]) {
      sends.release(({ record }) => {
        if (taken.length === bound) return 'no-memory'
        taken.push(record.value)
        return 'taken'
      })
    }
    expect(taken).toEqual(expected)
    expect(sends.length).toBe(0)
  })
})

describe('failWaiting', () => {
  it('tells a promise, a group, or nobody', () => {
    const error = new TimeoutError('late')
    const told: unknown[] = []
    failWaiting(
      new SingleSend(
        () => {},
        (reason) => told.push(reason),
      ),
      0,
      error,
    )
    const group = new SendGroup(
      1,
      () => 0,
      () => {},
      (reason) => told.push(reason.cause),
    )
    failWaiting(group, 0, error)
    failWaiting(undefined, 0, error)
    expect(told).toEqual([error, error])
  })
})
