import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { decideCreateTopics, refuseTopics } from '../../src/controller/create-topics.ts'
import { configsOf, type MetadataImage, ResourceType } from '../../src/metadata/image.ts'
import type { CreatableTopic } from '../../src/protocol/generated/19-create-topics.ts'
import { configOf, creating, startedController, topic } from './harness.ts'

const config = (name: string, value: string | null) => ({ configs: [{ name, value }] })
const assign = (...partitions: (readonly [number, readonly number[]])[]) => ({
  assignments: partitions.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
})

/** What Apache Kafka 4.3.1 answers on a single node where the topics t1 and a.b exist. */
const asKafka: [string, CreatableTopic, number, string][] = [
  ['exists', topic('t1'), 36, "Topic 't1' already exists."],
  ['a dot', topic('.'), 17, "Topic name is invalid: '.' is not allowed"],
  ['two dots', topic('..'), 17, "Topic name is invalid: '..' is not allowed"],
  [
    'too long',
    topic('a'.repeat(250)),
    17,
    `Topic name is invalid: the length of '${'a'.repeat(250)}' ` +
      'is longer than the max allowed length 249',
  ],
  [
    'characters',
    topic('a b'),
    17,
    "Topic name is invalid: 'a b' contains one or more characters " +
      "other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  ['collision', topic('a_b'), 17, "Topic 'a_b' collides with existing topic: a.b"],
  [
    'replication factor 0',
    topic('x', { replicationFactor: 0 }),
    38,
    'Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'replication factor -2',
    topic('x', { replicationFactor: -2 }),
    38,
    'Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'no partitions',
    topic('x', { numPartitions: 0 }),
    37,
    'Number of partitions was set to an invalid non-positive value.',
  ],
  [
    'partitions -2',
    topic('x', { numPartitions: -2 }),
    37,
    'Number of partitions was set to an invalid non-positive value.',
  ],
  [
    'too many',
    topic('x', { numPartitions: 10_001 }),
    44,
    'Excessively large number of partitions per request.',
  ],
  [
    'a gap',
    topic('x', assign([0, [1]], [2, [1]])),
    39,
    'partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'an unknown broker',
    topic('x', assign([0, [7]])),
    39,
    'The manual partition assignment includes broker 7, but no such broker is registered.',
  ],
  [
    'a broker twice',
    topic('x', assign([0, [1, 1]])),
    39,
    'The manual partition assignment includes the broker 1 more than once.',
  ],
  [
    'no replicas',
    topic('x', assign([0, []])),
    39,
    'The manual partition assignment includes an empty replica list.',
  ],
  [
    'an unknown config',
    topic('x', config('foo.bar', '1')),
    40,
    'Unknown topic config name: foo.bar',
  ],
  [
    'no number',
    topic('x', config('retention.ms', 'abc')),
    40,
    'Invalid value abc for configuration retention.ms: Not a number of type LONG',
  ],
  [
    'a null',
    topic('x', config('retention.ms', null)),
    40,
    'Null value not supported for topic configs: retention.ms',
  ],
  [
    'the metadata log',
    topic('__cluster_metadata'),
    42,
    'Creation of internal topic __cluster_metadata is prohibited.',
  ],
]

describe('what Apache Kafka refuses', async () => {
  const image = await imageWith('t1', 'a.b')

  it.each(asKafka)('%s', (_, asked, errorCode, errorMessage) => {
    const { records, response } = decide(image, asked)
    expect(response).toMatchObject([
      { name: asked.name, errorCode, errorMessage, numPartitions: -1, replicationFactor: -1 },
    ])
    expect(records).toEqual([])
  })

  it('more replicas than brokers', () => {
    const [result] = decide(image, topic('x', { replicationFactor: 2 })).response
    expect(result).toMatchObject({ errorCode: 38 })
    expect(result?.errorMessage).toMatch(/only 1 broker\(s\) are registered/)
  })

  it('a name that stands twice in the request, once for both', () => {
    const { response, records } = decide(image, topic('d'), topic('e'), topic('d'))
    expect(response.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['d', 42],
      ['e', 0],
    ])
    expect(records).toHaveLength(2)
  })

  it('two names of one request that collide with each other', () => {
    const { response } = decide(image, topic('p.q'), topic('p_q'))
    expect(response.map((one) => one.errorCode)).toEqual([0, 17])
  })

  it('numbers beside an assignment by hand', () => {
    for (const more of [{ numPartitions: 1 }, { replicationFactor: 1 }]) {
      const [result] = decide(image, topic('x', { ...assign([0, [1]]), ...more })).response
      expect(result?.errorCode).toBe(42)
    }
    const [twice] = decide(image, topic('x', assign([0, [1]], [0, [1]]))).response
    expect(twice?.errorCode).toBe(39)
  })

  it('all topics of a request that asks for too much in all', () => {
    const { response, records } = decide(
      image,
      topic('x', { numPartitions: 6000 }),
      topic('y', { numPartitions: 6000 }),
    )
    expect(response.map((one) => one.errorCode)).toEqual([44, 44])
    expect(records).toEqual([])
  })
})

