/** Requests of group members, and of those who look at groups. */
import type {
  JoinGroupRequest,
  JoinGroupResponse,
} from '../../../src/protocol/generated/11-join-group.ts'
import type { LeaveGroupResponse } from '../../../src/protocol/generated/13-leave-group.ts'
import type { Source } from './draft.ts'
import { type Member, naming, type World } from './world.ts'

/** Longer than a run, so that no member is lost by time. */
const sessionTimeoutMs = 1_800_000

/** A subscription as consumers of version 0 send it. */
function subscription(topics: readonly string[]): Uint8Array {
  const names = topics.map((topic) => {
    const length = Buffer.alloc(2)
    length.writeInt16BE(Buffer.byteLength(topic))
    return Buffer.concat([length, Buffer.from(topic)])
  })
  const head = Buffer.alloc(6)
  head.writeInt32BE(topics.length, 2)
  const noUserData = Buffer.from([0xff, 0xff, 0xff, 0xff])
  return Buffer.concat([head, ...names, noUserData])
}

/** A member that offers a protocol twice counts twice in Kafka, which then takes nobody else. */
function offersTwice(request: object): boolean {
  const { protocols } = request as JoinGroupRequest
  return new Set(protocols.map(({ name }) => name)).size < protocols.length
}

/** Notes who leads a group, and who has which instance id in it. */
function observeJoined(world: World, request: object, answer: object): void {
  const { groupId, groupInstanceId } = request as JoinGroupRequest
  const { errorCode, leader, memberId } = answer as JoinGroupResponse
  if (errorCode !== noError) return
  const refOf = (id: string) => String(world.ids.ref('member', 'kafka', id))
  world.leads(groupId, refOf(leader))
  if (groupInstanceId) world.instances.set(`${groupId}/${groupInstanceId}`, refOf(memberId))
}

const joinGroup: Source = {
  key: 11,
  weight: 8,
  effect: 'changes',
  harms: offersTwice,
  observe: observeJoined,
  draft(world, version) {
    const member = world.member()
    if (member === undefined || (member.instance !== null && version < 5)) return undefined
    const metadata = subscription(world.topic() ? [world.pick(world.topics).name] : [])
    const names = world.pick([
      ['range'],
      ['range', 'roundrobin'],
      ['roundrobin', 'range'],
      ['sticky', 'range'],
    ])
    return {
      request: {
        groupId: member.group,
        sessionTimeoutMs,
        rebalanceTimeoutMs: sessionTimeoutMs,
        memberId: world.chance(92) ? member.id : '',
        groupInstanceId: member.instance,
        protocolType: world.chance(98) ? 'consumer' : 'connect',
        protocols: names.map((name) => ({ name, metadata })),
        reason: world.chance(50) ? 'because' : null,
      },
      slot: member.slot,
      waits: true,
      subjects: [member.group],
      learn: (answer) => learnJoined(world, member, answer as JoinGroupResponse),
    }
  },
}

const noError = 0
const memberIdRequired = 79

function learnJoined(world: World, member: Member, answer: JoinGroupResponse): void {
  if (answer.errorCode !== noError && answer.errorCode !== memberIdRequired) return
  const refOf = (id: string) => world.ids.ref('member', 'kafka', id) ?? ''
  member.id = refOf(answer.memberId)
  member.generation = answer.generationId
  member.followers = answer.members.map(({ memberId }) => refOf(memberId))
}

/** What a member says of itself in each request, mostly rightly. */
function identity(world: World, member: Member): object {
  const generation = world.chance(93) ? member.generation : member.generation + world.pick([-1, 1])
  return {
    groupId: member.group,
    generationId: generation,
    generationIdOrMemberEpoch: generation,
    memberId: member.id,
    groupInstanceId: member.instance,
  }
}

const syncGroup: Source = {
  key: 14,
  weight: 9,
  effect: 'changes',
  draft(world) {
    const member = world.member()
    if (member === undefined) return undefined
    const assignments = member.followers.map((memberId, n) => ({
      memberId,
      assignment: Buffer.from(`assignment ${n}`),
    }))
    return {
      request: {
        ...identity(world, member),
        protocolType: world.chance(70) ? 'consumer' : null,
        protocolName: world.chance(70) ? 'range' : null,
        assignments,
      },
      slot: member.slot,
      waits: true,
      subjects: [member.group],
    }
  },
}

const heartbeat: Source = {
  key: 12,
  weight: 8,
  effect: 'reads',
  draft(world) {
    const member = world.member()
    if (member === undefined) return undefined
    return { request: identity(world, member), slot: member.slot, repeatable: false }
  },
}

interface Leaving {
  readonly memberId: unknown
  readonly groupInstanceId?: string | null
}

