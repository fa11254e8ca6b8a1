/** What a topic gets that is created because somebody asked for it, not by CreateTopics. */
import { assert } from '../base/assert.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { CreatableTopic } from '../protocol/generated/19-create-topics.ts'

/** The topic as CreateTopics would be asked for it; Kafka's own have configs of their own. */
export function automaticTopic(name: string, broker: BrokerConfig): CreatableTopic {
  switch (name) {
    case '__consumer_offsets':
      return topic(name, broker, 'offsets.topic', [
        ['cleanup.policy', 'compact'],
        ['compression.type', 'producer'],
        ['segment.bytes', String(broker.number('offsets.topic.segment.bytes'))],
      ])
    case '__transaction_state':
      return topic(name, broker, 'transaction.state.log', [
        ['cleanup.policy', 'compact'],
        ['compression.type', 'uncompressed'],
        ['min.insync.replicas', String(broker.number('transaction.state.log.min.isr'))],
        ['segment.bytes', String(broker.number('transaction.state.log.segment.bytes'))],
        ['unclean.leader.election.enable', 'false'],
      ])
    case '__share_group_state':
      return topic(name, broker, 'share.coordinator.state.topic', [
        ['cleanup.policy', 'delete'],
        ['compression.type', 'producer'],
        ['min.insync.replicas', String(broker.number('share.coordinator.state.topic.min.isr'))],
        ['retention.ms', '-1'],
        ['segment.bytes', String(broker.number('share.coordinator.state.topic.segment.bytes'))],
      ])
    default:
      return { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }
  }
}

function topic(
  name: string,
  broker: BrokerConfig,
  prefix: string,
  configs: readonly (readonly [string, string])[],
): CreatableTopic {
  assert(name.startsWith('__'), 'Kafka names its own topics so')
  return {
    name,
    numPartitions: broker.number(`${prefix}.num.partitions`),
    // There is one broker: what is configured for more of them could never be placed.
    replicationFactor: 1,
    assignments: [],
    configs: configs.map(([config, value]) => ({ name: config, value })),
  }
}
