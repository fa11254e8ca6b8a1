import type { BrokerConfig } from './config/broker-config.ts'
import { configsOf, type MetadataImage, ResourceType } from './image.ts'

/** A broker's configuration with what the metadata log sets for it and for all brokers. */
export function effectiveConfig(
  config: BrokerConfig,
  image: MetadataImage,
  nodeId: number,
): BrokerConfig {
  return config.withDynamic(
    configsOf(image, ResourceType.BROKER, String(nodeId)),
    configsOf(image, ResourceType.BROKER, ''),
  )
}
