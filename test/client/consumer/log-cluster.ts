/** One broker that a test fills: partitions in memory, and a group of one member. */
import type { AnyApi } from '../../../src/protocol/codec.ts'
import { type FetchRequest, fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import {
  type ListOffsetsRequest,
  listOffsetsApi,
} from '../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import {
  type OffsetCommitRequest,
  offsetCommitApi,
} from '../../../src/protocol/generated/08-offset-commit.ts'
import {
  type OffsetFetchRequest,
  offsetFetchApi,
} from '../../../src/protocol/generated/09-offset-fetch.ts'
import { joinGroupApi } from '../../../src/protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../src/protocol/generated/12-heartbeat.ts'
import { leaveGroupApi } from '../../../src/protocol/generated/13-leave-group.ts'
import {
  type SyncGroupRequest,
  syncGroupApi,
} from '../../../src/protocol/generated/14-sync-group.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { FakeCluster, type SeenRequest, useDefault } from '../network/fake-cluster.ts'
import { partitionOf } from '../network/metadata-answers.ts'

const apis: AnyApi[] = [
  fetchApi,
  listOffsetsApi,
  offsetCommitApi,
  offsetFetchApi,
  joinGroupApi,
  heartbeatApi,
  leaveGroupApi,
  syncGroupApi,
]

const topicId = 'AAAAAAAAAAAAAAAAAAAAAw'

/** How long a consumer waits after a fetch that found nothing, in ms. */
const emptyPauseMs = 5

interface Batch {
  readonly baseOffset: number
  readonly count: number
  readonly timestamp: number
  readonly bytes: Buffer
}

/** The topic `t` with some partitions, led by broker 1. */
export class LogCluster {
  readonly fake: FakeCluster
  /** What was committed, by partition, in the order in which that happened. */
  readonly commits: (readonly [partition: number, offset: number])[] = []
  /** Code of the next commits, one after the other; 0 after them. */
  readonly commitCodes: number[] = []
  /** Fetches so far, as the partitions that had to be told of. */
  fetches = 0
  left = 0
  readonly #partitions: Batch[][]

  private constructor(fake: FakeCluster, partitions: number) {
    this.fake = fake
    this.#partitions = Array.from({ length: partitions }, () => [])
    fake.answer = (request) => this.#answer(request)
  }

  static async start(partitions: number): Promise<LogCluster> {
    return new LogCluster(await FakeCluster.start({ apis }), partitions)
  }

  get address(): string {
    const [endpoint] = this.fake.endpoints
    return `127.0.0.1:${endpoint?.port}`
  }

  close(): Promise<void> {
    return this.fake.close()
  }

  /** Appends one batch. */
  append(partition: number, ...values: string[]): void {
    const batches = this.#partitions[partition] ?? []
    const baseOffset = this.end(partition)
    const timestamp = 1_000 + baseOffset
    const records = values.map((value) => ({
      timestamp,
      key: Buffer.from(`k${value}`),
      value: Buffer.from(value),
    }))
    const bytes = Buffer.from(encodeBatch(newBatch(records, { baseOffset })))
    batches.push({ baseOffset, count: values.length, timestamp, bytes })
  }

  /** Behind the last record. */
  end(partition: number): number {
    const last = this.#partitions[partition]?.at(-1)
    return last === undefined ? 0 : last.baseOffset + last.count
  }

  /** What is committed last; null where nothing is. */
  committed(partition: number): number | null {
    return this.commits.findLast(([of]) => of === partition)?.[1] ?? null
  }

