/** Decides which producer ids a broker gets: a block that nobody got before. */
import { assert } from '../base/assert.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { Decision } from './decision.ts'

/** Ids that one broker may give to producers. */
export interface ProducerIdBlock {
  readonly first: number
  readonly length: number
}

/** Ids in one block, as in Kafka. */
export const producerIdBlockLength = 1000

/** The next block, for this broker. */
export function decideProducerIds(
  image: MetadataImage,
  brokerId: number,
): Decision<ProducerIdBlock> {
  const first = image.producerIds?.next ?? 0
  const nextProducerId = first + producerIdBlockLength
  assert(Number.isSafeInteger(nextProducerId), 'producer ids do not run out')
  const brokerEpoch = image.brokers.get(brokerId)?.epoch ?? -1
  const value = { brokerId, brokerEpoch, nextProducerId }
  return {
    records: [{ name: 'ProducerIdsRecord', version: 0, value }],
    response: { first, length: producerIdBlockLength },
  }
}
