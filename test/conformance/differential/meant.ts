/**
 * Whole answers that are meant to differ, each with its reason: lines of docs/differences.md. What
 * may differ field by field stands in allowed.ts.
 */
import { brokerConfigs } from '../../../src/metadata/config/tables.ts'
import { ResourceType } from '../../../src/metadata/image.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { Batches, batchSizes } from './batches.ts'
import type { Fault } from './compare.ts'
import type { Exchange } from './findings.ts'
import { isStruct, type Side } from './ids.ts'
import type { World } from './world.ts'

/** A difference that is meant. */
interface Meant {
  readonly reason: string
  readonly when: (fault: Fault, exchange: Exchange, world: World) => boolean
}

/** What both answer where there is no transaction that a batch could be of. */
const noTransactions = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
/** What Kafka answers where it fails over a request. */
const failed = ErrorCode.UNKNOWN_SERVER_ERROR

/** The values of all fields of that name in a message. */
function valuesOf(message: unknown, name: string): unknown[] {
  if (Array.isArray(message)) return message.flatMap((item) => valuesOf(item, name))
  if (!isStruct(message)) return []
  return Object.entries(message).flatMap(([field, value]) =>
    field === name ? [value] : valuesOf(value, name),
  )
}

/** True if a list of the request names the same thing twice. */
function repeatsItself(request: unknown, list: string, names: readonly string[]): boolean {
  return valuesOf(request, list).some((items) => {
    if (!Array.isArray(items)) return false
    const keys = items.map((item) =>
      isStruct(item) ? JSON.stringify(names.map((name) => item[name])) : String(item),
    )
    return new Set(keys).size < keys.length
  })
}

const offsetsTopic = '__consumer_offsets'

/** Sizes in a DescribeLogDirs of logs that may hold other bytes. */
function loggedSizes(answer: unknown, isOther: (topic: string) => boolean): ReadonlySet<unknown> {
  const topics = valuesOf(answer, 'topics').flat()
  const others = topics.filter((one) => isStruct(one) && isOther(String(one['name'])))
  return new Set(valuesOf(others, 'partitionSize'))
}

/** What a Fetch, ListOffsets or OffsetForLeaderEpoch says of the log of groups. */
function ofGroups(answer: unknown): unknown[] {
  const topics = [...valuesOf(answer, 'responses'), ...valuesOf(answer, 'topics')].flat()
  return topics.filter(
    (one) => isStruct(one) && (one['topic'] === offsetsTopic || one['name'] === offsetsTopic),
  )
}

/** True if a piece of a batch leaves no room in Kafka's answer for a batch that ours holds. */
function isFilledUp({ request, kafka, odradek }: Exchange): boolean {
  const [theirs, ours] = [kafka, odradek].map((answer) =>
    valuesOf(answer, 'records').filter((one) => one instanceof Uint8Array),
  )
  const sum = (sizes: number[]) => sizes.reduce((all, one) => all + one, 0)
  const answered = sum(theirs?.map((bytes) => bytes.length) ?? [])
  const hasPiece = sum(theirs?.flatMap(batchSizes) ?? []) < answered
  const firsts = ours?.flatMap((bytes) => batchSizes(bytes).slice(0, 1)) ?? []
  const bytesMax = Number(valuesOf(request, 'maxBytes')[0])
  return hasPiece && firsts.some((bytes) => answered + bytes > bytesMax)
}

/** What stands for a member id of one side; undefined where the two have not both told of it. */
function refOf(world: World, side: Side, id: unknown): string | undefined {
  return world.ids.ref('member', side, String(id))?.toString()
}

/** True if a Produce writes to a topic whose batches may be compressed anew. */
function isRecompressed(request: unknown, { topics, recompressed }: World): boolean {
  const named = [...valuesOf(request, 'name'), ...valuesOf(request, 'topicId')].map(String)
  return topics.some(
    ({ name, id }) =>
      recompressed.has(name) && (named.includes(name) || named.includes(String(id))),
  )
}

