import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ProduceRequestInput,
  type ProduceResponse,
  produceApi,
} from '../../protocol/generated/00-produce.ts'
import { initProducerIdApi } from '../../protocol/generated/22-init-producer-id.ts'
import { type ClientError, ProtocolError } from '../error.ts'
import type { Cluster } from '../network/cluster.ts'
import type {
  NamedLeader,
  NamedNode,
  ProduceCall,
  ProducerNetwork,
  TopicView,
} from './producer-network.ts'

/** Transactions are not used: their timeout is of no interest, and no broker refuses this one. */
const anyTransactionTimeoutMs = 60_000

/** A {@link Cluster} as a producer sees it. */
export class ClusterNetwork implements ProducerNetwork {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  topic(name: string): TopicView | undefined {
    return this.#cluster.topic(name)
  }

  peekTopic(name: string): TopicView | undefined {
    return this.#cluster.metadata.topics.get(name)
  }

  awaitTopic(name: string, timeoutMs: number): Promise<TopicView> {
    return this.#cluster.awaitTopic(name, timeoutMs)
  }

  faultOf(name: string): ClientError | undefined {
    return this.#cluster.faultOf(name)
  }

  requestRefresh(): void {
    this.#cluster.requestRefresh()
  }

  onUpdate(listener: () => void): () => void {
    return this.#cluster.onUpdate(listener)
  }

  learnLeaders(leaders: readonly NamedLeader[], nodes: readonly NamedNode[]): boolean {
    return this.#cluster.learnLeaders(leaders, nodes)
  }

  produce(
    nodeId: number,
    request: ProduceRequestInput,
    call: ProduceCall,
  ): Promise<ProduceResponse> {
    assert(nodeId >= 0 && request.acks !== 0, 'somebody answers')
    return this.#cluster.call(nodeId, produceApi, request, call)
  }

  async produceUnanswered(
    nodeId: number,
    request: ProduceRequestInput,
    call: ProduceCall,
  ): Promise<void> {
    assert(nodeId >= 0 && request.acks === 0, 'nobody answers')
    const { timeoutMs, versionMax } = call
    try {
      await this.#cluster.tell(nodeId, produceApi, request, { timeoutMs, versionMax })
    } finally {
      call.written()
    }
  }

  initProducerId(
    timeoutMs: number,
  ): Promise<{ readonly producerId: number; readonly producerEpoch: number }> {
    const what = 'A producer id was not given'
    return this.#cluster.retrying(what, timeoutMs, async () => {
      const response = await this.#cluster.call('any', initProducerIdApi, {
        transactionalId: null,
        transactionTimeoutMs: anyTransactionTimeoutMs,
      })
      const { errorCode, producerId, producerEpoch } = response
      const what = 'Cannot get a producer id'
      if (errorCode !== ErrorCode.NONE) throw new ProtocolError(what, errorCode)
      if (producerId >= 0 && producerEpoch >= 0) return { producerId, producerEpoch }
      const why = `the broker gave id ${producerId} with epoch ${producerEpoch}`
      throw new ProtocolError(what, ErrorCode.UNKNOWN_SERVER_ERROR, why)
    })
  }

  close(): void {
    this.#cluster.close()
  }
}
