/** One member's life through the wire, in old and new versions of the group APIs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { joinGroupApi } from '../../../src/protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../src/protocol/generated/12-heartbeat.ts'
import { leaveGroupApi } from '../../../src/protocol/generated/13-leave-group.ts'
import { syncGroupApi } from '../../../src/protocol/generated/14-sync-group.ts'
import { describeGroupsApi } from '../../../src/protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../../src/protocol/generated/16-list-groups.ts'
import { deleteGroupsApi } from '../../../src/protocol/generated/42-delete-groups.ts'
import type { MemoryDisk } from '../../../src/storage/memory-log-store.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const config = { 'group.initial.rebalance.delay.ms': '0' }
const bytes = new Uint8Array([1, 2, 3])

let running: TestBroker
let topicId = ''
beforeAll(async () => {
  running = await startTestBroker({ configs: config })
  await running.plane.send(findCoordinatorApi, 0, { key: 'any' })
  const { topics } = await running.plane.send(metadataApi, 12, { topics: [{ name: 't' }] })
  topicId = topics[0]?.topicId ?? ''
})
afterAll(() => running.broker.stop())

/** Joins as the only member and takes the assignment; returns the member's id. */
async function join(groupId: string, version: number): Promise<string> {
  const request = {
    groupId,
    sessionTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: bytes }],
  }
  let joined = await running.plane.send(joinGroupApi, version, request)
  if (joined.errorCode === 79) {
    joined = await running.plane.send(joinGroupApi, version, {
      ...request,
      memberId: joined.memberId,
    })
  }
  const { memberId } = joined
  expect(joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' })
  expect(joined.leader).toBe(memberId)
  const synced = await running.plane.send(syncGroupApi, Math.min(version, 5), {
    groupId,
    generationId: 1,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: bytes }],
  })
  expect(synced.errorCode).toBe(0)
  expect([...synced.assignment]).toEqual([...bytes])
  return memberId
}

describe.each([
  ['oldest', { join: 0, heartbeat: 0, leave: 0, commit: 2, fetch: 1 }],
  ['newest', { join: 9, heartbeat: 4, leave: 5, commit: 9, fetch: 9 }],
])('%s versions', (age, versions) => {
  const groupId = `group-${age}`
  const topics = [{ name: 't', partitionIndexes: [0, 1] }]

  test('join, heartbeat, commit, fetch, leave', async () => {
    const { plane } = running
    const memberId = await join(groupId, versions.join)
    const member = { groupId, generationId: 1, memberId }
    const beat = await plane.send(heartbeatApi, versions.heartbeat, member)
    expect(beat.errorCode).toBe(0)

    const committed = await plane.send(offsetCommitApi, versions.commit, {
      groupId,
      generationIdOrMemberEpoch: 1,
      memberId,
      topics: [
        {
          name: 't',
          partitions: [{ partitionIndex: 0, committedOffset: 42, committedMetadata: 'note' }],
        },
      ],
    })
    expect(committed.topics).toMatchObject([{ name: 't', partitions: [{ errorCode: 0 }] }])

    const asked = versions.fetch >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics }
    const fetched = await plane.send(offsetFetchApi, versions.fetch, asked)
    const found = versions.fetch >= 8 ? fetched.groups[0]?.topics : fetched.topics
    expect(found?.[0]?.partitions).toMatchObject([
      { partitionIndex: 0, committedOffset: 42, metadata: 'note', errorCode: 0 },
      { partitionIndex: 1, committedOffset: -1, errorCode: 0 },
    ])

    const leaving =
      versions.leave >= 3 ? { groupId, members: [{ memberId }] } : { groupId, memberId }
    const left = await plane.send(leaveGroupApi, versions.leave, leaving)
    expect(left.errorCode).toBe(0)
    const late = await plane.send(heartbeatApi, versions.heartbeat, member)
    expect(late.errorCode).toBe(25)
  })
})

test('a group is listed, described, and deleted when empty', async () => {
  const { plane } = running
  const memberId = await join('g', 5)
  const { groups } = await plane.send(listGroupsApi, 5, {})
  const listed = {
    groupId: 'g',
    protocolType: 'consumer',
    groupState: 'Stable',
    groupType: 'classic',
  }
  expect(groups).toContainEqual(listed)
  const asked = { groups: ['g', 'none'], includeAuthorizedOperations: true }
  const described = await plane.send(describeGroupsApi, 6, asked)
  expect(described.groups).toMatchObject([
    {
      errorCode: 0,
      groupState: 'Stable',
      authorizedOperations: 3400,
      members: [{ memberId, clientId: 'test', clientHost: '/127.0.0.1' }],
    },
    { errorCode: 69, groupState: 'Dead', authorizedOperations: -0x8000_0000 },
  ])
  const remove = () => plane.send(deleteGroupsApi, 3, { groupsNames: ['g'] })
  expect((await remove()).results).toMatchObject([{ groupId: 'g', errorCode: 68 }])
  await plane.send(leaveGroupApi, 0, { groupId: 'g', memberId })
  expect((await remove()).results).toMatchObject([{ groupId: 'g', errorCode: 0 }])
})

test('versions from 10 on name topics by id; an unknown id is told', async () => {
  const { plane } = running
  const partitions = [{ partitionIndex: 0, committedOffset: 7, committedMetadata: null }]
  const unknown = 'AAAAAAAAAAAAAAAAAAAAQQ'
  const committed = await plane.send(offsetCommitApi, 10, {
    groupId: 'by-id',
    topics: [
      { topicId, partitions },
      { topicId: unknown, partitions },
    ],
  })
  const codes = new Map(
    committed.topics.map((topic) => [topic.topicId, topic.partitions[0]?.errorCode]),
  )
  expect(codes).toEqual(
    new Map([
      [topicId, 0],
      [unknown, 100],
    ]),
  )
  const topics = [{ topicId, partitionIndexes: [0] }]
  const fetched = await plane.send(offsetFetchApi, 10, { groups: [{ groupId: 'by-id', topics }] })
  expect(fetched.groups[0]?.topics[0]).toMatchObject({
    topicId,
    partitions: [{ committedOffset: 7 }],
  })
})

test('committed offsets survive a restart', async () => {
  const first = await startTestBroker({ configs: config })
  await first.plane.send(findCoordinatorApi, 0, { key: 'kept' })
  await first.plane.send(metadataApi, 12, { topics: [{ name: 't' }] })
  const topics = [
    { name: 't', partitions: [{ partitionIndex: 0, committedOffset: 9, committedMetadata: '' }] },
  ]
  await first.plane.send(offsetCommitApi, 2, { groupId: 'kept', topics })
  const disk: MemoryDisk = first.store.crash()
  const second = await startTestBroker({ configs: config, disk })
  const asked = { groups: [{ groupId: 'kept', topics: null }] }
  const fetched = await second.plane.send(offsetFetchApi, 8, asked)
  expect(fetched.groups[0]?.topics).toMatchObject([
    { name: 't', partitions: [{ partitionIndex: 0, committedOffset: 9 }] },
  ])
  await second.broker.stop()
})