/** The batches of a Produce. */
function batchesOf(request: unknown): Batches[] {
  return valuesOf(request, 'records').filter((one) => one instanceof Batches)
}

/** True if Kafka takes a batch that ours refuses, and for what follows from it. */
function isOnlyOurRefusal(
  { path, kafka, odradek }: Fault,
  answers: { readonly kafka: readonly number[]; readonly odradek: number } = recordAnswers,
): boolean {
  if (!path.startsWith('Produce.responses[].partitionResponses[].')) return false
  const isRefused = answers.kafka.includes(Number(kafka)) && odradek === answers.odradek
  return path.endsWith('errorCode') ? isRefused : odradek === -1
}

/** What the two answer where only Kafka reads over damage in a record. */
const recordAnswers = { kafka: [ErrorCode.NONE], odradek: ErrorCode.INVALID_RECORD }
/** And in the stream around them, after which Kafka looks at the sequence. */
const streamAnswers = {
  kafka: [
    ErrorCode.NONE,
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    ErrorCode.DUPLICATE_SEQUENCE_NUMBER,
  ],
  odradek: failed,
}
/** From this version of Produce on Kafka leaves the codec of a batch to its partition. */
const codecsCheckedFrom = 7

const isProduce = ({ api }: Exchange): boolean => api === 'Produce'
const isFetch = ({ api }: Exchange): boolean => api === 'Fetch'
const isAbsurd = (value: unknown, known: readonly number[]): boolean =>
  typeof value === 'number' && !known.includes(value)

const brokerType: number = ResourceType.BROKER

/** Asks for the record with the largest timestamp. */
const latestTimestamp = -3

/** How a batch is refused that is damaged. */
const damageCodes: readonly number[] = [failed, ErrorCode.CORRUPT_MESSAGE, ErrorCode.INVALID_RECORD]

/** How Kafka refuses a batch before it looks at the partition. */
const brokenBatchCodes: readonly number[] = [
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.INVALID_RECORD,
  ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
]

/** Kafka's largest id of a fetch session, in eight shards. */
const sessionIdMax = 8 * Math.floor((2 ** 31 - 1) / 8) - 1

