/** Ours against Apache Kafka's own assignors, as `AssignorVectors.java` recorded them. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import type {
  AssignableMember,
  Assignor,
} from '../../../../src/client/consumer/assignor/assignor.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../../src/client/consumer/assignor/consumer-protocol.ts'
import { rangeAssignor } from '../../../../src/client/consumer/assignor/range.ts'
import { roundRobinAssignor } from '../../../../src/client/consumer/assignor/round-robin.ts'
import {
  cooperativeStickyAssignor,
  stickyAssignor,
} from '../../../../src/client/consumer/assignor/sticky.ts'
import { comparePartitions, type TopicPartition } from '../../../../src/client/topic-partition.ts'

/** A member as a line has it: topics and partitions as `a0 a1 b0`, bytes as hex. */
interface RecordedMember {
  readonly topics: string
  readonly instance?: string
  readonly rack?: string
  readonly userData?: string
  readonly owned?: string
  readonly generation?: number
}

/** One line of the file. Racks are per partition, `r0,r1` or `-`. */
interface Recorded {
  readonly topics: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, RecordedMember>>
  readonly subscription?: readonly string[]
  readonly held?: string
  readonly assignment?: string
}

type Results = Readonly<Record<string, Readonly<Record<string, string>>>>

const lines = readFileSync(new URL('assignors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const cases = lines.map((line) => JSON.parse(line) as Recorded)

function partitionsIn(text: string | undefined): TopicPartition[] {
  if (text === undefined || text === '') return []
  return text.split(' ').map((one) => ({ topic: one[0] ?? '', partition: Number(one.slice(1)) }))
}

function memberOf([memberId, member]: [string, RecordedMember], name: string): AssignableMember {
  const isSticky = name === 'sticky'
  return {
    memberId,
    groupInstanceId: member.instance ?? null,
    topics: member.topics.split(' '),
    rackId: member.rack ?? null,
    userData:
      isSticky && member.userData !== undefined ? Buffer.from(member.userData, 'hex') : null,
    ownedPartitions: isSticky ? [] : partitionsIn(member.owned),
    generationId: isSticky ? -1 : (member.generation ?? -1),
  }
}

function racksIn(text: string): string[][] {
  return text.split(' ').map((racks) => (racks === '-' ? [] : racks.split(',')))
}

function assigned(assignor: Assignor, recorded: Recorded): Record<string, string> {
  const members = Object.entries(recorded.members)
  const wanted = new Set(members.flatMap(([, member]) => member.topics.split(' ')))
  const topics = Object.entries(recorded.topics).filter(([topic]) => wanted.has(topic))
  const result = assignor.assign({
    topics: new Map(topics.map(([topic, text]) => [topic, racksIn(text)])),
    members: members.map((member) => memberOf(member, assignor.name)),
  })
  return Object.fromEntries(
    [...result].map(([memberId, { partitions }]) => [
      memberId,
      partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' '),
    ]),
  )
}

describe('against Apache Kafka 4.3.1', () => {
  it.each([rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor])(
    '%o divides as Kafka does',
    (make) => {
      const { name } = make()
      const wrong = cases.flatMap((recorded, line) => {
        const expected = (recorded as unknown as Results)[name]
        const got = assigned(make(), recorded)
        return isDeepStrictEqual(got, expected) ? [] : [{ line, got, expected }]
      })
      expect(wrong).toEqual([])
      expect(cases.length).toBeGreaterThanOrEqual(300)
    },
  )

  const withBytes = cases.filter((recorded) => recorded.subscription !== undefined)

  it('writes the same subscriptions, and reads them back', () => {
    for (const recorded of withBytes) {
      const [first] = Object.entries(recorded.members)
      if (first === undefined) continue
      const { memberId: _, groupInstanceId: __, ...said } = memberOf(first, 'cooperative-sticky')
      for (const [version, hex] of recorded.subscription?.entries() ?? []) {
        const bytes = encodeSubscription(said, version)
        expect(Buffer.from(bytes).toString('hex')).toBe(hex)
        const back = decodeSubscription(bytes).value
        expect(back?.topics).toEqual(said.topics)
        const sorted = [...said.ownedPartitions].sort(comparePartitions)
        expect(back?.ownedPartitions).toEqual(version >= 1 ? sorted : [])
        expect(back?.generationId).toBe(version >= 2 ? said.generationId : -1)
        expect(back?.rackId).toBe(version >= 3 ? said.rackId : null)
      }
    }
    expect(withBytes.length).toBeGreaterThan(50)
  })

  it('writes the same assignments, and reads them back', () => {
    for (const { held, assignment } of withBytes) {
      const partitions = partitionsIn(held)
      const bytes = encodeAssignment({ partitions })
      expect(Buffer.from(bytes).toString('hex')).toBe(assignment)
      expect(decodeAssignment(bytes).value).toEqual({ partitions, userData: null })
    }
  })
})
