import { assert } from '../../base/assert.ts'
import { decodeMessage } from '../../protocol/codec.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { leaveGroupApi } from '../../protocol/generated/13-leave-group.ts'
import {
  type DescribedGroup,
  type DescribedGroupMember,
  describeGroupsApi,
} from '../../protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../protocol/generated/16-list-groups.ts'
import { deleteGroupsApi } from '../../protocol/generated/42-delete-groups.ts'
import {
  consumerGroupDescribeApi,
  type DescribedConsumerGroup,
} from '../../protocol/generated/69-consumer-group-describe.ts'
import { consumerProtocolAssignment } from '../../protocol/generated/record/consumer-protocol.ts'
import { ClientError, ConfigError, ProtocolError } from '../error.ts'
import type { CoordinatorType } from '../network/coordinators.ts'
import type { Deadline } from '../network/retry.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { ofBrokers } from './brokers.ts'
import {
  type AdminContext,
  answerOf,
  ask,
  check,
  each,
  type Outcome,
  settle,
  stepsOf,
  unanswered,
} from './settle.ts'

/** A group in a list. */
export interface GroupListing {
  readonly groupId: string
  /** `consumer` for consumers, '' for groups that only commit offsets. */
  readonly protocolType: string
  /** As `Stable`, `Empty`, `PreparingRebalance`; '' where the broker does not tell. */
  readonly state: string
  /** `classic`, `consumer` (KIP-848), ...; '' where the broker does not tell. */
  readonly type: string
}

/** A member of a group. */
export interface GroupMember {
  readonly memberId: string
  /** Of static members; null for others. */
  readonly groupInstanceId: string | null
  readonly clientId: string
  /** As the broker sees it: `/127.0.0.1`. */
  readonly host: string
  /** Partitions that the member reads; empty for groups of something else than consumers. */
  readonly assignment: readonly TopicPartition[]
}

/** A group with its members. */
export interface GroupDescription extends GroupListing {
  /** The chosen assignor; '' while there is none. */
  readonly assignor: string
  /** Node id. */
  readonly coordinator: number
  readonly members: readonly GroupMember[]
}

/** A member to remove: a static one by its instance id, any by its member id. */
export type MemberToRemove = { readonly groupInstanceId: string } | { readonly memberId: string }

/** See `Admin.listGroups`. */
export async function listGroups(
  context: AdminContext,
  filter: { readonly states?: readonly string[]; readonly types?: readonly string[] },
): Promise<readonly GroupListing[]> {
  const what = 'Cannot list groups'
  const { states = [], types = [] } = filter
  const groups = await ofBrokers(context, what, undefined, async (id, deadline) => {
    const request = { statesFilter: states, typesFilter: types }
    const response = await ask(context, id, listGroupsApi, request, deadline)
    check(`${what} of broker ${id}`, response.errorCode)
    return response.groups.map(
      ({ groupId, protocolType, groupState: state, groupType: type }): GroupListing => ({
        groupId,
        protocolType,
        state,
        type,
      }),
    )
  })
  return groups.toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

/** See `Admin.describeGroups`. */
export function describeGroups(
  context: AdminContext,
  groupIds: readonly string[],
): Promise<readonly GroupDescription[]> {
  const what = 'Cannot describe groups'
  return settle(context, what, groupIds, (pending, deadline) =>
    onCoordinators(context, pending, deadline, async (coordinator, groupId) => {
      const words = `Cannot describe group "${groupId}"`
      const request = { groups: [groupId] }
      const { groups } = await ask(context, coordinator, describeGroupsApi, request, deadline)
      const [found] = groups
      if (found === undefined) return unanswered(words)
      const isElsewhere = found.errorCode === ErrorCode.GROUP_ID_NOT_FOUND || isDead(found)
      if (isElsewhere) {
        const other = await describeConsumerGroup(context, coordinator, groupId, deadline)
        if (other !== undefined) return ofConsumers(coordinator, other)
        return new ProtocolError(words, ErrorCode.GROUP_ID_NOT_FOUND, found.errorMessage)
      }
      return answerOf(words, found, (classic) => ofClassic(coordinator, classic))
    }),
  )
}

/** See `Admin.deleteGroups`. */
export async function deleteGroups(
  context: AdminContext,
  groupIds: readonly string[],
): Promise<void> {
  const attempt = (pending: readonly string[], deadline: Deadline) =>
    onCoordinators(context, pending, deadline, async (coordinator, groupId) => {
      const what = `Cannot delete group "${groupId}"`
      const request = { groupsNames: [groupId] }
      const { results } = await ask(context, coordinator, deleteGroupsApi, request, deadline)
      const found = results.find((one) => one.groupId === groupId)
      return answerOf(what, found, () => null)
    })
  const what = 'Cannot delete groups'
  await settle(context, what, groupIds, attempt, ErrorCode.GROUP_ID_NOT_FOUND)
}

/** See `Admin.removeGroupMembers`. */
export async function removeGroupMembers(
  context: AdminContext,
  groupId: string,
  members: readonly MemberToRemove[] | undefined,
  reason: string,
): Promise<void> {
  if (members !== undefined && members.length === 0) {
    throw new ConfigError('Removing members needs some; leave them out to remove all.')
  }
  const step = stepsOf(context)
  const listed = members ?? (await describeGroups(step(), [groupId]))[0]?.members ?? []
  const what = `Cannot remove members of group "${groupId}"`
  await settle(step(), what, listed, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const identities = pending.map((member) => identityOf(member))
    const outcomes = await onCoordinators(context, [groupId], deadline, async (coordinator) => {
      const response = await ask(
        context,
        coordinator,
        leaveGroupApi,
        (version) => ({
          groupId,
          members: version >= 5 ? identities.map((one) => ({ ...one, reason })) : identities,
        }),
        deadline,
      )
      check(what, response.errorCode)
      return response.members
    })
    const [answer] = outcomes
    assert(outcomes.length === 1, 'one group was asked for')
    if (answer === undefined || answer instanceof ClientError) throw answer ?? unanswered(what)
    return identities.map(({ memberId, groupInstanceId }) => {
      const found = answer.find((one) =>
        groupInstanceId === null
          ? one.memberId === memberId
          : one.groupInstanceId === groupInstanceId,
      )
      return answerOf(`${what}: ${groupInstanceId ?? memberId}`, found, () => null)
    })
  })
}

