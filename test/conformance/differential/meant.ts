/**
 * Whole answers that are meant to differ, each with its reason: lines of docs/differences.md. What
 * may differ field by field stands in allowed.ts.
 */
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { Fault } from './compare.ts'
import type { Exchange } from './findings.ts'
import { isStruct } from './ids.ts'

/** A difference that is meant. */
interface Meant {
  readonly reason: string
  readonly when: (fault: Fault, exchange: Exchange) => boolean
}

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

/** Sizes of the logs of group offsets in a DescribeLogDirs. */
function groupLogSizes(answer: unknown): ReadonlySet<unknown> {
  const topics = valuesOf(answer, 'topics').flat()
  const ofGroups = topics.filter((one) => isStruct(one) && one['name'] === '__consumer_offsets')
  return new Set(valuesOf(ofGroups, 'partitionSize'))
}

const isProduce = ({ api }: Exchange): boolean => api === 'Produce'
const isFetch = ({ api }: Exchange): boolean => api === 'Fetch'
const isAbsurd = (value: unknown, known: readonly number[]): boolean =>
  typeof value === 'number' && !known.includes(value)

/** Asks for the record with the largest timestamp. */
const latestTimestamp = -3

/** How a batch is refused that is damaged. */
const damageCodes: readonly number[] = [failed, ErrorCode.CORRUPT_MESSAGE, ErrorCode.INVALID_RECORD]

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
    reason: 'there are no transactions: FindCoordinator says so',
    when: (_, { api, request }) =>
      api === 'FindCoordinator' && valuesOf(request, 'keyType')[0] !== 0,
  },
  {
    reason: 'a transactional batch outside of a transaction refuses its own partition only',
    when: (_, exchange) =>
      isProduce(exchange) &&
      JSON.stringify(exchange.odradek).includes(
        `"errorCode":${ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED}`,
      ),
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
    reason: 'whose topic nobody may write to is told so, whatever the batch is',
    when: ({ kafka, odradek }, exchange) =>
      isProduce(exchange) &&
      kafka === ErrorCode.CORRUPT_MESSAGE &&
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
    reason:
      'Kafka shows a retention of -2 of the broker as it is where a topic is made, else as -1',
    when: ({ kafka, odradek }, { api }) =>
      api === 'CreateTopics' && kafka === '-2' && odradek === '-1',
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
    when: (_, { api, request }) =>
      api === 'ListOffsets' && valuesOf(request, 'timestamp').includes(latestTimestamp),
  },
  {
    reason: 'Kafka lists a group when the next record of its partition is committed',
    when: ({ path, kafka, odradek }) =>
      path === 'ListGroups.groups.length' &&
      ((kafka as number[])[0] ?? 0) < ((odradek as number[])[0] ?? 0),
  },
  {
    reason: 'Kafka fails over a DescribeTopicPartitions with an empty name',
    when: (_, { api, kafka }) =>
      api === 'DescribeTopicPartitions' && valuesOf(kafka, 'errorCode').includes(failed),
  },
  {
    reason: 'of several faults of a config change another one may be told',
    when: ({ path, kafka, odradek }, { api }) =>
      api === 'IncrementalAlterConfigs' &&
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
    reason: 'Kafka divides by log.cleaner.threads',
    when: (_, { api, request }) =>
      /AlterConfigs/.test(api) && valuesOf(request, 'name').includes('log.cleaner.threads'),
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
    reason: 'what coordinators write is as long as they please',
    when: ({ path, kafka, odradek }, exchange) =>
      path.endsWith('.partitionSize') &&
      groupLogSizes(exchange.kafka).has(kafka) &&
      groupLogSizes(exchange.odradek).has(odradek),
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

/** True if a difference is meant. */
export function isMeant(fault: Fault, exchange: Exchange): boolean {
  return meantDifferences.some(({ when }) => when(fault, exchange))
}
