/** Requests of producers and consumers. */
import type { ProduceResponse } from '../../../src/protocol/generated/00-produce.ts'
import type { FetchResponse } from '../../../src/protocol/generated/01-fetch.ts'
import type { InitProducerIdResponse } from '../../../src/protocol/generated/22-init-producer-id.ts'
import type { NewRecord } from '../../../src/protocol/record-batch.ts'
import { Batches, type BatchPlan, type Damage } from './batches.ts'
import type { Draft, Source } from './draft.ts'
import { type FetchSession, naming, type Topic, type World } from './world.ts'

/** All record times lie around this one, so that they are the same on every run. */
const then = 1_700_000_000_000

function newRecord(world: World, n: number): NewRecord {
  const text = (prefix: string) => Buffer.from(`${prefix} ${world.below(1000)}`)
  return {
    timestamp: then + world.below(100_000) + n,
    key: world.chance(70) ? text('key') : null,
    value: world.chance(90) ? Buffer.from('value '.repeat(world.below(40))) : null,
    headers: world.chance(20) ? [{ key: 'h', value: world.chance(50) ? text('v') : null }] : [],
  }
}

function damage(world: World): Damage {
  if (world.chance(10)) return { kind: 'cut', bytes: 1 + world.below(80) }
  if (world.chance(10)) return { kind: 'append', bytes: 1 + world.below(80) }
  const at = world.chance(80) ? 8 + world.below(53) : world.below(200)
  return { kind: 'byte', at, to: world.below(256), resum: world.chance(80) }
}

function batchPlan(world: World, topic: Topic, partition: number): BatchPlan {
  const records = Array.from({ length: 1 + world.below(5) }, (_, n) => newRecord(world, n))
  const attributes = world.chance(50) ? 0 : world.below(5)
  const spoiled = world.chance(12) ? damage(world) : undefined
  const producer = world.chance(45) && world.producers[0] ? world.pick(world.producers) : undefined
  if (producer === undefined) return { records, header: { attributes }, damage: spoiled }
  const next = producer.sequences.get(`${topic.name}-${partition}`) ?? 0
  const wrong = [next + 1, Math.max(0, next - records.length), 0, -1, 2 ** 31 - 2]
  const baseSequence = world.chance(85) ? next : world.pick(wrong)
  const producerEpoch = world.chance(95) ? producer.epoch : producer.epoch + world.pick([-1, 1])
  const header = { attributes, baseSequence, producerEpoch }
  return { records, header, producer: producer.id, damage: spoiled }
}

const produce: Source = {
  key: 0,
  weight: 30,
  effect: 'changes',
  draft(world) {
    const chosen = new Set(Array.from({ length: 1 + world.below(2) }, () => world.topic()))
    const plans = [...chosen].flatMap((topic) => {
      if (topic === undefined) return []
      const index = world.partition(topic)
      const plan = batchPlan(world, topic, index)
      return [{ topic, index, plan, batches: world.chance(2) ? [plan, plan] : [plan] }]
    })
    if (plans.length === 0) return undefined
    const acks = world.pick([-1, -1, -1, -1, -1, -1, 1, 0])
    return {
      request: {
        transactionalId: null,
        acks,
        timeoutMs: 10_000,
        topicData: plans.map(({ topic, index, batches }) => ({
          ...naming(topic),
          partitionData: [{ index, records: new Batches(batches) }],
        })),
      },
      subjects: plans.map(({ topic }) => topic.name),
      learn: (answer) => learnProduced(world, plans, answer as ProduceResponse),
    }
  },
}

interface Produced {
  readonly topic: Topic
  readonly index: number
  readonly plan: BatchPlan
}

