/**
 * What a producer needs of a cluster: a small part of it, so that the tests of the sender can play
 * one. Errors are those of `error.ts`.
 */

import type { ProduceRequestInput, ProduceResponse } from '../../protocol/generated/00-produce.ts'
import type { ClientError } from '../error.ts'

/** A topic as far as a producer cares. */
export interface TopicView {
  readonly name: string
  /** All zero where brokers have no topic ids. */
  readonly id: string
  /** By partition number. A leader of -1: nobody leads it at the moment. */
  readonly partitions: readonly { readonly leader: number; readonly leaderEpoch: number }[]
}

/** A leader that an answer named. */
export interface NamedLeader {
  readonly topic: string
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
}

/** Where a broker is, as an answer named it. */
export interface NamedNode {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Bounds of one request. */
export interface ProduceCall {
  /** For the connection and the answer together, in ms. */
  readonly timeoutMs: number
  /** The highest version to send. */
  readonly versionMax: number
  /** Called once, when the request's batches are written, or never will be. */
  readonly written: () => void
}

/** A cluster as a producer sees it. */
export interface ProducerNetwork {
  /** What is known of a topic, which is kept fresh from then on. The same object: no news. */
  topic(name: string): TopicView | undefined
  /** What is known of a topic, without a wish that it is kept fresh. */
  peekTopic(name: string): TopicView | undefined
  /** Asks for a topic until it is known; rejects with what the last attempt said. */
  awaitTopic(name: string, timeoutMs: number): Promise<TopicView>
  /** Why a topic is not known, as far as anybody has said. */
  faultOf(name: string): ClientError | undefined
  /** Leaders have moved: asks for them, and tries until it succeeds. */
  requestRefresh(): void
  /** Calls `listener` whenever news of topics has come in; the result ends that. */
  onUpdate(listener: () => void): () => void
  /** Takes leaders that an answer named (KIP-951); true if any of it was news. */
  learnLeaders(leaders: readonly NamedLeader[], nodes: readonly NamedNode[]): boolean
  /** Sends a Produce request; requests to one node go out in the order of the calls. */
  produce(nodeId: number, request: ProduceRequestInput, call: ProduceCall): Promise<ProduceResponse>
  /** As {@link ProducerNetwork.produce} with acks 0, which nobody answers. */
  produceUnanswered(nodeId: number, request: ProduceRequestInput, call: ProduceCall): Promise<void>
  /** A new producer id, asked for until a broker gives one or `timeoutMs` are over. */
  initProducerId(
    timeoutMs: number,
  ): Promise<{ readonly producerId: number; readonly producerEpoch: number }>
  /** Ends all connections. */
  close(): void
}