describe('a topic', () => {
  it("gets the broker's defaults where it asks for none", async () => {
    const image = await imageWith()
    const context = { image, broker: configOf({ 'num.partitions': '3' }), random: seededRandom(1) }
    const { response, records } = decideCreateTopics(creating(topic('x')), context)
    expect(response).toMatchObject([{ numPartitions: 3, replicationFactor: 1, errorCode: 0 }])
    expect(records).toHaveLength(4)
  })

  it('is led by this broker, in its directory, and has its configs', async () => {
    const { controller } = await startedController()
    const asked = topic('x', { numPartitions: 2, ...config('cleanup.policy', 'compact, delete') })
    const [result] = await controller.createTopics(creating(asked))
    const created = controller.image.topicsByName.get('x')!
    expect(created.id).toBe(result?.topicId)
    for (const partition of created.partitions) {
      expect(partition).toMatchObject({
        replicas: [1],
        isr: [1],
        leader: 1,
        leaderEpoch: 0,
        directories: [controller.properties.directoryId],
      })
    }
    expect([...configsOf(controller.image, ResourceType.TOPIC, 'x')]).toEqual([
      ['cleanup.policy', 'compact, delete'],
    ])
    const described = result?.configs?.find((one) => one.name === 'cleanup.policy')
    expect(described).toMatchObject({ value: 'compact, delete', configSource: 1, readOnly: false })
    expect(result?.configs?.length).toBe(34)
  })

  it('takes the last value of a config that is named twice, and judges no other', async () => {
    const context = { image: await imageWith(), broker: configOf(), random: seededRandom(1) }
    const twice = (...values: string[]) => {
      const configs = values.map((value) => ({ name: 'segment.ms', value }))
      return decideCreateTopics(creating(topic('x', { configs })), context)
    }
    const { response, records } = twice('0', '1000')
    expect(response).toMatchObject([{ errorCode: 0 }])
    expect(records.filter(({ name }) => name === 'ConfigRecord')).toMatchObject([
      { value: { name: 'segment.ms', value: '1000' } },
    ])
    expect(twice('1000', '0').response).toMatchObject([{ errorCode: 40 }])
  })

  it('is assigned by hand as asked', async () => {
    const image = await imageWith()
    const { response } = decide(image, topic('x', assign([1, [1]], [0, [1]])))
    expect(response).toMatchObject([{ errorCode: 0, numPartitions: 2, replicationFactor: 1 }])
  })

  it('is only judged when it is to be validated', async () => {
    const { controller } = await startedController()
    const request = { ...creating(topic('x'), topic('.')), validateOnly: true }
    const results = await controller.createTopics(request)
    expect(results.map((one) => one.errorCode)).toEqual([0, 17])
    expect(results[0]?.configs?.length).toBe(34)
    expect(controller.image.topicsByName.size).toBe(0)
  })

  it('may have as many partitions as one request can', async () => {
    const { controller } = await startedController()
    const asked = topic('x', { numPartitions: 10_000 })
    expect(await controller.createTopics(creating(asked))).toMatchObject([{ errorCode: 0 }])
    expect(controller.image.topicsByName.get('x')?.partitions).toHaveLength(10_000)
  })
})

describe('an automatic topic', () => {
  it.each<[string, number, Record<string, string>]>([
    [
      '__consumer_offsets',
      50,
      { 'cleanup.policy': 'compact', 'compression.type': 'producer', 'segment.bytes': '104857600' },
    ],
    [
      '__transaction_state',
      50,
      {
        'cleanup.policy': 'compact',
        'compression.type': 'uncompressed',
        'min.insync.replicas': '1',
        'segment.bytes': '104857600',
        'unclean.leader.election.enable': 'false',
      },
    ],
    ['orders', 1, {}],
  ])('%s has the configs that Kafka gives it', async (name, partitions, configs) => {
    const { controller } = await startedController()
    const result = await controller.createTopicAutomatically(name)
    expect(result).toMatchObject({ errorCode: 0, numPartitions: partitions, replicationFactor: 1 })
    const stored = configsOf(controller.image, ResourceType.TOPIC, name)
    expect(Object.fromEntries(stored)).toEqual(configs)
    const again = await controller.createTopicAutomatically(name)
    expect(again.errorCode).toBe(36)
  })
})

describe('refuseTopics', () => {
  it('gives each name once', () => {
    const refusal = { code: 7, message: 'late' }
    const results = refuseTopics(creating(topic('a'), topic('b'), topic('a')), refusal)
    expect(results).toMatchObject([
      { name: 'a', errorCode: 7, errorMessage: 'late' },
      { name: 'b', errorCode: 7 },
    ])
  })
})

async function imageWith(...names: readonly string[]): Promise<MetadataImage> {
  const { controller } = await startedController()
  if (names.length > 0) await controller.createTopics(creating(...names.map((name) => topic(name))))
  return controller.image
}

function decide(image: MetadataImage, ...topics: readonly CreatableTopic[]) {
  const context = { image, broker: configOf(), random: seededRandom(1) }
  return decideCreateTopics({ topics, validateOnly: false }, context)
}

describe('with odradek.clamp.replication.factor', () => {
  const clamping = { 'odradek.clamp.replication.factor': 'true' }

  it('a topic has the replicas that there is room for, and the answer says so', async () => {
    const { controller } = await startedController(undefined, clamping)
    const wanted = creating(topic('three', { replicationFactor: 3 }), topic('one'))
    const [three, one] = await controller.createTopics(wanted)
    expect(three).toMatchObject({
      errorCode: 0,
      replicationFactor: 1,
      errorMessage:
        'Each partition has 1 replica(s) instead of 3: odradek.clamp.replication.factor is set ' +
        'and there are no more brokers.',
    })
    expect(one).toMatchObject({ errorCode: 0, replicationFactor: 1, errorMessage: null })
    await controller.close()
  })

  it('nonsense is refused all the same', async () => {
    const { controller } = await startedController(undefined, clamping)
    const wanted = creating(
      topic('zero', { replicationFactor: 0 }),
      topic('by hand', { ...assign([0, [1, 7]]) }),
      topic('elsewhere', { ...assign([0, [7]]) }),
    )
    const results = await controller.createTopics(wanted)
    expect(results.map(({ errorCode }) => errorCode)).toEqual([38, 17, 39])
    await controller.close()
  })
})
