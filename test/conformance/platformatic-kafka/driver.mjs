// The driver of @platformatic/kafka; ../cases/README.md has the protocol. It is given the folder of
// the package, which is no dependency of this project.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromBase64, serve, toBase64 } from '../cases/serve.ts'

const folder = process.argv[2]
const load = (...path) => import(pathToFileURL(join(folder, 'dist', ...path)).href)
const { Admin, ConfigResourceTypes, Consumer, Producer } = await load('index.js')
const { defaultPartitioner } = await load('clients', 'producer', 'partitioners.js')

const common = {
  clientId: 'conformance',
  bootstrapBrokers: [process.env.BOOTSTRAP],
  retries: 200,
  retryDelay: 200,
  timeout: 15_000,
  metadataMaxAge: 500,
}
/** Administration asks again for a short time only. */
const admin = new Admin({ ...common, retries: 2 })
const producers = new Map()
const consumers = new Map()
const latest = -1n
const earliest = -2n
const deleteConfig = 1

/** All errors of Kafka within those that the library puts around them. */
function protocolErrors(error) {
  if (error?.apiId !== undefined) return [error]
  return [...(error?.errors ?? []), error?.cause].filter(Boolean).flatMap(protocolErrors)
}

/** Refused records come as unknown errors, before the code of their partition. */
function describe(error) {
  const all = protocolErrors(error)
  const found = all.find((one) => one.apiCode > 0) ?? all[0]
  if (found) return { code: found.apiCode, name: found.apiId, message: found.message }
  const message = String(error?.message)
  const isWithoutOffset = message.includes('has no committed offset')
  return { name: isWithoutOffset ? '_NO_OFFSET' : (error?.code ?? error?.name), message }
}

function producer(idempotent) {
  const known = producers.get(idempotent)
  if (known !== undefined) return known
  const made = new Producer({ ...common, idempotent, autocreateTopics: true })
  producers.set(idempotent, made)
  return made
}

async function produce({ acks, codec, idempotent, records }) {
  const counts = new Map()
  const hashes = new Map()
  const messages = records.map((record) => ({
    topic: record.topic,
    key: fromBase64(record.key) ?? undefined,
    value: fromBase64(record.value) ?? undefined,
    headers: new Map(record.headers.map(([name, value]) => [Buffer.from(name), fromBase64(value)])),
    ...(record.partition === undefined ? {} : { partition: record.partition }),
    ...(record.timestamp === undefined ? {} : { timestamp: BigInt(record.timestamp) }),
  }))
  // The answer has the first offset of each partition only.
  const partitioner = (message, key) => {
    const hash = defaultPartitioner(message, key)
    hashes.set(message, hash)
    return hash
  }
  const options = { messages, acks, compression: codec, partitioner }
  const { offsets = [] } = await producer(idempotent).send(options)
  const metadata = producer(idempotent).currentMetadata
  return messages.map((message) => {
    const partitions = metadata.topics.get(message.topic)?.partitionsCount ?? 1
    const partition = message.partition ?? (hashes.get(message) ?? 0) % partitions
    const place = `${message.topic}/${partition}`
    const first = offsets.find((one) => `${one.topic}/${one.partition}` === place)
    const count = counts.get(place) ?? 0
    counts.set(place, count + 1)
    return { partition, offset: first === undefined ? -1 : Number(first.offset) + count }
  })
}

/** A consumer whose stream fills a list, from which polls take. */
class Reader {
  #consumer
  #reset
  #stream
  #records = []
  #failure
  #wake = () => {}

  constructor({ group, instanceId, assignor, autoOffsetReset, sessionTimeoutMs, heartbeatMs }) {
    this.#reset = autoOffsetReset === 'none' ? 'fail' : autoOffsetReset
    this.#consumer = new Consumer({
      ...common,
      groupId: group,
      autocommit: false,
      maxWaitTime: 200,
      sessionTimeout: sessionTimeoutMs ?? 10_000,
      rebalanceTimeout: Math.max(12_000, sessionTimeoutMs ?? 0),
      heartbeatInterval: heartbeatMs ?? 500,
      ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
      ...(assignor === undefined ? {} : { protocols: [{ name: assignor, version: 1 }] }),
    })
  }

  async subscribe({ topics }) {
    this.#consumer.on('consumer:heartbeat:error', ({ error }) => {
      if (describe(error).name === 'FENCED_INSTANCE_ID') this.#fail(error)
    })
    this.#stream = await this.#consumer.consume({
      topics,
      mode: 'committed',
      fallbackMode: this.#reset,
    })
    this.#stream.on('data', (message) => {
      this.#records.push(message)
      this.#wake()
    })
    this.#stream.on('error', (error) => this.#fail(error))
  }

  #fail(error) {
    this.#failure = error
    this.#wake()
  }

  async poll({ max, timeoutMs }) {
    const deadline = performance.now() + timeoutMs
    while (this.#records.length < max && this.#failure === undefined) {
      const left = deadline - performance.now()
      if (left <= 0) break
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    if (this.#failure !== undefined) throw this.#failure
    return this.#records.splice(0, max).map((message) => ({
      topic: message.topic,
      partition: message.partition,
      offset: Number(message.offset),
      timestamp: Number(message.timestamp),
      key: toBase64(message.key),
      value: toBase64(message.value),
      headers: message.headerEntries.map(([name, value]) => [name.toString(), toBase64(value)]),
    }))
  }

  assignment() {
    return (this.#consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  }

  async commit({ offsets }) {
    await this.#consumer.commit({
      offsets: offsets.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: 0,
      })),
    })
  }

  async committed({ partitions }) {
    const all = []
    for (const { topic, partition } of partitions) {
      const topics = [{ topic, partitions: [partition] }]
      const found = await this.#consumer.listCommittedOffsets({ topics })
      const offset = found.get(topic)?.find((one) => one !== undefined) ?? -1n
      all.push({ topic, partition, offset: Number(offset) })
    }
    return all
  }

  async closeConsumer() {
    await this.#consumer.close(true)
  }
}

