/** Partitions of all topics in turn to all members that want them. */
import { assert } from '../../../base/assert.ts'
import { compareText, type TopicPartition } from '../../topic-partition.ts'
import type { AssignmentRequest, Assignor, MemberAssignment } from './assignor.ts'
import { compareMembers } from './member-order.ts'

/** Kafka's `roundrobin`. */
export function roundRobinAssignor(): Assignor {
  return { name: 'roundrobin', protocols: ['eager'], assign: assignRoundRobin }
}

function assignRoundRobin(request: AssignmentRequest): Map<string, MemberAssignment> {
  const members = [...request.members].sort(compareMembers).map((member) => ({
    memberId: member.memberId,
    topics: new Set(member.topics),
    partitions: [] as TopicPartition[],
  }))
  let next = 0
  const take = (topic: string): (typeof members)[number] => {
    for (let tries = 0; tries < members.length; tries++) {
      const member = members[next++ % members.length]
      if (member?.topics.has(topic)) return member
    }
    assert(false, 'a topic to be assigned has a subscriber')
  }
  const topics = [...request.topics].sort(([a], [b]) => compareText(a, b))
  for (const [topic, partitions] of topics) {
    for (let partition = 0; partition < partitions.length; partition++) {
      take(topic).partitions.push({ topic, partition })
    }
  }
  return new Map(members.map(({ memberId, partitions }) => [memberId, { partitions }]))
}
