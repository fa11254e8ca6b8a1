/** What holds of every assignment, whatever the group looks like. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  AssignableMember,
  AssignmentRequest,
  Assignor,
  MemberAssignment,
} from '../../../../src/client/consumer/assignor/assignor.ts'
import { rangeAssignor } from '../../../../src/client/consumer/assignor/range.ts'
import { roundRobinAssignor } from '../../../../src/client/consumer/assignor/round-robin.ts'
import {
  cooperativeStickyAssignor,
  stickyAssignor,
} from '../../../../src/client/consumer/assignor/sticky.ts'
import { keyOf } from '../../../../src/client/topic-partition.ts'

const names = ['orders', 'payments', 'refunds', 'visits']
const rack = fc.constantFrom('east', 'north', 'west')

const topicsArbitrary = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })
  .chain((topics) => {
    const partitions = fc.array(fc.uniqueArray(rack, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 12,
    })
    return fc.tuple(...topics.map((topic) => fc.tuple(fc.constant(topic), partitions)))
  })

const memberArbitrary = fc.record({
  topics: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
  groupInstanceId: fc.option(fc.string({ minLength: 1 })),
  rackId: fc.option(rack),
})

/** The same group without racks: with them, what lies out of its reader's rack may move. */
function withoutRacks(request: AssignmentRequest): AssignmentRequest {
  return { ...request, members: request.members.map((member) => ({ ...member, rackId: null })) }
}

/** A group, all of whose members want every topic when `equal`. */
function groupArbitrary(equal: boolean): fc.Arbitrary<AssignmentRequest> {
  const members = fc.array(memberArbitrary, { minLength: 1, maxLength: 9 })
  return fc.tuple(topicsArbitrary, members).map(([topics, drafts]) => {
    const all = topics.map(([topic]) => topic)
    const list = drafts.map((draft, i) => ({
      ...draft,
      topics: equal ? all : draft.topics,
      memberId: `m${i}`,
      ownedPartitions: [],
      generationId: -1,
      userData: null,
    }))
    const wanted = new Set(list.flatMap((member) => member.topics))
    return { topics: new Map(topics.filter(([topic]) => wanted.has(topic))), members: list }
  })
}

const makers: readonly (() => Assignor)[] = [
  rangeAssignor,
  roundRobinAssignor,
  stickyAssignor,
  cooperativeStickyAssignor,
]

function partitionsIn(request: AssignmentRequest): string[] {
  return [...request.topics].flatMap(([topic, of]) => of.map((_, i) => `${topic}-${i}`)).sort()
}

function assignedIn(result: ReadonlyMap<string, MemberAssignment>): string[] {
  return [...result.values()].flatMap(({ partitions }) => partitions.map(keyOf)).sort()
}

/** Members as they come back with what they got, each having told its own assignor. */
function rejoined(
  request: AssignmentRequest,
  result: ReadonlyMap<string, MemberAssignment>,
  make: () => Assignor,
  generationId: number,
): AssignableMember[] {
  return request.members.map((member) => {
    const assignor = make()
    const assignment = result.get(member.memberId) ?? { partitions: [] }
    assignor.onAssignment?.(assignment, generationId)
    return {
      ...member,
      ownedPartitions: assignor.protocols.includes('cooperative') ? assignment.partitions : [],
      generationId,
      userData: assignor.subscriptionUserData?.(member.topics) ?? null,
    }
  })
}

/** Partitions that a member had before and has no more, although it is still there. */
function taken(
  before: ReadonlyMap<string, MemberAssignment>,
  after: ReadonlyMap<string, MemberAssignment>,
): string[] {
  return [...after].flatMap(([memberId, { partitions }]) => {
    const still = new Set(partitions.map(keyOf))
    const had = before.get(memberId)?.partitions.map(keyOf) ?? []
    return had.filter((key) => !still.has(key))
  })
}

describe.each(makers)('%o', (make) => {
  it('assigns every partition exactly once, to a member that wants it', () => {
    fc.assert(
      fc.property(groupArbitrary(false), (request) => {
        const result = make().assign(request)
        expect(assignedIn(result)).toEqual(partitionsIn(request))
        for (const { memberId, topics } of request.members) {
          const got = result.get(memberId)?.partitions ?? []
          expect(got.filter(({ topic }) => !topics.includes(topic))).toEqual([])
        }
      }),
    )
  })

  it('does not depend on the order of members and topics', () => {
    fc.assert(
      fc.property(groupArbitrary(false), (request) => {
        const turned = {
          topics: new Map([...request.topics].reverse()),
          members: [...request.members].reverse(),
        }
        const sorted = (of: AssignmentRequest): unknown => new Map([...make().assign(of)].sort())
        const instances = request.members.map(({ groupInstanceId }) => groupInstanceId)
        // Two members of one instance cannot be: the broker fences the first.
        fc.pre(new Set(instances).size === instances.length)
        expect(sorted(turned)).toEqual(sorted(request))
      }),
    )
  })

  it('balances within one where all want the same', () => {
    fc.assert(
      fc.property(groupArbitrary(true), (request) => {
        const [...shares] = make().assign(request).values()
        const topics = make().name === 'range' ? [...request.topics.keys()] : [null]
        for (const topic of topics) {
          const sizes = shares.map(
            ({ partitions }) =>
              partitions.filter((p) => topic === null || p.topic === topic).length,
          )
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe.each([stickyAssignor, cooperativeStickyAssignor])('%o is sticky', (make) => {
  it('changes nothing when nothing changed', () => {
    fc.assert(
      fc.property(groupArbitrary(false).map(withoutRacks), (request) => {
        const first = make().assign(request)
        const second = make().assign({ ...request, members: rejoined(request, first, make, 1) })
        expect(assignedIn(second)).toEqual(partitionsIn(request))
        expect(taken(first, second)).toEqual([])
      }),
    )
  })

  it('takes nothing from those who stay when one of equals leaves', () => {
    fc.assert(
      fc.property(groupArbitrary(true).map(withoutRacks), (request) => {
        fc.pre(request.members.length > 1)
        const first = make().assign(request)
        const stay = rejoined(request, first, make, 1).slice(1)
        const second = make().assign({ ...request, members: stay })
        expect(taken(first, second)).toEqual([])
        expect(assignedIn(second)).toEqual(partitionsIn(request))
      }),
    )
  })
})

describe('cooperative-sticky', () => {
  it('gives nobody what another still holds, and everything in the end', () => {
    fc.assert(
      fc.property(groupArbitrary(true).map(withoutRacks), memberArbitrary, (request, draft) => {
        const make = cooperativeStickyAssignor
        const first = make().assign(request)
        const newcomer = {
          ...draft,
          rackId: null,
          topics: [...request.topics.keys()],
          memberId: 'n',
          ownedPartitions: [],
          generationId: -1,
          userData: null,
        }
        let members = [...rejoined(request, first, make, 1), newcomer]
        const second = make().assign({ ...request, members })
        const held = new Map(
          members.flatMap((m) => m.ownedPartitions.map((p) => [keyOf(p), m.memberId] as const)),
        )
        for (const [memberId, { partitions }] of second) {
          for (const key of partitions.map(keyOf)) {
            expect(held.get(key) ?? memberId).toBe(memberId)
          }
        }
        members = rejoined({ ...request, members }, second, make, 2)
        expect(assignedIn(make().assign({ ...request, members }))).toEqual(partitionsIn(request))
      }),
    )
  })
})
