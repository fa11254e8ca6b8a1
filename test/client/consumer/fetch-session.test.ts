import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FetchSession,
  type SessionRequest,
  type WantedPartition,
} from '../../../src/client/consumer/fetch-session.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'

function wanted(
  name: string,
  fetchOffset = 0,
  over: Partial<WantedPartition> = {},
): WantedPartition {
  const topic = name[0] ?? ''
  return {
    topic,
    partition: Number(name.slice(1)),
    topicId: `id-${topic}`,
    fetchOffset,
    currentLeaderEpoch: 1,
    partitionMaxBytes: 1024,
    ...over,
  }
}

function named(request: SessionRequest): string {
  const of = request.topics.map(({ topic, partitions }) =>
    partitions.map(({ partition, fetchOffset }) => `${topic}${partition}@${fetchOffset}`).join(' '),
  )
  return of.join(' ')
}

function forgotten(request: SessionRequest): string {
  const { forgottenTopicsData } = request
  return forgottenTopicsData
    .flatMap(({ topicId, partitions }) => partitions.map((partition) => `${topicId}:${partition}`))
    .join(' ')
}

/** A session that the broker opened as number 5 for these partitions. */
function opened(...partitions: WantedPartition[]): FetchSession {
  const session = new FetchSession()
  expect(session.request(partitions)).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
  session.answered(5)
  return session
}

describe('a session', () => {
  it('begins with everything', () => {
    const session = new FetchSession()
    const request = session.request([wanted('a0', 3), wanted('b1', 4), wanted('a2', 5)])
    expect(named(request)).toBe('a0@3 a2@5 b1@4')
    expect(forgotten(request)).toBe('')
    expect(session.isOpen).toBe(false)
  })

  it('goes on with what changed', () => {
    const session = opened(wanted('a0'), wanted('a1'))
    expect(session.isOpen).toBe(true)
    const request = session.request([wanted('a0'), wanted('a1', 9)])
    expect(request).toMatchObject({ sessionId: 5, sessionEpoch: 1 })
    expect(named(request)).toBe('a1@9')
    session.answered(5)
    const idle = session.request([wanted('a0'), wanted('a1', 9)])
    expect([named(idle), idle.sessionEpoch]).toEqual(['', 2])
  })

  it.each([
    ['leader epoch', { currentLeaderEpoch: 2 }],
    ['size', { partitionMaxBytes: 1 }],
  ])('tells of another %s', (_, over) => {
    const session = opened(wanted('a0'), wanted('a1'))
    expect(named(session.request([wanted('a0'), wanted('a1', 0, over)]))).toBe('a1@0')
  })

  it('forgets what is not wanted any more, and may want it again', () => {
    const session = opened(wanted('a0'), wanted('b0'))
    const request = session.request([wanted('a0')])
    expect([named(request), forgotten(request)]).toEqual(['', 'id-b:0'])
    session.answered(5)
    const again = session.request([wanted('a0'), wanted('b0')])
    expect([named(again), forgotten(again)]).toEqual(['b0@0', ''])
  })

  it('replaces a topic that was made anew', () => {
    const session = opened(wanted('a0'))
    const request = session.request([wanted('a0', 0, { topicId: 'other' })])
    expect([named(request), forgotten(request)]).toEqual(['a0@0', 'id-a:0'])
    expect(request.topics[0]?.topicId).toBe('other')
  })

  it('begins anew, without the old one, when the broker has lost it', () => {
    const session = opened(wanted('a0'))
    session.request([wanted('a0')])
    session.refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
    const request = session.request([wanted('a0')])
    expect(request).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    expect(named(request)).toBe('a0@0')
  })

  it.each([
    ErrorCode.INVALID_FETCH_SESSION_EPOCH,
    ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
    ErrorCode.UNKNOWN_TOPIC_ID,
  ])('closes the old one and begins anew on error %i', (code) => {
    const session = opened(wanted('a0'), wanted('a1'))
    session.request([wanted('a0')])
    session.refused(code)
    const request = session.request([wanted('a0')])
    expect(request).toMatchObject({ sessionId: 5, sessionEpoch: 0 })
    expect([named(request), forgotten(request)]).toEqual(['a0@0', ''])
  })

  it('does the same when an answer never came', () => {
    const session = opened(wanted('a0'))
    session.request([wanted('a0', 1)])
    session.failed()
    expect(session.request([wanted('a0', 1)])).toMatchObject({ sessionId: 5, sessionEpoch: 0 })
  })

  it('stays without one where the broker keeps none', () => {
    const session = new FetchSession()
    for (const offset of [1, 2, 3]) {
      const request = session.request([wanted('a0', offset)])
      expect(request).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
      expect(named(request)).toBe(`a0@${offset}`)
      session.answered(0)
    }
  })
})

describe('a broker that keeps a session', () => {
  it('always knows exactly what is wanted', () => {
    const partition = fc.record({
      name: fc.constantFrom('a0', 'a1', 'b0', 'b1', 'c0'),
      offset: fc.nat(3),
      topicId: fc.constantFrom('x', 'y'),
    })
    const round = fc.record({
      partitions: fc.uniqueArray(partition, { selector: ({ name }) => name }),
      outcome: fc.constantFrom('answered', 'answered', 'answered', 'lost', 'refused', 'failed'),
    })
    fc.assert(
      fc.property(fc.array(round, { maxLength: 12 }), (rounds) => {
        const session = new FetchSession()
        let known = new Map<string, number>()
        for (const { partitions, outcome } of rounds) {
          const list = partitions.map(({ name, offset, topicId }) =>
            wanted(name, offset, { topicId: `${topicId}-${name[0]}` }),
          )
          const request = session.request(list)
          if (request.sessionEpoch === 0) known = new Map()
          for (const { topicId, partitions: gone } of request.forgottenTopicsData) {
            for (const one of gone) known.delete(`${topicId}:${one}`)
          }
          for (const { topicId, partitions: told } of request.topics) {
            for (const one of told) known.set(`${topicId}:${one.partition}`, one.fetchOffset)
          }
          const expected = list.map((one) => [`${one.topicId}:${one.partition}`, one.fetchOffset])
          expect([...known].sort()).toEqual(expected.sort())
          if (outcome === 'answered') session.answered(7)
          else if (outcome === 'failed') session.failed()
          else if (outcome === 'lost') session.refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
          else session.refused(ErrorCode.INVALID_FETCH_SESSION_EPOCH)
        }
      }),
    )
  })
})
