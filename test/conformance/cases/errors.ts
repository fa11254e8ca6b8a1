import { type Case, refused, type Stage } from './stage.ts'

/** A name of 250 characters: one more than a topic may have. */
const tooLong = 'n'.repeat(250)
/** Names under which libraries report by themselves that there is nothing to reset to. */
const noReset = [
  '_AUTO_OFFSET_RESET',
  '_NO_OFFSET',
  'NoOffsetForPartitionException',
  'OffsetOutOfRangeException',
]

const create = ({ client }: Stage, name: string, more: object = {}): Promise<unknown> =>
  client.call('createTopics', { topics: [{ name, partitions: 1, replicationFactor: 1, ...more }] })

const topics: Case[] = [
  {
    name: 'createTopics of an existing one: TOPIC_ALREADY_EXISTS',
    async run(stage) {
      await refused(create(stage, await stage.topic()), 'TOPIC_ALREADY_EXISTS')
    },
  },
  ...['no/slash', 'no space', '..', tooLong].map((name) => ({
    name: `createTopics of ${name.slice(0, 10)}: INVALID_TOPIC_EXCEPTION`,
    run: (stage: Stage) => refused(create(stage, name), 'INVALID_TOPIC_EXCEPTION'),
  })),
  {
    name: 'createTopics with more replicas than brokers: INVALID_REPLICATION_FACTOR',
    async run(stage) {
      const work = create(stage, stage.name('wide'), { replicationFactor: 3 })
      await refused(work, 'INVALID_REPLICATION_FACTOR')
    },
  },
  {
    name: 'createTopics with a value that a config cannot have: INVALID_CONFIG',
    async run(stage) {
      const configs = { 'retention.ms': 'soon' }
      await refused(create(stage, stage.name('odd'), { configs }), 'INVALID_CONFIG')
    },
  },
  {
    name: 'deleteTopics of an unknown one: UNKNOWN_TOPIC_OR_PARTITION',
    async run(stage) {
      const work = stage.client.call('deleteTopics', { names: [stage.name('unknown')] })
      await refused(work, 'UNKNOWN_TOPIC_OR_PARTITION')
    },
  },
  {
    name: 'createPartitions of an unknown topic: UNKNOWN_TOPIC_OR_PARTITION',
    async run(stage) {
      const topic = stage.name('unknown')
      const work = stage.client.call('createPartitions', { topic, total: 3 })
      await refused(work, 'UNKNOWN_TOPIC_OR_PARTITION')
    },
  },
  {
    name: 'createPartitions downward: INVALID_PARTITIONS',
    async run(stage) {
      const topic = await stage.topic(3)
      const work = stage.client.call('createPartitions', { topic, total: 2 })
      await refused(work, 'INVALID_PARTITIONS')
    },
  },
]

const configs: Case[] = [
  {
    name: 'describeConfigs of an unknown topic: UNKNOWN_TOPIC_OR_PARTITION',
    async run(stage) {
      stage.client.needs('describe-configs-error')
      const name = stage.name('unknown')
      const work = stage.client.call('describeConfigs', { type: 'topic', name })
      await refused(work, 'UNKNOWN_TOPIC_OR_PARTITION')
    },
  },
  {
    name: 'alterConfigs to a value that cannot be: INVALID_CONFIG',
    async run(stage) {
      const name = await stage.topic()
      const change = { type: 'topic', name, set: { 'segment.bytes': 'many' }, remove: [] }
      await refused(stage.client.call('alterConfigs', change), 'INVALID_CONFIG')
    },
  },
  {
    name: 'alterConfigs of a config that does not exist: INVALID_CONFIG',
    async run(stage) {
      const name = await stage.topic()
      const change = { type: 'topic', name, set: { 'no.such.config': '1' }, remove: [] }
      await refused(stage.client.call('alterConfigs', change), 'INVALID_CONFIG')
    },
  },
]

const records: Case[] = [
  {
    name: 'a record larger than the topic allows: MESSAGE_TOO_LARGE',
    async run(stage) {
      const topic = await stage.topic(1, { 'max.message.bytes': '10000' })
      const work = stage.client.produce([{ topic, partition: 0, value: 'x'.repeat(20_000) }])
      await refused(work, 'MESSAGE_TOO_LARGE', 'RECORD_TOO_LARGE', 'MSG_SIZE_TOO_LARGE')
      await stage.client.produce([{ topic, partition: 0, value: 'small' }])
    },
  },
  {
    name: 'a record without key on a compacted topic: INVALID_RECORD',
    async run(stage) {
      stage.client.needs('invalid-record-error')
      const topic = await stage.topic(1, { 'cleanup.policy': 'compact' })
      await refused(stage.client.produce([{ topic, partition: 0, value: 'v' }]), 'INVALID_RECORD')
      await stage.client.produce([{ topic, partition: 0, key: 'k', value: 'v' }])
    },
  },
  {
    name: 'deleteRecords beyond the end: OFFSET_OUT_OF_RANGE',
    async run(stage) {
      const partitions = [{ topic: await stage.topic(), partition: 0, offset: 5 }]
      const work = stage.client.call('deleteRecords', { partitions })
      await refused(work, 'OFFSET_OUT_OF_RANGE')
    },
  },
]

const offsets: Case[] = [
  {
    name: 'a reader past the end with reset none: OFFSET_OUT_OF_RANGE',
    async run(stage) {
      stage.client.needs('assign')
      const topic = await stage.topic()
      const consumer = await stage.consumer({ autoOffsetReset: 'none' })
      await consumer.assign({ topic, partition: 0, offset: 1_000 })
      await refused(consumer.take(1), 'OFFSET_OUT_OF_RANGE', ...noReset)
    },
  },
  {
    name: 'a reader past the end with reset earliest goes to the beginning',
    async run(stage) {
      stage.client.needs('assign', 'out-of-range-reset')
      const topic = await stage.topic()
      await stage.client.produce([{ topic, partition: 0, value: 'first' }])
      const consumer = await stage.consumer({ autoOffsetReset: 'earliest' })
      await consumer.assign({ topic, partition: 0, offset: 1_000 })
      const [got] = await consumer.take(1)
      if (got?.offset !== 0) throw new Error(`it went to ${got?.offset}`)
    },
  },
  {
    name: 'a group without commits and reset none is told so',
    async run(stage) {
      const topic = await stage.topic()
      const group = stage.name('group')
      const consumer = await stage.consumer({ group, autoOffsetReset: 'none' })
      await consumer.subscribe(topic)
      await refused(consumer.take(1), 'OFFSET_OUT_OF_RANGE', ...noReset)
    },
  },
]

/** What is refused, and with which of Kafka's errors. */
export const errorCases: readonly Case[] = [...topics, ...configs, ...records, ...offsets]
