/** The driver of kafkajs; ../cases/README.md has the protocol. */
import { createRequire } from 'node:module'
import kafkajs, { type Admin, type Message, type Producer } from 'kafkajs'
import { loadCodec } from '../../../src/compression/index.ts'
import { fromBase64, serve } from '../cases/serve.ts'
import { BufferedConsumer, type OpenArguments, type Place } from './buffered-consumer.ts'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs

interface LineRecord {
  readonly topic: string
  readonly partition?: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly [string, string | null][]
  readonly timestamp?: number
}

const codecs = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}
/** Kafka's numbers of what has configs. */
const resourceTypes = { topic: 2, broker: 4 }

/** kafkajs has gzip by itself, and takes the others from whoever knows them. */
async function registerCodecs(): Promise<void> {
  for (const type of [CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD]) {
    const codec = await loadCodec(type)
    Object.assign(CompressionCodecs, {
      [type]: () => ({
        compress: async (encoder: { buffer: Buffer }) =>
          Buffer.from(codec.compress(encoder.buffer)),
        decompress: async (bytes: Buffer) => Buffer.from(codec.decompress(bytes, 64 * 2 ** 20)),
      }),
    })
  }
}

/** A producer would try five times only, before a slow broker is back. */
const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 200 }
const kafka = new Kafka({
  brokers: [process.env['BOOTSTRAP'] ?? ''],
  logLevel: logLevel.NOTHING,
  retry,
})
const consumers = new Map<string, BufferedConsumer>()
const producers = new Map<boolean, Promise<Producer>>()
let theAdmin: Promise<Admin> | undefined

/** Administration asks again for a short time only: many of its errors count as passing ones. */
function admin(): Promise<Admin> {
  theAdmin ??= (async () => {
    const made = kafka.admin({ retry: { initialRetryTime: 50, retries: 4 } })
    await made.connect()
    return made
  })()
  return theAdmin
}

/** Which partition each message went to: kafkajs answers with the first offset of each batch. */
const chosen = new WeakMap<Message, number>()
const rememberingPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner()
  return (args: Parameters<typeof choose>[0]) => {
    const partition = choose(args)
    chosen.set(args.message, partition)
    return partition
  }
}

function producer(idempotent: boolean): Promise<Producer> {
  const known = producers.get(idempotent)
  if (known !== undefined) return known
  const limits = idempotent ? { maxInFlightRequests: 1 } : {}
  const made = kafka.producer({
    idempotent,
    ...limits,
    retry,
    createPartitioner: rememberingPartitioner,
  })
  const connected = made.connect().then(() => made)
  producers.set(idempotent, connected)
  return connected
}

/** The fields of a header: a list where its name comes more than once. */
function headersOf(list: LineRecord['headers']): Record<string, Buffer | Buffer[]> {
  const headers: Record<string, Buffer[]> = {}
  for (const [name, value] of list) {
    headers[name] = [...(headers[name] ?? []), fromBase64(value) as Buffer]
  }
  return headers
}

async function produce(args: {
  acks: number
  codec: keyof typeof codecs
  idempotent: boolean
  records: LineRecord[]
}) {
  const messages = args.records.map((record) => ({
    key: fromBase64(record.key),
    value: fromBase64(record.value),
    headers: headersOf(record.headers),
    ...(record.partition === undefined ? {} : { partition: record.partition }),
    ...(record.timestamp === undefined ? {} : { timestamp: String(record.timestamp) }),
  }))
  const topics = [...new Set(args.records.map((record) => record.topic))]
  const topicMessages = topics.map((topic) => ({
    topic,
    messages: messages.filter((_, i) => args.records[i]?.topic === topic),
  }))
  const { acks, codec } = args
  const sender = await producer(args.idempotent)
  const batch = { acks, compression: codecs[codec], topicMessages }
  const answers = (await sender.sendBatch(batch)) ?? []
  const next = new Map<string, number>()
  for (const { topicName, partition, baseOffset } of answers) {
    next.set(`${topicName}/${partition}`, Number(baseOffset))
  }
  return args.records.map(({ topic }, i) => {
    const partition = chosen.get(messages[i] as Message) ?? -1
    const place = `${topic}/${partition}`
    const offset = next.get(place) ?? -1
    if (offset >= 0) next.set(place, offset + 1)
    return { topic, partition, offset }
  })
}

async function offsets(args: { partitions: Place[]; at: 'earliest' | 'latest' | number }) {
  const { at } = args
  const found: object[] = []
  for (const { topic, partition } of args.partitions) {
    const all =
      typeof at === 'number'
        ? await (await admin()).fetchTopicOffsetsByTimestamp(topic, at)
        : await (await admin()).fetchTopicOffsets(topic)
    const one = all.find((entry) => entry.partition === partition)
    const offset = at === 'earliest' && one && 'low' in one ? one.low : one?.offset
    found.push({ topic, partition, offset: Number(offset ?? -1) })
  }
  return found
}

async function createTopics(args: {
  topics: {
    name: string
    partitions: number
    replicationFactor: number
    configs?: Record<string, string>
  }[]
}) {
  const topics = args.topics.map(({ name, partitions, replicationFactor, configs = {} }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
  }))
  // It tells by false, not by an error, that topics were there.
  if (!(await (await admin()).createTopics({ topics }))) {
    throw Object.assign(new Error('createTopics gave false'), { type: 'TOPIC_ALREADY_EXISTS' })
  }
}

async function alterConfigs(args: {
  type: keyof typeof resourceTypes
  name: string
  set: Record<string, string>
}) {
  const configEntries = Object.entries(args.set).map(([name, value]) => ({ name, value }))
  const resource = { type: resourceTypes[args.type], name: args.name, configEntries }
  await (await admin()).alterConfigs({ validateOnly: false, resources: [resource] })
}

