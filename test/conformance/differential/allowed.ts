/**
 * All that may differ between the answers of the two brokers, each with its reason. What is not
 * listed here is compared exactly.
 */
import type { Rule } from './compare.ts'

interface FieldRule {
  /** The API and the path in its answer; `*` for any API and place. */
  readonly field: string
  readonly rule: Rule
  readonly reason: string
}

const id = (kind: string): Rule => ({ how: 'id', kind })
const any: Rule = { how: 'any' }
const set = (...by: string[]): Rule => ({ how: 'set', by })
const now: Rule = { how: 'time', ms: 60_000 }

const chosen = 'each broker chooses it; the two stand for each other all through a run'
const words = 'texts are written for people; docs/differences.md'
const unordered = 'Kafka takes it from a hash map, in no order'
const grouped = 'Kafka groups it by the partition or log that it belongs to'
const timeOfNow = 'the time at which the broker did it'

/** The fields that may differ. */
export const fieldRules: readonly FieldRule[] = [
  { field: '*.topicId', rule: id('topic'), reason: chosen },
  { field: '*.clusterId', rule: id('cluster'), reason: chosen },
  { field: '*.port', rule: id('port'), reason: 'two brokers on one machine' },
  { field: '*.producerId', rule: id('producer'), reason: chosen },
  { field: 'Fetch.sessionId', rule: id('session'), reason: chosen },
  { field: 'JoinGroup.memberId', rule: id('member'), reason: chosen },
  { field: 'JoinGroup.leader', rule: { how: 'known id', kind: 'member' }, reason: chosen },
  { field: 'JoinGroup.members[].memberId', rule: id('member'), reason: chosen },
  { field: 'LeaveGroup.members[].memberId', rule: id('member'), reason: chosen },
  { field: 'DescribeGroups.groups[].members[].memberId', rule: id('member'), reason: chosen },
  { field: '*.replicaDirectoryId', rule: id('directory'), reason: chosen },
  { field: 'DescribeLogDirs.results[].logDir', rule: id('path'), reason: 'two folders' },

  { field: '*.errorMessage', rule: any, reason: words },
  { field: '*.documentation', rule: any, reason: words },
  { field: '*.batchIndexErrorMessage', rule: any, reason: words },

  { field: '*.logAppendTimeMs', rule: now, reason: timeOfNow },
  { field: 'ListOffsets.topics[].partitions[].timestamp', rule: now, reason: timeOfNow },
  {
    field: 'DescribeProducers.topics[].partitions[].activeProducers[].lastTimestamp',
    rule: now,
    reason: timeOfNow,
  },

  {
    field: 'Fetch.responses[].partitions[].records',
    rule: { how: 'records' },
    reason: 'hold producer ids, append times and compressed records; batches.ts',
  },
  {
    field: 'ApiVersions.apiKeys',
    rule: { how: 'subset', by: 'apiKey' },
    reason: 'what is not built is not advertised',
  },
  {
    field: 'ApiVersions.supportedFeatures',
    rule: { how: 'subset', by: 'name' },
    reason: 'what is not built is not promised',
  },
  {
    field: 'ApiVersions.finalizedFeatures',
    rule: { how: 'subset', by: 'name' },
    reason: 'what is not built is not promised',
  },
  {
    field: 'ApiVersions.finalizedFeaturesEpoch',
    rule: any,
    reason: 'an offset of the metadata log, which holds other records',
  },
  {
    field: 'DescribeQuorum.topics[].partitions[].highWatermark',
    rule: any,
    reason: 'the metadata log holds other records',
  },
  {
    field: 'DescribeQuorum.topics[].partitions[].leaderEpoch',
    rule: any,
    reason: 'how often the node was elected',
  },
  { field: '*.logEndOffset', rule: any, reason: 'the metadata log holds other records' },
  { field: '*.lastFetchTimestamp', rule: now, reason: timeOfNow },
  { field: '*.lastCaughtUpTimestamp', rule: now, reason: timeOfNow },
  { field: 'DescribeLogDirs.results[].totalBytes', rule: any, reason: 'the disk fills meanwhile' },
  { field: 'DescribeLogDirs.results[].usableBytes', rule: any, reason: 'the disk fills meanwhile' },

  { field: 'Metadata.topics', rule: set('name', 'topicId'), reason: unordered },
  { field: 'Metadata.topics[].partitions', rule: set('partitionIndex'), reason: unordered },
  {
    field: 'Fetch.responses',
    rule: set('topic', 'topicId'),
    reason: 'what is in error comes last',
  },
  {
    field: 'Fetch.responses[].partitions',
    rule: set('partitionIndex'),
    reason: 'what is in error comes last',
  },
  { field: 'ElectLeaders.replicaElectionResults', rule: set('topic'), reason: unordered },
  {
    field: 'Fetch.responses[].partitions[].abortedTransactions',
    rule: any,
    reason: 'without transactions none or null, which clients take alike',
  },
  { field: 'CreatePartitions.results', rule: set('name'), reason: unordered },
  { field: 'DeleteTopics.responses', rule: set('name', 'topicId'), reason: unordered },
  { field: 'DeleteRecords.topics', rule: set('name'), reason: unordered },
  { field: 'DeleteRecords.topics[].partitions', rule: set('partitionIndex'), reason: unordered },
  { field: 'ListOffsets.topics', rule: set('name'), reason: grouped },
  { field: 'ListOffsets.topics[].partitions', rule: set('partitionIndex'), reason: grouped },
  { field: 'Produce.responses', rule: set('name', 'topicId'), reason: grouped },
  { field: 'Produce.responses[].partitionResponses', rule: set('index'), reason: grouped },
  { field: 'DescribeGroups.groups', rule: set('groupId'), reason: grouped },
  { field: 'DeleteGroups.results', rule: set('groupId'), reason: grouped },
  {
    field: 'ApiVersions.apiKeys[].maxVersion',
    rule: any,
    reason: 'versions that 4.4 adds are there',
  },
  { field: 'DescribeQuorum.nodes[].listeners[].host', rule: any, reason: 'nobody listens there' },
  { field: 'OffsetFetch.topics', rule: set('name'), reason: unordered },
  { field: 'OffsetFetch.topics[].partitions', rule: set('partitionIndex'), reason: unordered },
  { field: 'OffsetFetch.groups', rule: set('groupId'), reason: grouped },
  { field: 'OffsetFetch.groups[].topics', rule: set('name', 'topicId'), reason: unordered },
  {
    field: 'OffsetFetch.groups[].topics[].partitions',
    rule: set('partitionIndex'),
    reason: unordered,
  },
  {
    field: 'DescribeProducers.topics[].partitions[].activeProducers',
    rule: set('lastTimestamp', 'lastSequence', 'producerEpoch', 'producerId'),
    reason: unordered,
  },
  { field: 'DescribeLogDirs.results[].topics', rule: set('name'), reason: unordered },
  {
    field: 'DescribeLogDirs.results[].topics[].partitions',
    rule: set('partitionIndex'),
    reason: unordered,
  },
  { field: 'DescribeClientQuotas.entries', rule: set('entity'), reason: unordered },
  { field: 'DescribeClientQuotas.entries[].entity', rule: set('entityType'), reason: unordered },
  { field: 'DescribeClientQuotas.entries[].values', rule: set('key'), reason: unordered },
  { field: 'AlterClientQuotas.entries', rule: set('entity'), reason: unordered },
  { field: 'AlterClientQuotas.entries[].entity', rule: set('entityType'), reason: unordered },
  { field: 'ListGroups.groups', rule: set('groupId'), reason: unordered },
  {
    field: 'DescribeGroups.groups[].members',
    rule: set('clientId', 'groupInstanceId', 'memberId'),
    reason: unordered,
  },
  {
    field: 'JoinGroup.members',
    rule: set('memberId', 'groupInstanceId'),
    reason: unordered,
  },
  { field: 'DescribeConfigs.results[].configs', rule: set('name'), reason: unordered },
  {
    field: 'DescribeConfigs.results',
    rule: set('resourceType', 'resourceName'),
    reason: unordered,
  },
  {
    field: 'ListConfigResources.configResources',
    rule: set('resourceType', 'resourceName'),
    reason: unordered,
  },
]

const exact = new Map(fieldRules.map(({ field, rule }) => [field, rule]))
const known = new Map<string, Rule | undefined>()

/** The rule of a field, by the API's name and the path; undefined if it is compared exactly. */
export function ruleOf(path: string): Rule | undefined {
  if (known.has(path)) return known.get(path)
  const rule = exact.get(path) ?? exact.get(`*${path.slice(path.lastIndexOf('.'))}`)
  known.set(path, rule)
  return rule
}