function learnProduced(world: World, plans: readonly Produced[], answer: ProduceResponse): void {
  for (const [at, { topic, index, plan }] of plans.entries()) {
    const partition = answer.responses[at]?.partitionResponses[0]
    if (partition?.errorCode !== 0) continue
    const place = `${topic.name}-${index}`
    const end = partition.baseOffset + plan.records.length
    world.ends.set(place, Math.max(end, world.ends.get(place) ?? 0))
    const producer = world.producers.find(({ id }) => id === plan.producer)
    const sequence = (plan.header.baseSequence ?? 0) + plan.records.length
    producer?.sequences.set(place, sequence % 2 ** 31)
  }
}

interface FetchTerms {
  readonly topics: readonly { readonly partitions: readonly object[] }[]
}

function fetchTopics(world: World): FetchTerms['topics'] {
  const chosen = new Set(Array.from({ length: 1 + world.below(3) }, () => world.topic()))
  return [...chosen].flatMap((topic) => {
    if (topic === undefined) return []
    const partition = world.partition(topic)
    return {
      ...naming(topic),
      partitions: [
        {
          partition,
          currentLeaderEpoch: world.chance(80) ? -1 : world.pick([0, 1]),
          fetchOffset: world.offset(topic, partition),
          lastFetchedEpoch: world.chance(90) ? -1 : world.pick([0, 1]),
          logStartOffset: -1,
          partitionMaxBytes: world.chance(80) ? 1 << 20 : world.pick([0, 1, 100, 200]),
        },
      ],
    }
  })
}

const fetch: Source = {
  key: 1,
  weight: 30,
  effect: 'reads',
  draft(world, version) {
    const topics = fetchTopics(world)
    const common = {
      maxWaitMs: world.chance(95) ? 0 : 10,
      minBytes: world.pick([0, 1]),
      maxBytes: world.chance(80) ? 1 << 24 : world.pick([0, 1, 100, 300]),
      isolationLevel: world.pick([0, 0, 1]),
      topics,
    }
    if (version < 7 || world.chance(60)) {
      return topics.length === 0 ? undefined : { request: { ...common, sessionEpoch: -1 } }
    }
    return inSession(world, common)
  },
}

/** Without small limits: which partition comes first within them, each broker decides. */
function inSession(world: World, within: FetchTerms): Draft {
  const topics = within.topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((one) => ({ ...one, partitionMaxBytes: 1 << 20 })),
  }))
  const common = { ...within, maxBytes: 1 << 24, topics }
  const session: FetchSession | undefined = world.sessions[0] && world.pick(world.sessions)
  if (session === undefined || world.chance(10)) {
    return {
      request: { ...common, sessionId: 0, sessionEpoch: 0 },
      repeatable: false,
      learn(answer) {
        const id = world.ids.ref('session', 'kafka', (answer as FetchResponse).sessionId)
        if (id !== undefined) world.keep(world.sessions, { id, epoch: 1 })
      },
    }
  }
  const forgotten = world.chance(10) ? world.topic() : undefined
  const wrongEpoch = world.chance(4) ? world.pick([1, 2]) : 0
  return {
    request: {
      ...common,
      ...(world.chance(60) ? { topics: [] } : {}),
      sessionId: session.id,
      sessionEpoch: session.epoch + wrongEpoch,
      forgottenTopicsData: forgotten ? [{ ...naming(forgotten), partitions: [0, 1] }] : [],
    },
    repeatable: false,
    learn(answer) {
      if ((answer as FetchResponse).errorCode === 0) session.epoch++
    },
  }
}

const initProducerId: Source = {
  key: 22,
  weight: 3,
  effect: 'changes',
  draft: (world) => ({
    request: {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
      producerId: -1,
      producerEpoch: -1,
    },
    learn(answer) {
      const { producerId, producerEpoch: epoch } = answer as InitProducerIdResponse
      const id = world.ids.ref('producer', 'kafka', producerId)
      if (id !== undefined) world.keep(world.producers, { id, epoch, sequences: new Map() })
    },
  }),
}

/** The sources of this file. */
export const recordSources: readonly Source[] = [produce, fetch, initProducerId]
