/**
 * Incremental fetch sessions (KIP-227): the broker remembers what is fetched, and a request names
 * only what is new, has changed or is not wanted any more. One session per broker. Pure.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  FetchPartitionInput,
  FetchTopicInput,
  ForgottenTopicInput,
} from '../../protocol/generated/01-fetch.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { partitionKey, type TopicPartition } from '../topic-partition.ts'

/** What is wanted of one partition. */
export interface WantedPartition extends TopicPartition {
  readonly topicId: Uuid
  readonly fetchOffset: number
  readonly currentLeaderEpoch: number
  readonly partitionMaxBytes: number
}

/** The part of a Fetch request that depends on the session. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly topics: FetchTopicInput[]
  readonly forgottenTopicsData: ForgottenTopicInput[]
}

const noSession = 0
const firstEpoch = 0
const epochMax = 2 ** 31 - 1

/** The session with one broker; one request at a time. */
export class FetchSession {
  #id = noSession
  /** Epoch of the next request; {@link firstEpoch} asks for a new session. */
  #epoch = firstEpoch
  /** What the broker knows, by key. */
  #known = new Map<string, WantedPartition>()

  /** Whether the broker keeps a session for us. */
  get isOpen(): boolean {
    return this.#id !== noSession
  }

  /** The next request, for exactly these partitions. It is answered by one of the methods below. */
  request(wanted: readonly WantedPartition[]): SessionRequest {
    const next = new Map(wanted.map((one) => [partitionKey(one.topic, one.partition), one]))
    assert(next.size === wanted.length, 'a partition is wanted once')
    const isFull = this.#epoch === firstEpoch
    assert(isFull || this.#id !== noSession, 'only a session has epochs')
    const named: WantedPartition[] = []
    const forgotten: WantedPartition[] = []
    for (const [key, one] of next) {
      const known = this.#known.get(key)
      if (isFull || known === undefined || differ(known, one)) named.push(one)
    }
    for (const [key, known] of isFull ? [] : this.#known) {
      // A topic that was made anew has another id: the old one is to be forgotten.
      if (next.get(key)?.topicId !== known.topicId) forgotten.push(known)
    }
    assert(!isFull || named.length === wanted.length, 'a session begins with all that is wanted')
    this.#known = next
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: byTopic(named, fetchPartition).map(({ topic, topicId, of }) => ({
        topic,
        topicId,
        partitions: of,
      })),
      forgottenTopicsData: byTopic(forgotten, ({ partition }) => partition).map(
        ({ topic, topicId, of }) => ({ topic, topicId, partitions: of }),
      ),
    }
  }

  /** The broker answered with its session, without an error; 0: it keeps none. */
  answered(sessionId: number): void {
    if (sessionId === noSession) this.#begin(noSession)
    else {
      this.#id = sessionId
      this.#epoch = this.#epoch === epochMax ? 1 : this.#epoch + 1
      assert(this.#epoch > firstEpoch, 'a session that goes on does not begin')
    }
  }

  /** The broker refused the request as a whole, with this code. */
  refused(errorCode: number): void {
    assert(errorCode !== 0, 'a refusal has a code')
    // A session that is not found need not be closed.
    this.#begin(errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND ? noSession : this.#id)
  }

  /** Nobody knows what the broker made of the request: the session is closed, another begins. */
  failed(): void {
    this.#begin(this.#id)
  }

  #begin(closesId: number): void {
    this.#id = closesId
    this.#epoch = firstEpoch
    this.#known = new Map()
  }
}

function differ(a: WantedPartition, b: WantedPartition): boolean {
  return (
    a.topicId !== b.topicId ||
    a.fetchOffset !== b.fetchOffset ||
    a.currentLeaderEpoch !== b.currentLeaderEpoch ||
    a.partitionMaxBytes !== b.partitionMaxBytes
  )
}

function fetchPartition(one: WantedPartition): FetchPartitionInput {
  const { partition, fetchOffset, currentLeaderEpoch, partitionMaxBytes } = one
  return { partition, fetchOffset, currentLeaderEpoch, partitionMaxBytes }
}

function byTopic<T>(
  partitions: readonly WantedPartition[],
  make: (of: WantedPartition) => T,
): { readonly topic: string; readonly topicId: Uuid; readonly of: T[] }[] {
  const topics = new Map<Uuid, { topic: string; topicId: Uuid; of: T[] }>()
  for (const one of partitions) {
    const { topic, topicId } = one
    const key = `${topicId} ${topic}`
    const entry = topics.get(key) ?? { topic, topicId, of: [] }
    entry.of.push(make(one))
    topics.set(key, entry)
  }
  return [...topics.values()]
}
