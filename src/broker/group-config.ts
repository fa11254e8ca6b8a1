import type { GroupConfig } from '../coordinator/group/group-coordinator.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataImage } from '../metadata/image.ts'

/** The topic that holds groups and their committed offsets. */
export const groupOffsetsTopic = '__consumer_offsets'

const minuteMs = 60_000

/**
 * What the group coordinator is set to. The number of partitions is that of the topic where it
 * exists: a group stays in the partition that it was hashed to, whatever the config says since.
 */
export function groupConfig(config: BrokerConfig, image: MetadataImage): GroupConfig {
  return {
    minSessionTimeoutMs: config.number('group.min.session.timeout.ms'),
    maxSessionTimeoutMs: config.number('group.max.session.timeout.ms'),
    initialRebalanceDelayMs: config.number('group.initial.rebalance.delay.ms'),
    maxSize: config.number('group.max.size'),
    foreignSessionTimeoutMs: Math.max(
      ...['consumer', 'share', 'streams'].map((type) =>
        config.number(`group.${type}.session.timeout.ms`),
      ),
    ),
    offsetsRetentionMs: config.number('offsets.retention.minutes') * minuteMs,
    offsetsRetentionCheckIntervalMs: config.number('offsets.retention.check.interval.ms'),
    offsetMetadataMaxBytes: config.number('offset.metadata.max.bytes'),
    offsetsTopicPartitions:
      image.topicsByName.get(groupOffsetsTopic)?.partitions.length ??
      config.number('offsets.topic.num.partitions'),
  }
}
