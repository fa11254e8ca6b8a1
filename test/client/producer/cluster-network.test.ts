import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../src/client/network/cluster.ts'
import { ClusterNetwork } from '../../../src/client/producer/cluster-network.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'

/** A cluster that answers each call with this, and notes which topics are wanted. */
function networkOf(answer: object, wanted: string[] = []): ClusterNetwork {
  const view = { name: 't', id: 'an id', partitions: [] }
  const cluster = {
    metadata: { topics: new Map([['t', view]]) },
    topic: (name: string) => {
      wanted.push(name)
      return name === 't' ? view : undefined
    },
    call: async () => answer,
    retrying: (_what: string, _timeoutMs: number, attempt: () => Promise<unknown>) => attempt(),
  }
  return new ClusterNetwork(cluster as unknown as Cluster)
}

describe('ClusterNetwork', () => {
  it('looks at a topic with and without a wish to keep it fresh', () => {
    const wanted: string[] = []
    const network = networkOf({}, wanted)
    expect([network.peekTopic('t')?.id, network.peekTopic('u')]).toEqual(['an id', undefined])
    expect(wanted).toEqual([])
    expect([network.topic('t')?.id, network.topic('u')]).toEqual(['an id', undefined])
    expect(wanted).toEqual(['t', 'u'])
  })

  it('takes a producer id', async () => {
    const given = { producerId: 7, producerEpoch: 0 }
    const network = networkOf({ errorCode: 0, ...given })
    expect(await network.initProducerId(5)).toEqual(given)
  })

  it.each([
    [{ errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED }, /CLUSTER_AUTHORIZATION_FAILED/],
    [{ errorCode: 0, producerId: -1, producerEpoch: 0 }, /the broker gave id -1 with epoch 0/],
    [{ errorCode: 0, producerId: 7, producerEpoch: -1 }, /the broker gave id 7 with epoch -1/],
  ])('refuses what is no producer id: %j', async (answer, message) => {
    await expect(networkOf(answer).initProducerId(5)).rejects.toThrow(message)
  })
})
