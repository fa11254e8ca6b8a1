import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Case, nodeId, type Stage } from './stage.ts'

interface Listed {
  readonly name: string
  readonly partitions: number
}

type Configs = Readonly<Record<string, string>>

const listed = async ({ client }: Stage, name: string): Promise<Listed | undefined> =>
  (await client.call<Listed[]>('listTopics')).find((topic) => topic.name === name)

const topics: Case[] = [
  {
    name: 'createTopics with partitions and configs, listTopics',
    async run(stage) {
      const { client } = stage
      const name = stage.name('made')
      const configs = { 'retention.ms': '123456', 'cleanup.policy': 'compact' }
      const topic = { name, partitions: 4, replicationFactor: 1, configs }
      await client.call('createTopics', { topics: [topic] })
      await eventually('the topic is listed', async () => (await listed(stage, name)) !== undefined)
      expect(await listed(stage, name)).toMatchObject({ partitions: 4 })
    },
  },
  {
    name: 'several topics in one createTopics',
    async run(stage) {
      const names = [1, 2, 3].map(() => stage.name('many'))
      const all = names.map((name) => ({ name, partitions: 1, replicationFactor: 1 }))
      await stage.client.call('createTopics', { topics: all })
      for (const name of names) {
        await eventually('it is listed', async () => (await listed(stage, name)) !== undefined)
      }
    },
  },
  {
    name: 'deleteTopics',
    async run(stage) {
      const name = await stage.topic()
      await stage.client.call('deleteTopics', { names: [name] })
      await eventually('it is gone', async () => (await listed(stage, name)) === undefined)
    },
  },
  {
    name: 'createPartitions, and the new ones take records',
    async run(stage) {
      stage.client.needs('createPartitions')
      const topic = await stage.topic(1)
      await stage.client.call('createPartitions', { topic, total: 3 })
      await eventually(
        'three are listed',
        async () => (await listed(stage, topic))?.partitions === 3,
      )
      const fresh = await stage.open()
      const [sent] = await fresh.produce([{ topic, partition: 2, value: 'v' }])
      expect(sent).toMatchObject({ partition: 2, offset: 0 })
    },
  },
  {
    name: 'deleteRecords moves the beginning',
    async run(stage) {
      const { client } = stage
      client.needs('deleteRecords')
      const topic = await stage.topic()
      await client.produce([1, 2, 3, 4].map((n) => ({ topic, partition: 0, value: String(n) })))
      const partitions = [{ topic, partition: 0, offset: 3 }]
      expect(await client.call<number[]>('deleteRecords', { partitions })).toEqual([3])
      expect((await stage.read(topic, 1))[0]).toMatchObject({ offset: 3, value: '4' })
    },
  },
]

const describe = ({ client }: Stage, type: string, name: string): Promise<Configs> =>
  client.call<Configs>('describeConfigs', { type, name })

const configs: Case[] = [
  {
    name: 'describeConfigs of a topic: set ones and defaults',
    async run(stage) {
      stage.client.needs('describeConfigs')
      const topic = await stage.topic(1, { 'retention.ms': '777000' })
      expect(await describe(stage, 'topic', topic)).toMatchObject({
        'retention.ms': '777000',
        'cleanup.policy': 'delete',
        'max.message.bytes': '1048588',
      })
    },
  },
  {
    name: 'describeConfigs of the broker',
    async run(stage) {
      stage.client.needs('describeConfigs')
      expect(await describe(stage, 'broker', nodeId)).toMatchObject({
        'num.partitions': '1',
        'group.initial.rebalance.delay.ms': '100',
      })
    },
  },
  {
    name: 'alterConfigs of a topic sets and takes back',
    async run(stage) {
      const { client } = stage
      client.needs('describeConfigs', 'alterConfigs')
      const name = await stage.topic()
      const set = { 'retention.ms': '60000', 'max.message.bytes': '2000' }
      await client.call('alterConfigs', { type: 'topic', name, set, remove: [] })
      await eventually(
        'it is set',
        async () => (await describe(stage, 'topic', name))['retention.ms'] === '60000',
      )
      // Without incremental changes what is not named again goes back to its default.
      const again = { 'max.message.bytes': '2000' }
      const change = { type: 'topic', name, set: again, remove: ['retention.ms'] }
      await client.call('alterConfigs', change)
      await eventually(
        'it is taken back',
        async () => (await describe(stage, 'topic', name))['retention.ms'] === '604800000',
      )
      expect(await describe(stage, 'topic', name)).toMatchObject({ 'max.message.bytes': '2000' })
    },
  },
  {
    name: 'alterConfigs of the broker takes effect without a restart',
    async run(stage) {
      const { client } = stage
      client.needs('describeConfigs', 'alterConfigs')
      const read = async () => (await describe(stage, 'broker', nodeId))['log.cleaner.threads']
      const set = { 'log.cleaner.threads': '2' }
      await client.call('alterConfigs', { type: 'broker', name: nodeId, set, remove: [] })
      await eventually('it is set', async () => (await read()) === '2')
      const change = { type: 'broker', name: nodeId, set: {}, remove: ['log.cleaner.threads'] }
      await client.call('alterConfigs', change)
      await eventually('it is taken back', async () => (await read()) === '1')
    },
  },
]

/** What administrators do. */
export const adminCases: readonly Case[] = [...topics, ...configs]