  #answer(request: SeenRequest): unknown {
    const { key, body } = request
    if (key === metadataApi.key) return this.#metadata()
    if (key === fetchApi.key) return this.#fetch(body as FetchRequest)
    if (key === listOffsetsApi.key) return this.#listOffsets(body as ListOffsetsRequest)
    if (key === offsetCommitApi.key) return this.#commit(body as OffsetCommitRequest)
    if (key === offsetFetchApi.key) return this.#fetchOffsets(body as OffsetFetchRequest)
    if (key === joinGroupApi.key) return this.#join(body as { protocols: readonly object[] })
    if (key === syncGroupApi.key) {
      const { assignments } = body as SyncGroupRequest
      return { errorCode: 0, assignment: assignments[0]?.assignment ?? Buffer.alloc(0) }
    }
    if (key === leaveGroupApi.key) this.left++
    return key === heartbeatApi.key || key === leaveGroupApi.key ? { errorCode: 0 } : useDefault
  }

  #metadata(): unknown {
    const brokers = this.fake.endpoints.map((endpoint) => ({ nodeId: 1, ...endpoint, rack: null }))
    const partitions = this.#partitions.map((_, at) => partitionOf(at, 1, 3))
    const topic = { errorCode: 0, name: 't', topicId, isInternal: false, partitions }
    return { throttleTimeMs: 0, brokers, clusterId: 'c', controllerId: 1, topics: [topic] }
  }

  #fetch({ topics }: FetchRequest): unknown {
    this.fetches++
    const [topic] = topics
    const partitions = (topic?.partitions ?? []).map(({ partition, fetchOffset }) => {
      const found = this.#partitions[partition]?.find(
        (one) => one.baseOffset + one.count > fetchOffset,
      )
      return {
        partitionIndex: partition,
        errorCode: 0,
        highWatermark: this.end(partition),
        lastStableOffset: this.end(partition),
        logStartOffset: 0,
        abortedTransactions: null,
        preferredReadReplica: -1,
        records: found?.bytes ?? Buffer.alloc(0),
      }
    })
    const isEmpty = partitions.every(({ records }) => records.length === 0)
    const responses =
      topic === undefined ? [] : [{ topicId: topic.topicId, topic: 't', partitions }]
    // No session: each request names all that it wants.
    return {
      throttleTimeMs: isEmpty ? emptyPauseMs : 0,
      errorCode: 0,
      sessionId: 0,
      responses,
      nodeEndpoints: [],
    }
  }

  #listOffsets({ topics }: ListOffsetsRequest): unknown {
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => ({
          partitionIndex,
          errorCode: 0,
          leaderEpoch: 3,
          ...this.#find(partitionIndex, Number(timestamp)),
        })),
      })),
    }
  }

  #find(partition: number, timestamp: number): { offset: number; timestamp: number } {
    if (timestamp === -1) return { offset: this.end(partition), timestamp: -1 }
    if (timestamp === -2) return { offset: 0, timestamp: -1 }
    const found = this.#partitions[partition]?.find((one) => one.timestamp >= timestamp)
    return { offset: found?.baseOffset ?? -1, timestamp: found?.timestamp ?? -1 }
  }

  #commit({ topics }: OffsetCommitRequest): unknown {
    const errorCode = this.commitCodes.shift() ?? 0
    return {
      topics: topics.map(({ topicId, partitions }) => ({
        name: 't',
        topicId,
        partitions: partitions.map(({ partitionIndex, committedOffset }) => {
          if (errorCode === 0) this.commits.push([partitionIndex, committedOffset])
          return { partitionIndex, errorCode }
        }),
      })),
    }
  }

  #fetchOffsets({ groups }: OffsetFetchRequest): unknown {
    return {
      groups: groups.map(({ groupId, topics }) => ({
        groupId,
        errorCode: 0,
        topics: (topics ?? []).map(({ topicId, partitionIndexes }) => ({
          name: 't',
          topicId,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            committedOffset: this.committed(partitionIndex) ?? -1,
            committedLeaderEpoch: -1,
            metadata: '',
            errorCode: 0,
          })),
        })),
      })),
    }
  }

  /** The one who joins leads. */
  #join({ protocols }: { readonly protocols: readonly object[] }): unknown {
    const [first] = protocols as readonly { readonly name: string; readonly metadata: Uint8Array }[]
    const member = { memberId: 'm', groupInstanceId: null, metadata: first?.metadata }
    return {
      errorCode: 0,
      generationId: 1,
      protocolType: 'consumer',
      protocolName: first?.name,
      leader: 'm',
      memberId: 'm',
      skipAssignment: false,
      members: [member],
    }
  }
}