/** What is meant to differ. */
export const meantDifferences: readonly Meant[] = [
  {
    reason: 'there are no transactions: a Produce with a transactional id is refused',
    when: (_, exchange) =>
      isProduce(exchange) && valuesOf(exchange.request, 'transactionalId')[0] != null,
  },
  {
    reason: 'there are no transactions: a transactional id gets no producer id',
    when: (_, { api, request }) =>
      api === 'InitProducerId' && valuesOf(request, 'transactionalId')[0] != null,
  },
  {
    reason: 'a transactional batch outside of a transaction refuses its own partition only',
    when: (_, exchange) =>
      isProduce(exchange) &&
      valuesOf(exchange.kafka, 'errorCode').every((code) => code === noTransactions) &&
      batchesOf(exchange.request).some((one) => one.isTransactional()),
  },
  {
    reason:
      'Kafka keeps one of several batches for one partition of a Produce; here all are appended',
    when: (_, exchange) =>
      isProduce(exchange) &&
      (repeatsItself(exchange.request, 'topicData', ['name', 'topicId']) ||
        repeatsItself(exchange.request, 'partitionData', ['index'])),
  },
  {
    reason: 'Kafka refuses all partitions of a Produce that holds an impossible batch',
    when: (_, exchange) =>
      isProduce(exchange) &&
      valuesOf(exchange.kafka, 'errorCode').every((code) => code === ErrorCode.CORRUPT_MESSAGE),
  },
  {
    reason: 'Kafka fails over a whole Produce before version 7 that holds a codec that never was',
    when: (_, exchange) =>
      isProduce(exchange) &&
      exchange.version < codecsCheckedFrom &&
      valuesOf(exchange.kafka, 'errorCode').every((code) => code === failed) &&
      batchesOf(exchange.request).some((one) => one.hasStrangeCodec()),
  },
  {
    reason: 'Kafka does not look at the end of a compressed stream that is damaged',
    when: (fault, { request }) =>
      isOnlyOurRefusal(fault, streamAnswers) &&
      batchesOf(request).some((one) => one.cannotBeOpened()),
  },
  {
    reason: 'whose topic nobody may write to is told so, whatever the batch is',
    when: ({ kafka, odradek }, exchange) =>
      isProduce(exchange) &&
      brokenBatchCodes.includes(Number(kafka)) &&
      odradek === ErrorCode.INVALID_TOPIC_EXCEPTION,
  },
  {
    reason: 'flush.messages is 1 by default',
    when: ({ path, odradek }, { api }) =>
      api === 'DescribeConfigs' && path.endsWith('synonyms[].value') && odradek === '1',
  },
  {
    reason: 'where as many members vote for each protocol, Kafka takes any',
    when: ({ path, kafka, odradek }) =>
      path === 'JoinGroup.protocolName' && Boolean(kafka) && Boolean(odradek),
  },
  {
    reason: 'and what the members offer of that one is told',
    when: ({ path }, { kafka, odradek }) =>
      path === 'JoinGroup.members[].metadata' &&
      valuesOf(kafka, 'protocolName')[0] !== valuesOf(odradek, 'protocolName')[0],
  },
  {
    reason: 'once the leader has left while others wait, Kafka takes the next of a hash map',
    when: ({ path }, { kafka, odradek, request }, world) => {
      if (path !== 'JoinGroup.leader' && path !== 'JoinGroup.members.length') return false
      const [theirs] = valuesOf(kafka, 'leader').map((id) => refOf(world, 'kafka', id))
      const [ours] = valuesOf(odradek, 'leader').map((id) => refOf(world, 'odradek', id))
      return theirs !== ours && world.isLeaderless(String(valuesOf(request, 'groupId')[0]))
    },
  },
  {
    reason:
      'Kafka skips over damage inside a record of a compressed batch that it does not look at',
    when: (fault, { request }) =>
      isOnlyOurRefusal(fault) && batchesOf(request).some((one) => one.hidesDamage()),
  },
  {
    reason: 'Kafka takes an uncompressed batch whose offset deltas do not count up',
    when: (fault, { request }) =>
      isOnlyOurRefusal(fault) && batchesOf(request).some((one) => one.countsWrong()),
  },
  {
    reason: 'of several faults of a compressed batch another one may be met first, in a record',
    when: ({ path }, { request }) =>
      path === 'Produce.responses[].partitionResponses[].recordErrors.length' &&
      batchesOf(request).some((one) => one.hidesDamage()),
  },
  {
    reason: 'Kafka never answers an AlterConfigs that names a resource twice',
    when: ({ kafka }, { api, request }) =>
      api === 'AlterConfigs' &&
      kafka === 'silent' &&
      repeatsItself(request, 'resources', ['resourceType', 'resourceName']),
  },
  {
    reason: 'Kafka fails over a topic in Metadata with neither name nor id',
    when: (_, { api, kafka }) =>
      api === 'Metadata' && valuesOf(kafka, 'errorCode').includes(failed),
  },
  {
    reason: 'Kafka leaves out topics of a Produce that have no partitions',
    when: ({ path }, { request }) =>
      path === 'Produce.responses.length' &&
      valuesOf(request, 'partitionData').some((list) => (list as unknown[]).length === 0),
  },
  {
    reason: 'Kafka may name a deleted record as the one with the largest timestamp',
    when: ({ path }, { api, request }) =>
      api === 'ListOffsets' &&
      /\.(timestamp|offset|leaderEpoch)$/.test(path) &&
      valuesOf(request, 'timestamp').includes(latestTimestamp),
  },
  {
    reason: 'Kafka fails over a DescribeTopicPartitions with an empty name',
    when: (_, { api, kafka }) =>
      api === 'DescribeTopicPartitions' && valuesOf(kafka, 'errorCode').includes(failed),
  },
  {
    reason: 'of several faults of a config change another one may be told',
    when: ({ path, kafka, odradek }, { api }) =>
      /AlterConfigs$/.test(api) &&
      path.endsWith('errorCode') &&
      kafka !== ErrorCode.NONE &&
      odradek !== ErrorCode.NONE,
  },
  {
    reason: 'a topic that is gone has no id any more, also for a fetch session that knew it',
    when: ({ kafka, odradek }, exchange) =>
      isFetch(exchange) &&
      kafka === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION &&
      odradek === ErrorCode.UNKNOWN_TOPIC_ID,
  },
  {
    reason: 'Kafka answers a partition that a Fetch names twice once',
    when: (_, exchange) =>
      isFetch(exchange) &&
      (repeatsItself(exchange.request, 'topics', ['topic', 'topicId']) ||
        repeatsItself(exchange.request, 'partitions', ['partition'])),
  },
  {
    reason: 'of several faults of a compressed batch another one may be met first',
    when: ({ path, kafka, odradek }, exchange) =>
      isProduce(exchange) &&
      path.endsWith('errorCode') &&
      [kafka, odradek].every((code) => damageCodes.includes(code as number)),
  },
  {
    reason: 'Kafka fails over isolation levels that do not exist, and over negative limits',
    when: (_, exchange) =>
      isFetch(exchange) &&
      (isAbsurd(valuesOf(exchange.request, 'isolationLevel')[0], [0, 1]) ||
        valuesOf(exchange.request, 'maxBytes').some((bytes) => Number(bytes) < 0) ||
        valuesOf(exchange.request, 'partitionMaxBytes').some((bytes) => Number(bytes) < 0)),
  },
  {
    reason: 'Kafka fails over isolation levels that do not exist, before it looks at anything else',
    when: (_, { api, request }) =>
      api === 'ListOffsets' && isAbsurd(valuesOf(request, 'isolationLevel')[0], [0, 1]),
  },
  {
    reason: 'acks that do not exist are refused before the batches are looked at',
    when: ({ odradek, path }, exchange) =>
      isProduce(exchange) &&
      path.endsWith('errorCode') &&
      odradek === ErrorCode.INVALID_REQUIRED_ACKS,
  },
  {
    reason: 'Kafka fails over config operations that do not exist',
    when: ({ kafka, path }, { api }) =>
      api === 'IncrementalAlterConfigs' && path.endsWith('errorCode') && kafka === failed,
  },
  {
    reason: 'loggers are no resources here',
    when: (_, { api, request }) => {
      const types = [...valuesOf(request, 'resourceTypes'), ...valuesOf(request, 'resourceType')]
      return /Config/.test(api) && types.flat().includes(8)
    },
  },
  {
    reason: 'loggers are no resources here',
    when: ({ path, kafka, odradek }, { api }) =>
      api === 'ListConfigResources' &&
      path.endsWith('.length') &&
      (kafka as number[])[0] === 1 + ((odradek as number[])[0] ?? 0),
  },
  {
    reason: 'what coordinators write is as long as they please, and so is what is compressed anew',
    when: ({ path, kafka, odradek }, exchange, world) => {
      const isOther = (topic: string) => topic === offsetsTopic || world.recompressed.has(topic)
      return (
        path.endsWith('.partitionSize') &&
        loggedSizes(exchange.kafka, isOther).has(kafka) &&
        loggedSizes(exchange.odradek, isOther).has(odradek)
      )
    },
  },
  {
    reason: 'groups are kept in other records than in Kafka, from which it reads the same',
    when: ({ path, ...values }, { kafka, odradek }) => {
      const [, field] =
        /\.(highWatermark|lastStableOffset|endOffset|offset|timestamp|records)\b/.exec(path) ?? []
      if (field === undefined || !/^(Fetch|ListOffsets|OffsetForLeaderEpoch)\./.test(path))
        return false
      const [theirs, ours] = [kafka, odradek].map((answer) => valuesOf(ofGroups(answer), field))
      if (field === 'records') return theirs?.length !== 0 && ours?.length !== 0
      return theirs?.includes(values.kafka) === true && ours?.includes(values.odradek) === true
    },
  },
  {
    reason: 'Kafka fills an answer up with a piece of a batch, so that others get nothing of it',
    when: ({ path, kafka, odradek }, exchange) =>
      path === 'Fetch.responses[].partitions[].records.batches.length' &&
      kafka === 0 &&
      Number(odradek) > 0 &&
      isFilledUp(exchange),
  },
  {
    reason: 'Kafka fails where it compresses anew what is dated before 1970 or lacks an epoch',
    when: ({ path, kafka }, { api, request }, world) => {
      if (api !== 'Produce' || !isRecompressed(request, world)) return false
      const hasFailed = path.endsWith('errorCode') ? kafka === failed : kafka === -1
      return hasFailed && batchesOf(request).some((one) => one.cannotBeRebuilt())
    },
  },
  {
    reason: 'Kafka overflows where a cursor lies too far out, and names a partition below 0',
    when: ({ path }, { kafka }) => {
      const [next] = valuesOf(kafka, 'nextCursor')
      const isBelow = Number(valuesOf(next, 'partitionIndex')[0]) < 0
      return isBelow && /^DescribeTopicPartitions\.(nextCursor|topics\.length)/.test(path)
    },
  },
  {
    reason: 'broker configs that nobody knows are refused; Kafka takes any name',
    when: ({ kafka, odradek }, { api, request }) =>
      /AlterConfigs$/.test(api) &&
      valuesOf(request, 'resourceType').includes(brokerType) &&
      kafka === ErrorCode.NONE &&
      odradek === ErrorCode.INVALID_CONFIG &&
      valuesOf(request, 'name').some((name) => !brokerConfigs().has(String(name))),
  },
  {
    reason: 'Kafka fails over a Fetch with two topics to be refused, one of them of an unknown id',
    when: (_, exchange) =>
      isFetch(exchange) &&
      valuesOf(exchange.kafka, 'errorCode')[0] === failed &&
      valuesOf(exchange.odradek, 'responses').flat().length > 1 &&
      valuesOf(exchange.odradek, 'errorCode').includes(ErrorCode.UNKNOWN_TOPIC_ID),
  },
  {
    reason: 'Kafka fails over fetch sessions with an id that it never gives out',
    when: (_, exchange) =>
      isFetch(exchange) &&
      valuesOf(exchange.request, 'sessionId').some(
        (id) => typeof id === 'number' && (id < 0 || id > sessionIdMax),
      ),
  },
  {
    reason: 'Kafka fails over an instance id that comes with an id which MEMBER_ID_REQUIRED gave',
    when: (_, { api, kafka }) => api === 'JoinGroup' && valuesOf(kafka, 'errorCode')[0] === failed,
  },
  {
    reason: 'Kafka fails over a member that offers a protocol twice, and over its whole group then',
    when: ({ kafka }, { api, request }) =>
      api === 'JoinGroup' && kafka === 'silent' && repeatsItself(request, 'protocols', ['name']),
  },
  {
    reason: 'Kafka closes the connection over kinds of access rules that do not exist',
    when: ({ kafka }, { api }) => /Acls$/.test(api) && kafka === 'closed',
  },
]

/** Why a difference is meant; undefined if it is not. */
export function reasonOf(fault: Fault, exchange: Exchange, world: World): string | undefined {
  return meantDifferences.find(({ when }) => when(fault, exchange, world))?.reason
}
