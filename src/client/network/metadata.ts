import { assert } from '../../base/assert.ts'
import type { HostPort } from '../../base/endpoint.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import type {
  MetadataResponse,
  MetadataResponsePartition,
  MetadataResponseTopic,
} from '../../protocol/generated/03-metadata.ts'
import { type Uuid, zeroUuid } from '../../protocol/uuid.ts'

/** A broker as the cluster describes it. */
export interface NodeInfo extends HostPort {
  readonly nodeId: number
  readonly rack: string | null
}

/** One partition. */
export interface PartitionInfo {
  readonly partition: number
  /** Node id; -1 when there is none at the moment. */
  readonly leader: number
  /** -1 when the broker does not tell. */
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offline: readonly number[]
}

/** One topic; `partitions[i].partition` is `i`. */
export interface TopicInfo {
  readonly name: string
  /** All zero when the broker has no topic ids. */
  readonly id: Uuid
  readonly isInternal: boolean
  readonly partitions: readonly PartitionInfo[]
}

/** Where a partition's leader is, as answers to Produce and Fetch tell it (KIP-951). */
export interface LeaderHint {
  readonly topic: string
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
}

/**
 * What a client knows of a cluster. Pure: answers go in, {@link NodeInfo} and {@link TopicInfo}
 * come out, which are never changed afterwards.
 *
 * A partition's leader with a lower epoch never replaces one with a higher epoch: brokers learn of
 * a new leader one after the other, and a stale answer would send the client back. A topic with
 * another id is another topic, and begins anew.
 */
export class Metadata {
  readonly #nodes = new Map<number, NodeInfo>()
  readonly #topics = new Map<string, TopicInfo>()
  readonly #names = new Map<Uuid, string>()
  /** Error code of each topic that was asked for and could not be described. */
  readonly #faults = new Map<string, number>()
  #clusterId: string | null = null
  #controllerId = -1

  /** Null before the first answer. */
  get clusterId(): string | null {
    return this.#clusterId
  }

  /** Node to send requests for the controller to; -1 when not known. */
  get controllerId(): number {
    return this.#controllerId
  }

  /** All brokers that were in the last answer, or named since. */
  get nodes(): ReadonlyMap<number, NodeInfo> {
    return this.#nodes
  }

  /** All topics that are known, by name. */
  get topics(): ReadonlyMap<string, TopicInfo> {
    return this.#topics
  }

  /** Why a topic is not known: an error code of the last answer, or undefined. */
  faultOf(topic: string): number | undefined {
    return this.#faults.get(topic)
  }

  /** The name of a topic by its id. */
  nameOf(id: Uuid): string | undefined {
    return this.#names.get(id)
  }

  /**
   * Takes in an answer. `complete`: it names all topics there are, so that others are gone. Returns
   * whether everything in it is settled: no topic waits for a leader or failed for now.
   */
  update(response: MetadataResponse, complete = false): boolean {
    if (response.brokers.length > 0) this.#nodes.clear()
    this.addNodes(
      response.brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
    )
    this.#clusterId = response.clusterId
    this.#controllerId = response.controllerId
    const named = new Set(response.topics.map(({ name }) => name))
    if (complete) {
      for (const topic of this.#topics.keys()) if (!named.has(topic)) this.forget(topic)
    }
    let settled = true
    for (const topic of response.topics) settled = this.#take(topic) && settled
    return settled
  }

  /** Forgets a topic that nobody asks for any more. */
  forget(topic: string): void {
    const known = this.#topics.get(topic)
    if (known !== undefined) this.#names.delete(known.id)
    this.#topics.delete(topic)
    this.#faults.delete(topic)
    assert(!this.#topics.has(topic), 'a forgotten topic is not known')
  }

  /** Adds brokers that an answer named; the present ones stay. A negative id is no broker's. */
  addNodes(nodes: readonly NodeInfo[]): void {
    for (const node of nodes) if (node.nodeId >= 0) this.#nodes.set(node.nodeId, node)
  }

  /** Takes a newer leader. Returns whether it was news. */
  learnLeader(hint: LeaderHint): boolean {
    const topic = this.#topics.get(hint.topic)
    const known = topic?.partitions[hint.partition]
    if (topic === undefined || known === undefined) return false
    if (hint.leaderEpoch <= known.leaderEpoch || hint.leader < 0) return false
    const partitions = topic.partitions.with(hint.partition, {
      ...known,
      leader: hint.leader,
      leaderEpoch: hint.leaderEpoch,
    })
    assert(partitions[hint.partition]?.partition === hint.partition, 'a partition at its index')
    this.#topics.set(hint.topic, { ...topic, partitions })
    return true
  }

  /** Returns whether the topic is settled. */
  #take(topic: MetadataResponseTopic): boolean {
    const name = topic.name
    if (name === null || name === '') return true
    if (topic.errorCode !== 0) {
      const { retriable } = errorInfo(topic.errorCode)
      // A topic that is only away for now keeps what is known of it.
      const isGone = topic.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      if (isGone || !retriable) this.forget(name)
      this.#faults.set(name, topic.errorCode)
      return !retriable
    }
    this.#faults.delete(name)
    const known = this.#topics.get(name)
    const same = known !== undefined && known.id === topic.topicId
    if (known !== undefined && !same) this.#names.delete(known.id)
    const partitions: PartitionInfo[] = []
    let settled = true
    for (const told of topic.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)) {
      // Indexes have no holes; behind one nothing could be found by index.
      if (told.partitionIndex !== partitions.length) break
      const before = same ? known.partitions[told.partitionIndex] : undefined
      const now = newer(before, told)
      partitions.push(now)
      // What is kept counts: an answer of before may name a leader that is none any more.
      if (now.leader < 0) settled = false
    }
    assert(partitions.at(-1)?.partition !== -1, 'indexes count from 0')
    const { topicId: id, isInternal } = topic
    this.#topics.set(name, { name, id, isInternal, partitions })
    if (id !== zeroUuid) this.#names.set(id, name)
    assert(this.#names.size <= this.#topics.size, 'an id is that of a topic')
    return settled
  }
}

function newer(known: PartitionInfo | undefined, told: MetadataResponsePartition): PartitionInfo {
  const { leaderEpoch } = told
  assert(known === undefined || known.partition === told.partitionIndex, 'the same partition')
  if (known !== undefined && leaderEpoch !== -1 && leaderEpoch < known.leaderEpoch) return known
  return {
    partition: told.partitionIndex,
    leader: told.leaderId,
    leaderEpoch,
    replicas: told.replicaNodes,
    isr: told.isrNodes,
    offline: told.offlineReplicas,
  }
}
