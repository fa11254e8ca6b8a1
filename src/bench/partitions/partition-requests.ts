/** Requests that name many partitions at once. */

import { produceApi } from '../../protocol/generated/00-produce.ts'
import { listOffsetsApi } from '../../protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../protocol/generated/19-create-topics.ts'
import { encodeBatch, newBatch } from '../../protocol/record-batch.ts'
import type { BrokerConnection } from '../../transport/index.ts'
import type { Settings } from '../broker/broker-target.ts'

/** Later versions of Produce name topics by their ids. */
const namesMax = 12

/** Partitions that one request names. */
const partitionsAtOnce = 1000

/** Metadata records, one a topic and one a partition, that Apache Kafka writes for one request. */
const recordsAtOnceMax = 10_000

/**
 * Creates topics with these numbers of partitions, each of at most 9,999, in as few requests as
 * may be, all with the same configs; throws on any error.
 */
export async function createTopics(
  connection: BrokerConnection,
  topics: ReadonlyMap<string, number>,
  configs: Settings = {},
): Promise<void> {
  let some: [string, number][] = []
  let records = 0
  for (const topic of topics) {
    const own = 1 + topic[1]
    if (records + own > recordsAtOnceMax) {
      await createTogether(connection, some, configs)
      some = []
      records = 0
    }
    some.push(topic)
    records += own
  }
  await createTogether(connection, some, configs)
}

async function createTogether(
  connection: BrokerConnection,
  topics: readonly (readonly [string, number])[],
  configs: Settings,
): Promise<void> {
  const answer = await connection.call(createTopicsApi, {
    topics: topics.map(([name, numPartitions]) => ({
      name,
      numPartitions,
      replicationFactor: 1,
      assignments: [],
      configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
    })),
    timeoutMs: 60_000,
  })
  const failed = answer.topics.find(({ errorCode }) => errorCode !== 0)
  if (failed !== undefined) throw new Error(`CreateTopics ${failed.name}: ${failed.errorCode}`)
}

/** Partitions of all topics that have a leader. */
export async function countLed(connection: BrokerConnection): Promise<number> {
  const { topics } = await connection.call(metadataApi, { topics: null })
  const partitions = topics
    .filter(({ isInternal }) => !isInternal)
    .flatMap((topic) => topic.partitions)
  return partitions.filter(({ leaderId }) => leaderId >= 0).length
}

/** Produces a record to each of the first partitions of a topic, acks=all; throws on errors. */
export async function produceToEach(
  connection: BrokerConnection,
  topic: string,
  partitions: number,
): Promise<void> {
  // An old record would be deleted by retention half a minute after the broker's start.
  const record = { timestamp: Date.now(), key: null, value: Buffer.alloc(100, 'x') }
  const records = Buffer.from(encodeBatch(newBatch([record])))
  for (const indexes of inPieces(partitions)) {
    const partitionData = indexes.map((index) => ({ index, records }))
    const request = { acks: -1, timeoutMs: 60_000, topicData: [{ name: topic, partitionData }] }
    const { responses } = await connection.call(produceApi, request, { versionMax: namesMax })
    const answers = responses.flatMap((answer) => answer.partitionResponses)
    const failed = answers.find(({ errorCode }) => errorCode !== 0)
    if (answers.length !== indexes.length) throw new Error(`Produce ${topic}: answers are missing`)
    if (failed !== undefined) {
      throw new Error(`Produce ${topic}-${failed.index}: ${failed.errorCode}`)
    }
  }
}

/** The log end offsets of a topic's partitions, by their index; throws on any error. */
export async function logEndOffsets(
  connection: BrokerConnection,
  topic: string,
  partitions: number,
): Promise<number[]> {
  const ends: number[] = []
  for (const indexes of inPieces(partitions)) {
    const wanted = indexes.map((partitionIndex) => ({ partitionIndex, timestamp: -1 }))
    const { topics } = await connection.call(listOffsetsApi, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: topic, partitions: wanted }],
    })
    for (const { errorCode, partitionIndex, offset } of topics.flatMap((one) => one.partitions)) {
      if (errorCode !== 0) throw new Error(`ListOffsets ${topic}-${partitionIndex}: ${errorCode}`)
      ends[partitionIndex] = offset
    }
  }
  return ends
}

function* inPieces(partitions: number): Generator<number[]> {
  for (let first = 0; first < partitions; first += partitionsAtOnce) {
    const count = Math.min(partitionsAtOnce, partitions - first)
    yield Array.from({ length: count }, (_, i) => first + i)
  }
}
