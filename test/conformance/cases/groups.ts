import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import {
  type DriverConsumer,
  type GotRecord,
  type GroupDescription,
  Lacking,
  pollUntil,
} from './client-driver.ts'
import { join, type Member, shared } from './members.ts'
import { type Case, refused, type Stage } from './stage.ts'
import { assignors } from './vocabulary.ts'

const partitions = 6

async function produceRound({ client }: Stage, topic: string, round: string): Promise<void> {
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  await client.produce(all.map((partition) => ({ topic, partition, value: round })))
}

/** All that comes until a record with that value came from each partition. */
async function takeOfEach(
  consumer: DriverConsumer,
  value: string,
  from = partitions,
): Promise<GotRecord[]> {
  const got: GotRecord[] = []
  await pollUntil(`${value} comes from ${from} partitions`, [consumer], () => {
    got.push(...consumer.drain())
    const matching = got.filter((record) => record.value === value)
    return new Set(matching.map((record) => record.partition)).size >= from
  })
  return got
}

const membership: Case[] = [
  {
    name: 'join, share, leave',
    async run(stage) {
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      const first = await join(stage, topic, { group })
      await shared([first], 6)
      const second = await join(stage, topic, { group })
      await shared([first, second], 3, 3)
      await second.consumer.close()
      await shared([first], 6)
      await produceRound(stage, topic, 'after')
      await takeOfEach(first.consumer, 'after')
    },
  },
  {
    name: 'a member that is killed is missed, and another goes on from its commits',
    async run(stage) {
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      const [first, second] = [
        await join(stage, topic, { group }),
        await join(stage, topic, { group }),
      ]
      await shared([first, second], 3, 3)
      await produceRound(stage, topic, 'before')
      const got = await second.consumer.take(3)
      await second.consumer.commit(...got.map((one) => ({ ...one, offset: one.offset + 1 })))
      // Some fetch on from partitions that they have lost, until the answers on their way are in.
      await first.consumer.poll(1_000)
      first.consumer.drain()
      await second.driver.kill()
      await shared([first], 6)
      await produceRound(stage, topic, 'after')
      const rest = await takeOfEach(first.consumer, 'after')
      // What the first had before the rebalance it may get again, having committed nothing.
      const ofSecond = new Set(got.map((record) => record.partition))
      const again = rest.filter((one) => one.value === 'before' && ofSecond.has(one.partition))
      expect(again).toEqual([])
    },
  },
  {
    name: 'members with different topics',
    async run(stage) {
      stage.client.needs('mixed-subscriptions')
      const [one, other] = [await stage.topic(2), await stage.topic(3)]
      const group = stage.name('group')
      const first = await join(stage, one, { group })
      const second = await join(stage, other, { group })
      await shared([first, second], 2, 3)
    },
  },
]

const assignorCase = (assignor: string): Case => ({
  name: `assignor ${assignor}: two share, a third joins, one leaves`,
  async run(stage) {
    if (!stage.client.ready.assignors.includes(assignor)) {
      throw new Lacking(`${stage.client.ready.client} lacks assignor ${assignor}`)
    }
    const [topic, group] = [await stage.topic(partitions), stage.name('group')]
    const options = { group, assignor }
    const first = await join(stage, topic, options)
    const second = await join(stage, topic, options)
    await shared([first, second], 3, 3)
    const third = await join(stage, topic, options)
    await shared([first, second, third], 2, 2, 2)
    await first.consumer.close()
    await shared([second, third], 3, 3)
    await produceRound(stage, topic, 'v')
    const readers = [second.consumer, third.consumer]
    const got = await Promise.all(readers.map((reader) => takeOfEach(reader, 'v', 3)))
    expect(new Set(got.flat().map((record) => record.partition)).size).toBe(partitions)
  },
})