/**
 * Calls `send` with the coordinator of each group, or of each transactional id; a coordinator that
 * moved is looked for again.
 */
export async function onCoordinators<Result>(
  context: AdminContext,
  ids: readonly string[],
  deadline: Deadline,
  send: (coordinator: number, id: string) => Promise<Outcome<Result>>,
  type: CoordinatorType = 'group',
): Promise<readonly Outcome<Result>[]> {
  const { cluster } = context
  const outcomes = await each(ids, async (id) => {
    const coordinator = await cluster.coordinator(type, id, deadline.leftMs)
    assert(coordinator >= 0, 'a coordinator that was found has an id')
    return send(coordinator, id)
  })
  outcomes.forEach((outcome, at) => {
    if (!(outcome instanceof ClientError) || !movedCodes.has(outcome.kafkaCode)) return
    cluster.forgetCoordinator(type, ids[at] as string)
  })
  return outcomes
}

const movedCodes: ReadonlySet<number> = new Set([
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.REQUEST_TIMED_OUT,
])

/** Before version 6 a group that is not there is described as dead. */
function isDead({ groupState, members }: DescribedGroup): boolean {
  return groupState === 'Dead' && members.length === 0
}

/** Undefined where the broker has no such group, or knows no groups of that kind. */
async function describeConsumerGroup(
  context: AdminContext,
  coordinator: number,
  groupId: string,
  deadline: Deadline,
): Promise<DescribedConsumerGroup | undefined> {
  const versions = await context.cluster.versions(coordinator, { timeoutMs: deadline.leftMs })
  if (!versions.has(consumerGroupDescribeApi.key)) return undefined
  const request = { groupIds: [groupId], includeAuthorizedOperations: false }
  const api = consumerGroupDescribeApi
  const { groups } = await ask(context, coordinator, api, request, deadline)
  const [found] = groups
  // Apache Kafka 3.7 to 3.9 refuse the request unless groups of that kind are enabled.
  const { GROUP_ID_NOT_FOUND, UNSUPPORTED_VERSION, NONE } = ErrorCode
  const code = found?.errorCode ?? NONE
  const isNone = code === GROUP_ID_NOT_FOUND || code === UNSUPPORTED_VERSION
  if (found === undefined || isNone) return undefined
  check(`Cannot describe group "${groupId}"`, found.errorCode, found.errorMessage)
  return found
}

function ofClassic(coordinator: number, group: DescribedGroup): GroupDescription {
  assert(group.errorCode === ErrorCode.NONE, 'a group that could be described')
  const { groupId, protocolType, groupState: state, protocolData: assignor } = group
  const members = group.members.map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    host: member.clientHost,
    assignment: protocolType === 'consumer' ? assignmentOf(member) : [],
  }))
  return { groupId, protocolType, state, type: 'classic', assignor, coordinator, members }
}

function ofConsumers(coordinator: number, group: DescribedConsumerGroup): GroupDescription {
  assert(group.errorCode === ErrorCode.NONE, 'a group that could be described')
  const { groupId, groupState: state, assignorName: assignor } = group
  const members = group.members.map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    host: member.clientHost,
    assignment: member.assignment.topicPartitions.flatMap(({ topicName: topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    ),
  }))
  const type = 'consumer'
  return { groupId, protocolType: type, state, type, assignor, coordinator, members }
}

/** Consumers agree among themselves what the bytes mean; bytes of others read as no partition. */
function assignmentOf({ memberAssignment }: DescribedGroupMember): readonly TopicPartition[] {
  if (memberAssignment.length < 2) return []
  const { versionMin, versionMax } = consumerProtocolAssignment
  assert(versionMin === 0, 'each version up to the last can be read')
  const told = Buffer.from(memberAssignment).readInt16BE()
  const version = Math.min(Math.max(0, told), versionMax)
  const { value } = decodeMessage(consumerProtocolAssignment, version, memberAssignment.subarray(2))
  return (value?.assignedPartitions ?? []).flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

function identityOf(member: MemberToRemove | GroupMember): {
  readonly memberId: string
  readonly groupInstanceId: string | null
} {
  if (!('groupInstanceId' in member || 'memberId' in member)) {
    throw new ConfigError('A member to remove needs a groupInstanceId or a memberId.')
  }
  const groupInstanceId = 'groupInstanceId' in member ? member.groupInstanceId : null
  if (groupInstanceId !== null) return { memberId: '', groupInstanceId }
  return { memberId: 'memberId' in member ? member.memberId : '', groupInstanceId: null }
}