/** Notes the leaders among those who have left; until version 2 one leaves, without a list. */
function observeLeft(world: World, request: object, answer: object): void {
  const asked = request as Leaving & { groupId: string; members?: readonly Leaving[] }
  const { errorCode, members } = answer as LeaveGroupResponse
  for (const [at, { memberId, groupInstanceId }] of (asked.members ?? [asked]).entries()) {
    if ((asked.members ? members[at]?.errorCode : errorCode) !== noError) continue
    const instance = world.instances.get(`${asked.groupId}/${groupInstanceId}`)
    const id = memberId === '' ? instance : memberId
    world.left(asked.groupId, String(id))
  }
}

const leaveGroup: Source = {
  key: 13,
  weight: 2,
  effect: 'changes',
  observe: observeLeft,
  draft(world) {
    const member = world.member()
    if (member === undefined) return undefined
    const byInstance = member.instance !== null && world.chance(50)
    const one = {
      memberId: byInstance ? '' : member.id,
      groupInstanceId: member.instance,
      reason: world.chance(50) ? 'because' : null,
    }
    const other = { memberId: 'nobody', groupInstanceId: null }
    return {
      request: {
        groupId: member.group,
        memberId: member.id,
        members: world.chance(85) ? [one] : [one, other],
      },
      slot: member.slot,
      subjects: [member.group],
      learn() {
        member.id = ''
        member.generation = -1
        member.followers = []
      },
    }
  },
}

const offsetCommit: Source = {
  key: 8,
  weight: 8,
  effect: 'changes',
  draft(world) {
    const [member, topic] = [world.member(), world.topic()]
    if (member === undefined || topic === undefined) return undefined
    const simple = { groupId: world.group(), generationIdOrMemberEpoch: -1, memberId: '' }
    const metadata = world.pick(['', 'note', null, 'm'.repeat(4096), 'm'.repeat(4097)])
    return {
      request: {
        ...(world.chance(30) ? simple : identity(world, member)),
        retentionTimeMs: -1,
        topics: [
          {
            ...naming(topic),
            partitions: [
              {
                partitionIndex: world.partition(topic),
                committedOffset: world.below(100),
                committedLeaderEpoch: world.pick([-1, 0, 5]),
                committedMetadata: world.chance(80) ? 'x' : metadata,
              },
            ],
          },
        ],
      },
      slot: member.slot,
      subjects: [member.group],
    }
  },
}

const offsetFetch: Source = {
  key: 9,
  weight: 8,
  effect: 'reads',
  draft(world, version) {
    const topic = world.topic()
    if (topic === undefined) return undefined
    const all = world.chance(30) && version >= 2
    const topics = all
      ? null
      : [{ ...naming(topic), partitionIndexes: [0, world.partition(topic)] }]
    const asked = { groupId: world.group(), memberId: null, memberEpoch: -1, topics }
    return {
      request: { ...asked, groups: [asked], requireStable: world.chance(30) },
    }
  },
}

const offsetDelete: Source = {
  key: 47,
  weight: 2,
  effect: 'changes',
  draft(world) {
    const topic = world.topic()
    if (topic === undefined) return undefined
    const groupId = world.group()
    const partitions = [{ partitionIndex: world.partition(topic) }]
    return {
      request: { groupId, topics: [{ name: topic.name, partitions }] },
      subjects: [groupId],
    }
  },
}

const findCoordinator: Source = {
  key: 10,
  weight: 2,
  effect: 'reads',
  draft(world) {
    const key = world.group()
    return {
      request: { key, keyType: world.chance(90) ? 0 : world.pick([2, 3]), coordinatorKeys: [key] },
    }
  },
}

const describeGroups: Source = {
  key: 15,
  weight: 6,
  effect: 'reads',
  draft: (world) => ({
    request: {
      groups: world.chance(80) ? [world.group()] : [world.group(), 'no-such-group'],
      includeAuthorizedOperations: world.chance(30),
    },
  }),
}

const listGroups: Source = {
  key: 16,
  weight: 3,
  effect: 'reads',
  draft: (world) => ({
    request: {
      statesFilter: world.pick([
        [],
        [],
        ['Empty'],
        ['stable', 'Dead'],
        ['PreparingRebalance'],
        ['x'],
      ]),
      typesFilter: world.pick([[], [], ['classic'], ['Consumer'], ['x']]),
    },
  }),
}

const deleteGroups: Source = {
  key: 42,
  weight: 1,
  effect: 'changes',
  draft(world) {
    const name = world.group()
    return { request: { groupsNames: [name] }, subjects: [name] }
  },
}

/** The sources of this file. */
export const groupSources: readonly Source[] = [
  joinGroup,
  syncGroup,
  heartbeat,
  leaveGroup,
  offsetCommit,
  offsetFetch,
  offsetDelete,
  findCoordinator,
  describeGroups,
  listGroups,
  deleteGroups,
]