const commits: Case[] = [
  {
    name: 'commits are read back, of this group only',
    async run(stage) {
      const [topic, group] = [await stage.topic(2), stage.name('group')]
      const places = [0, 1].map((partition) => ({ topic, partition }))
      const member = await join(stage, topic, { group })
      await shared([member], 2)
      await member.consumer.commit({ topic, partition: 0, offset: 17, metadata: 'of mine' })
      const offsetsOf = async (consumer: DriverConsumer) => {
        const found = await consumer.committed(...places)
        return found.sort((a, b) => a.partition - b.partition).map((one) => one.offset)
      }
      expect(await offsetsOf(member.consumer)).toEqual([17, -1])
      const other = await join(stage, topic, { group: stage.name('other') })
      await shared([other], 2)
      expect(await offsetsOf(other.consumer)).toEqual([-1, -1])
    },
  },
  {
    name: 'a new process of the group goes on from the commits',
    async run(stage) {
      const [topic, group] = [await stage.topic(1), stage.name('group')]
      const sent = [0, 1, 2, 3, 4, 5].map((n) => ({ topic, partition: 0, value: String(n) }))
      await stage.client.produce(sent)
      const before = await join(stage, topic, { group })
      await before.consumer.take(6)
      await before.consumer.commit({ topic, partition: 0, offset: 4 })
      await before.driver.close()
      const after = await join(stage, topic, { group })
      expect((await after.consumer.take(2)).map((record) => record.value)).toEqual(['4', '5'])
    },
  },
  {
    name: 'auto.offset.reset earliest: a new group begins at the beginning',
    async run(stage) {
      const topic = await stage.topic(1)
      await stage.client.produce([{ topic, partition: 0, value: 'old' }])
      const member = await join(stage, topic, { group: stage.name('group') })
      expect(await member.consumer.take(1)).toMatchObject([{ value: 'old', offset: 0 }])
    },
  },
  {
    name: 'auto.offset.reset latest: a new group begins at the end',
    async run(stage) {
      const topic = await stage.topic(1)
      await stage.client.produce([{ topic, partition: 0, value: 'old' }])
      const options = { group: stage.name('group'), autoOffsetReset: 'latest' } as const
      const member = await join(stage, topic, options)
      await shared([member], 1)
      await member.consumer.poll(1_000)
      await stage.client.produce([{ topic, partition: 0, value: 'new' }])
      expect(await member.consumer.take(1)).toMatchObject([{ value: 'new', offset: 1 }])
    },
  },
]

const staticMembers: Case[] = [
  {
    name: 'a static member that comes back moves no partition',
    async run(stage) {
      stage.client.needs('static-membership')
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      const options = { group, sessionTimeoutMs: 20_000 }
      const first = await join(stage, topic, { ...options, instanceId: 'one' })
      const second = await join(stage, topic, { ...options, instanceId: 'two' })
      await shared([first, second], 3, 3)
      const placesOf = async (member: Member) =>
        (await member.consumer.assignment()).map((place) => place.partition).sort()
      const [ofFirst, ofSecond] = [await placesOf(first), await placesOf(second)]
      await second.driver.kill()
      const back = await join(stage, topic, { ...options, instanceId: 'two' })
      await shared([first, back], 3, 3)
      expect([await placesOf(first), await placesOf(back)]).toEqual([ofFirst, ofSecond])
    },
  },
  {
    name: 'a second member with the same instance id fences the first',
    async run(stage) {
      stage.client.needs('static-membership', 'fenced-instance-error')
      const [topic, group] = [await stage.topic(1), stage.name('group')]
      const first = await join(stage, topic, { group, instanceId: 'same' })
      await shared([first], 1)
      const second = await join(stage, topic, { group, instanceId: 'same' })
      await shared([second], 1)
      await refused(first.consumer.take(1), 'FENCED_INSTANCE_ID', '_FATAL')
    },
  },
]

const administration: Case[] = [
  {
    name: 'listGroups and describeGroup name a group and its members',
    async run(stage) {
      const { client } = stage
      client.needs('listGroups', 'describeGroup')
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      const members = [await join(stage, topic, { group }), await join(stage, topic, { group })]
      await shared(members, 3, 3)
      expect(await client.call('listGroups')).toContain(group)
      const { state, members: described } = await client.call<GroupDescription>('describeGroup', {
        group,
      })
      expect(state.toLowerCase()).toBe('stable')
      expect(new Set(described.map((member) => member.id)).size).toBe(2)
    },
  },
  {
    name: 'a group with members is not deleted: NON_EMPTY_GROUP; an empty one is',
    async run(stage) {
      const { client } = stage
      client.needs('deleteGroups', 'listGroups')
      const [topic, group] = [await stage.topic(1), stage.name('group')]
      const member = await join(stage, topic, { group })
      await shared([member], 1)
      await member.consumer.commit({ topic, partition: 0, offset: 0 })
      await refused(client.call('deleteGroups', { groups: [group] }), 'NON_EMPTY_GROUP')
      await member.consumer.close()
      await eventually('it is empty', async () => {
        const tried = client.call('deleteGroups', { groups: [group] })
        return tried.then(
          () => true,
          () => false,
        )
      })
      expect(await client.call('listGroups')).not.toContain(group)
    },
  },
  {
    name: 'deleteGroups of an unknown one: GROUP_ID_NOT_FOUND',
    async run(stage) {
      const work = stage.client.call('deleteGroups', { groups: [stage.name('unknown')] })
      await refused(work, 'GROUP_ID_NOT_FOUND')
    },
  },
]

/** What consumers do together. */
export const groupCases: readonly Case[] = [
  ...membership,
  ...assignors.map(assignorCase),
  ...commits,
  ...staticMembers,
  ...administration,
]
