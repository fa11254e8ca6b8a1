/** Metadata that a single node does not come to by itself, for tests that look at it. */

import type { BrokerContext } from '../../../src/broker/context.ts'
import type { Call } from '../../../src/broker/handler/handler.ts'
import {
  emptyImage,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from '../../../src/metadata/image.ts'
import { ledPartition } from '../../engine/topic-image.ts'

/** A call in a version, by nobody in particular. */
export function callOf(version: number): Call {
  return { connection: 1, version, clientId: 'test', clientHost: '', local: undefined }
}

/** A broker of which a handler sees this image and nothing else. */
export function brokerSeeing(image: MetadataImage): BrokerContext {
  return { nodeId: 1, image: () => image } as unknown as BrokerContext
}

/** An image with one topic `t` whose partitions differ from ledPartition ones by this. */
export function imageWith(
  ...partitions: readonly Partial<PartitionImage>[]
): MetadataImage & { readonly topic: TopicImage } {
  const topic: TopicImage = {
    name: 't',
    id: 'AAAAAAAAAAAAAAAAAAAAQQ',
    partitions: partitions.map((more, index) => ({ ...ledPartition, index, ...more })),
  }
  return {
    ...emptyImage,
    topicsByName: new Map([[topic.name, topic]]),
    topicsById: new Map([[topic.id, topic]]),
    brokers: new Map([
      [
        1,
        {
          id: 1,
          epoch: 1,
          incarnationId: 'AAAAAAAAAAAAAAAAAAAAQg',
          listeners: [],
          features: [],
          rack: null,
          fenced: false,
          inControlledShutdown: false,
          directories: [],
          cordonedDirectories: null,
        },
      ],
    ]),
    topic,
  }
}