async function offsets({ partitions, at }) {
  const timestamp = { earliest, latest }[at] ?? BigInt(at)
  const all = []
  for (const { topic, partition } of partitions) {
    const wanted = [{ partitionIndex: partition, timestamp }]
    const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] })
    all.push({ topic, partition, offset: Number(found.partitions[0].offset) })
  }
  return all
}

const resource = (type, resourceName) => ({
  resourceType: type === 'topic' ? ConfigResourceTypes.TOPIC : ConfigResourceTypes.BROKER,
  resourceName,
})

const operations = {
  produce,
  offsets,
  openConsumer: (args) => {
    consumers.set(args.consumer, new Reader(args))
  },
  createTopics: async ({ topics }) => {
    for (const { name, partitions, replicationFactor, configs = {} } of topics) {
      const list = Object.entries(configs).map(([config, value]) => ({ name: config, value }))
      const topic = { topic: name, partitions, replicas: replicationFactor }
      await admin.createTopics({ topics: [topic], configs: list })
    }
  },
  deleteTopics: ({ names }) => admin.deleteTopics({ topics: names }),
  createPartitions: ({ topic, total }) =>
    admin.createPartitions({ topics: [{ name: topic, count: total, assignments: null }] }),
  listTopics: async () => {
    const topics = await admin.listTopics()
    const metadata = await admin.metadata({ topics, forceUpdate: true })
    return topics.map((name) => ({ name, partitions: metadata.topics.get(name).partitionsCount }))
  },
  describeConfigs: async ({ type, name }) => {
    const [found] = await admin.describeConfigs({ resources: [resource(type, name)] })
    return Object.fromEntries(found.configs.map((config) => [config.name, config.value]))
  },
  alterConfigs: async ({ type, name, set, remove }) => {
    const configs = [
      ...Object.entries(set).map(([config, value]) => ({
        name: config,
        configOperation: 0,
        value,
      })),
      ...remove.map((config) => ({ name: config, configOperation: deleteConfig, value: null })),
    ]
    await admin.incrementalAlterConfigs({ resources: [{ ...resource(type, name), configs }] })
  },
  listGroups: async () => [...(await admin.listGroups()).keys()],
  describeGroup: async ({ group }) => {
    const found = (await admin.describeGroups({ groups: [group] })).get(group)
    const members = [...found.members.values()].map(({ id, clientId }) => ({ id, clientId }))
    return { state: found.state, protocol: found.protocol, members }
  },
  deleteGroups: ({ groups }) => admin.deleteGroups({ groups }),
  deleteRecords: async ({ partitions }) => {
    const all = []
    for (const { topic, partition, offset } of partitions) {
      const wanted = [{ partition, offset: BigInt(offset) }]
      const [found] = await admin.deleteRecords({ topics: [{ name: topic, partitions: wanted }] })
      all.push(Number(found.partitions[0].lowWatermark))
    }
    return all
  },
  transactional: async ({ transactionalId }) => {
    const begun = performance.now()
    const made = new Producer({ ...common, retries: 3, transactionalId, idempotent: true })
    const outcome = await made.beginTransaction().then(
      () => ({}),
      (error) => describe(error),
    )
    const millis = performance.now() - begun
    await made.close(true).catch(() => {})
    return { millis, ...outcome }
  },
}
for (const name of ['subscribe', 'poll', 'assignment', 'commit', 'committed', 'closeConsumer']) {
  operations[name] = (args) => consumers.get(args.consumer)[name](args)
}

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const ready = {
  client: 'platformatic-kafka',
  version,
  codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  assignors: ['roundrobin', 'cooperative-sticky'],
  lacks: [
    ...['assign', 'seek', 'pause', 'resume', 'position'],
    ...['mixed-subscriptions', 'fenced-instance-error', 'log-append-time'],
  ],
}
await serve(ready, operations, describe, async () => {
  await Promise.allSettled([...consumers.values()].map((one) => one.closeConsumer()))
  await Promise.allSettled([...producers.values(), admin].map((one) => one.close()))
})
