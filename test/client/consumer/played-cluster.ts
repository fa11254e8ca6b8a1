/** A cluster that a test plays: it says who leads what and answers each request by itself. */
import { seededRandom } from '../../../src/base/random.ts'
import type { ConsumerCluster } from '../../../src/client/consumer/consumer-cluster.ts'
import { consumerSettings } from '../../../src/client/consumer/consumer-options.ts'
import type { ConsumerSettings } from '../../../src/client/consumer/consumer-settings.ts'
import { type LeaderHint, Metadata, type NodeInfo } from '../../../src/client/network/metadata.ts'
import type { Api } from '../../../src/protocol/codec.ts'
import { FakeTime } from './fake-time.ts'

/** Settings of a consumer with these options. */
export function settingsWith(options: object = {}): ConsumerSettings {
  return consumerSettings({ bootstrapServers: 'a:1', retryBackoffMs: 100, ...options }).settings
}

/** A request as it was sent, and how it is answered. */
export interface Sent {
  readonly node: number
  readonly name: string
  readonly request: never
  readonly channel: string
  readonly timeoutMs: number
  readonly answer: (response: object) => Promise<void>
  readonly fail: (error: Error) => Promise<void>
}

/** See the head of this file. */
export class PlayedCluster {
  readonly time = new FakeTime()
  readonly sent: Sent[] = []
  readonly known: Metadata = new Metadata()
  readonly learned: LeaderHint[] = []
  refreshes = 0
  forgotten = 0
  version = 17
  coordinatorId = 9
  #listeners = new Set<() => void>()
  #epochs = new Map<string, readonly [leader: number, epoch: number][]>()

  /** Tells of a topic: leader and epoch of each partition. */
  lead(topic: string, ...partitions: [leader: number, epoch: number][]): void {
    this.#epochs.set(topic, partitions)
    const nodes = [1, 2, 3, 9].map((nodeId) => ({
      nodeId,
      host: 'h',
      port: nodeId,
      rack: `r${nodeId}`,
    }))
    this.known.update({
      throttleTimeMs: 0,
      brokers: nodes,
      clusterId: 'c',
      controllerId: 1,
      clusterAuthorizedOperations: 0,
      errorCode: 0,
      topics: [...this.#epochs].map(([name, of]) => ({
        errorCode: 0,
        name,
        topicId: `id-of-${name}`,
        isInternal: false,
        topicAuthorizedOperations: 0,
        partitions: of.map(([leaderId, leaderEpoch], partitionIndex) => ({
          errorCode: 0,
          partitionIndex,
          leaderId,
          leaderEpoch,
          replicaNodes: [1, 2],
          isrNodes: [1, 2],
          offlineReplicas: [],
        })),
      })),
    })
    for (const listener of this.#listeners) listener()
  }

  /** The next request, which must be of this API. */
  next(name: string): Sent {
    const sent = this.sent.shift()
    if (sent?.name !== name) throw new Error(`${name} was to be sent, not ${sent?.name}`)
    return sent
  }

  /** What the consumer sees. */
  get cluster(): ConsumerCluster {
    const played = {
      environment: this.time.environment(seededRandom(3)),
      metadata: this.known,
      topic: (name: string) => this.known.topics.get(name),
      awaitTopic: async (name: string) => this.known.topics.get(name),
      wantAllTopics: () => () => {},
      refresh: async () => void this.refreshes++,
      requestRefresh: () => void this.refreshes++,
      onUpdate: (listener: () => void) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      learnLeaders: (leaders: readonly LeaderHint[], _nodes: readonly NodeInfo[]) => {
        this.learned.push(...leaders)
        return true
      },
      call: (
        node: number,
        api: Api<never, never, never, never>,
        request: unknown,
        options: object,
      ) => this.#call(node, api, request, options),
      coordinator: async () => this.coordinatorId,
      forgetCoordinator: () => void this.forgotten++,
      retrying: (_: string, leftMs: number, attempt: (deadline: object) => unknown) =>
        attempt({ leftMs, timeoutMs: leftMs }),
      close: () => {},
    }
    return played as unknown as ConsumerCluster
  }

  #call(
    node: number,
    { name, request: { versionMax } }: Api<never, never, never, never>,
    request: unknown,
    options: {
      readonly channel?: string
      readonly timeoutMs?: number
      readonly versionMax?: number
    },
  ): Promise<unknown> {
    const version = Math.min(this.version, versionMax, options.versionMax ?? versionMax)
    const made = typeof request === 'function' ? request(version) : request
    const { channel = 'main', timeoutMs = 0 } = options
    return new Promise((resolve, reject) => {
      const answer = (response: object): Promise<void> => {
        resolve(response)
        return settled()
      }
      const fail = (error: Error): Promise<void> => {
        reject(error)
        return settled()
      }
      this.sent.push({ node, name, request: made as never, channel, timeoutMs, answer, fail })
    })
  }
}

/** Resolves when everything that an answer set going has come to rest. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve))
}