async function describeConfigs(args: { type: keyof typeof resourceTypes; name: string }) {
  const resource = { type: resourceTypes[args.type], name: args.name }
  const answer = await (await admin()).describeConfigs({
    resources: [resource],
    includeSynonyms: false,
  })
  const entries = answer.resources[0]?.configEntries ?? []
  return Object.fromEntries(entries.map((entry) => [entry.configName, entry.configValue]))
}

async function deleteRecords(args: { partitions: (Place & { offset: number })[] }) {
  // It looks for leaders in what it knows of topics, and does not ask for others.
  await offsets({ partitions: args.partitions, at: 'earliest' })
  for (const { topic, partition, offset } of args.partitions) {
    const partitions = [{ partition, offset: String(offset) }]
    await (await admin()).deleteTopicRecords({ topic, partitions })
  }
  const found = await offsets({ partitions: args.partitions, at: 'earliest' })
  return found.map((one) => (one as { offset: number }).offset)
}

async function transactional(args: { transactionalId: string }) {
  const begun = performance.now()
  const made = kafka.producer({
    transactionalId: args.transactionalId,
    maxInFlightRequests: 1,
    retry: { retries: 5 },
  })
  const error = await made
    .connect()
    .then(() => made.transaction())
    .then((transaction) => transaction.abort())
    .then(
      () => ({}),
      (reason) => describe(reason),
    )
  const millis = performance.now() - begun
  await made.disconnect()
  return { millis, ...error }
}

interface Cause {
  readonly code?: number
  readonly type?: string
  readonly message?: string
  readonly cause?: Cause
  readonly errors?: readonly Cause[]
  readonly groups?: readonly { readonly error: Cause }[]
  readonly partitions?: readonly { readonly error: Cause }[]
}

/** The protocol's error within those that kafkajs puts around it. */
function describe(error: unknown): { code?: number; name?: string; message: string } {
  const { code, type, message = String(error), ...around } = error as Cause & Error
  const { cause, errors, groups, partitions } = error as Cause
  const inner = cause ?? errors?.[0] ?? groups?.[0]?.error ?? partitions?.[0]?.error
  if (type === undefined && inner !== undefined) return describe(inner)
  const name = type ?? around.name
  return { ...(typeof code === 'number' ? { code } : {}), ...(name ? { name } : {}), message }
}

function consumer(args: { consumer: string }): BufferedConsumer {
  const found = consumers.get(args.consumer)
  if (found === undefined) throw new Error(`there is no consumer ${args.consumer}`)
  return found
}

await registerCodecs()
const { version } = createRequire(import.meta.url)('kafkajs/package.json')
const ready = {
  client: 'kafkajs',
  version,
  codecs: Object.keys(codecs),
  assignors: ['roundrobin'],
  lacks: [
    ...[
      'null-headers',
      'mixed-subscriptions',
      'assign',
      'position',
      'static-membership',
      'fenced-instance-error',
    ],
    'auto-offset-reset-none',
  ],
}
const operations = {
  produce,
  offsets,
  createTopics,
  alterConfigs,
  describeConfigs,
  deleteRecords,
  transactional,
  deleteTopics: async (args: { names: string[] }) =>
    (await admin()).deleteTopics({ topics: args.names }),
  createPartitions: async ({ topic, total }: { topic: string; total: number }) => {
    const topicPartitions = [{ topic, count: total }]
    await (await admin()).createPartitions({ topicPartitions })
  },
  listTopics: async () => {
    const { topics } = await (await admin()).fetchTopicMetadata()
    return topics.map(({ name, partitions }) => ({ name, partitions: partitions.length }))
  },
  listGroups: async () => (await (await admin()).listGroups()).groups.map((group) => group.groupId),
  describeGroup: async ({ group }: { group: string }) => {
    const [found] = (await (await admin()).describeGroups([group])).groups
    const members = found?.members.map(({ memberId: id, clientId }) => ({ id, clientId }))
    return { state: found?.state, protocol: found?.protocol, members }
  },
  deleteGroups: async (args: { groups: string[] }) => (await admin()).deleteGroups(args.groups),
  openConsumer: async (args: OpenArguments & { consumer: string }) => {
    consumers.set(args.consumer, await BufferedConsumer.open(kafka, args))
  },
  subscribe: (args: { consumer: string; topics: string[] }) =>
    consumer(args).subscribe(args.topics),
  poll: (args: { consumer: string; max: number; timeoutMs: number }) =>
    consumer(args).poll(args.max, args.timeoutMs),
  assignment: (args: { consumer: string }) => consumer(args).assignment,
  seek: (args: { consumer: string } & Place & { offset: number }) => consumer(args).seek(args),
  pause: (args: { consumer: string; partitions: Place[] }) => consumer(args).pause(args.partitions),
  resume: (args: { consumer: string; partitions: Place[] }) =>
    consumer(args).resume(args.partitions),
  commit: (args: {
    consumer: string
    offsets: (Place & { offset: number; metadata?: string })[]
  }) => consumer(args).commit(args.offsets),
  committed: async (args: { consumer: string; partitions: Place[] }) =>
    consumer(args).committed(await admin(), args.partitions),
  closeConsumer: async (args: { consumer: string }) => {
    await consumer(args).close()
    consumers.delete(args.consumer)
  },
}

async function closeAll(): Promise<void> {
  await Promise.all([...consumers.values()].map((one) => one.close()))
  await Promise.all([...producers.values()].map(async (one) => (await one).disconnect()))
  await (await theAdmin)?.disconnect()
}

await serve(ready, operations, describe, closeAll)
