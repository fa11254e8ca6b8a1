import { assert } from '../../base/assert.ts'
import type { ListedTransaction } from '../../protocol/generated/66-list-transactions.ts'
import type { ClusterStatistics } from '../network/cluster.ts'
import { checkOptions } from '../options/check-options.ts'
import { openCluster } from '../options/connection-options.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { AccessAdmin } from './access-admin.ts'
import { type AdminOptions, adminRules } from './admin-options.ts'
import type {
  ClusterDescription,
  FeaturesDescription,
  FeatureUpdate,
  QuorumDescription,
} from './brokers.ts'
import * as brokers from './brokers.ts'
import type {
  ConfigAlteration,
  ConfigDescription,
  ConfigResource,
  ConfigResourceType,
} from './configs.ts'
import * as configs from './configs.ts'
import type { GroupOffset, NewGroupOffset, ResetOffset, ResetTarget } from './group-offsets.ts'
import * as groupOffsets from './group-offsets.ts'
import type { GroupDescription, GroupListing, MemberToRemove } from './groups.ts'
import * as groups from './groups.ts'
import type { LogDirDescription, ReplicaMove } from './log-dirs.ts'
import * as logDirs from './log-dirs.ts'
import type {
  DeletedRecords,
  FoundOffset,
  OffsetQuery,
  PartitionProducers,
  RecordsToDelete,
} from './records.ts'
import * as records from './records.ts'
import type { ElectionResult, ElectionType, OngoingReassignment, Reassignment } from './replicas.ts'
import * as replicas from './replicas.ts'
import type { TopicDescription } from './topic-descriptions.ts'
import * as topicDescriptions from './topic-descriptions.ts'
import type { CreatedTopic, NewPartitions, NewTopic, TopicListing } from './topics.ts'
import * as topics from './topics.ts'
import type { TransactionDescription } from './transactions.ts'
import * as transactions from './transactions.ts'

/**
 * Asks a cluster for what it has, and changes it: topics, configs, groups, records, quotas and the
 * cluster itself. Nothing is connected before the first call.
 *
 * A call is tried again while it fails for now, until `defaultApiTimeoutMs` are over. One that
 * names one thing rejects with that thing's error (`code`, `retriable`); one that names several
 * rejects with an `AdminError`, whose `results` say what became of each; one that asks all brokers
 * says there what each of them answered.
 *
 * An attempt that nobody answered may have been heard. When the next one then says that there is
 * nothing left to do, as TOPIC_ALREADY_EXISTS, that is the error of the call; its message says that
 * it may have done so itself.
 *
 * @example
 * ```ts
 * import { Admin } from 'odradek/client'
 *
 * const admin = new Admin({ bootstrapServers: ['127.0.0.1:9092'] })
 * await admin.createTopics([{ name: 'orders', partitions: 3 }])
 * console.log(await admin.listTopics())
 * await admin.close()
 * ```
 */
export class Admin extends AccessAdmin {
  /**
   * Nothing is connected before the first call.
   *
   * @throws {ConfigError} an option is wrong; the message names it.
   */
  constructor(options: AdminOptions) {
    const checked = checkOptions('Admin', adminRules, options)
    assert(checked.defaultApiTimeoutMs > 0, 'options were checked')
    const cluster = openCluster(checked, false)
    super({ cluster, timeoutMs: checked.defaultApiTimeoutMs })
  }

  /**
   * Creates topics. TOPIC_ALREADY_EXISTS for one that is there; with `validateOnly` nothing is
   * created and only what stands in the way is told.
   *
   * @example
   * ```ts
   * const [orders] = await admin.createTopics([
   *   { name: 'orders', partitions: 6, configs: { 'retention.ms': '3600000' } },
   * ])
   * console.log(orders?.topicId)
   * ```
   */
  createTopics(
    newTopics: readonly NewTopic[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<readonly CreatedTopic[]> {
    return topics.createTopics(this.context, newTopics, options.validateOnly ?? false)
  }

  /**
   * Deletes topics with all their records. UNKNOWN_TOPIC_OR_PARTITION for one that is not there.
   *
   * @example
   * ```ts
   * await admin.deleteTopics(['orders'])
   * ```
   */
  deleteTopics(names: readonly string[]): Promise<void> {
    return topics.deleteTopics(this.context, names)
  }

  /**
   * All topics by name; Kafka's own only with `includeInternal`.
   *
   * @example
   * ```ts
   * for (const { name } of await admin.listTopics()) console.log(name)
   * ```
   */
  listTopics(
    options: { readonly includeInternal?: boolean } = {},
  ): Promise<readonly TopicListing[]> {
    return topics.listTopics(this.context, options.includeInternal ?? false)
  }

  /**
   * Topics with their partitions, leaders and replicas, those that may lead among them (KIP-966).
   * In the order of the names.
   *
   * @example
   * ```ts
   * const [orders] = await admin.describeTopics(['orders'])
   * console.log(orders?.partitions.length)
   * ```
   */
  describeTopics(names: readonly string[]): Promise<readonly TopicDescription[]> {
    return topicDescriptions.describeTopics(this.context, names)
  }

  /**
   * Gives topics more partitions. Keys go to other partitions from then on.
   *
   * @example
   * ```ts
   * await admin.createPartitions([{ topic: 'orders', totalCount: 12 }])
   * ```
   */
  createPartitions(
    newPartitions: readonly NewPartitions[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    return topics.createPartitions(this.context, newPartitions, options.validateOnly ?? false)
  }

  /**
   * Makes the preferred replica lead, or any at all (`unclean`, which may lose records). Without
   * partitions, all of the cluster's; then only those that got another leader are told.
   *
   * @example
   * ```ts
   * await admin.electLeaders('preferred', [{ topic: 'orders', partition: 0 }])
   * ```
   */
  electLeaders(
    type: ElectionType,
    partitions: readonly TopicPartition[] | null = null,
  ): Promise<readonly ElectionResult[]> {
    return replicas.electLeaders(this.context, type, partitions)
  }

  /**
   * Begins to move replicas to other brokers; it goes on behind the call.
   *
   * @example
   * ```ts
   * await admin.alterPartitionReassignments([{ topic: 'orders', partition: 0, replicas: [2, 3] }])
   * ```
   */
  alterPartitionReassignments(reassignments: readonly Reassignment[]): Promise<void> {
    return replicas.alterPartitionReassignments(this.context, reassignments)
  }

  /**
   * Moves of replicas that are under way, of these partitions or of all.
   *
   * @example
   * ```ts
   * console.log(await admin.listPartitionReassignments())
   * ```
   */
  listPartitionReassignments(
    partitions: readonly TopicPartition[] | null = null,
  ): Promise<readonly OngoingReassignment[]> {
    return replicas.listPartitionReassignments(this.context, partitions)
  }

  /**
   * Configs of topics, brokers, groups and the like; `keys` names those that are wanted.
   *
   * @example
   * ```ts
   * const [orders] = await admin.describeConfigs([{ type: 'topic', name: 'orders' }])
   * console.log(orders?.entries.find(({ name }) => name === 'retention.ms')?.value)
   * ```
   */
  describeConfigs(
    resources: readonly (ConfigResource & { readonly keys?: readonly string[] })[],
    options: { readonly includeSynonyms?: boolean; readonly includeDocumentation?: boolean } = {},
  ): Promise<readonly ConfigDescription[]> {
    return configs.describeConfigs(this.context, resources, options)
  }

  /**
   * Changes configs one by one; those that are not named stay. INVALID_CONFIG for a value that the
   * broker refuses: nothing of that resource is changed then.
   *
   * @example
   * ```ts
   * const changes = [{ name: 'retention.ms', operation: 'set', value: '60000' }] as const
   * await admin.alterConfigs([{ type: 'topic', name: 'orders', changes }])
   * ```
   */
  alterConfigs(
    alterations: readonly ConfigAlteration[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    return configs.alterConfigs(this.context, alterations, options.validateOnly ?? false)
  }

  /**
   * What has configs, of these kinds or of all that the broker lists. Brokers of before Kafka 4.1
   * list `client-metrics` alone.
   *
   * @example
   * ```ts
   * console.log(await admin.listConfigResources(['group']))
   * ```
   */
  listConfigResources(
    types: readonly ConfigResourceType[] = [],
  ): Promise<readonly ConfigResource[]> {
    return configs.listConfigResources(this.context, types)
  }

  /**
   * Groups of all brokers by name, only those in some states or of some types if given.
   *
   * @example
   * ```ts
   * for (const { groupId, state } of await admin.listGroups()) console.log(groupId, state)
   * ```
   */
  listGroups(
    filter: { readonly states?: readonly string[]; readonly types?: readonly string[] } = {},
  ): Promise<readonly GroupListing[]> {
    return groups.listGroups(this.context, filter)
  }

  /**
   * Groups with their members and what each reads. GROUP_ID_NOT_FOUND for one that is not there.
   *
   * @example
   * ```ts
   * const [group] = await admin.describeGroups(['billing'])
   * console.log(group?.state, group?.members.length)
   * ```
   */
  describeGroups(groupIds: readonly string[]): Promise<readonly GroupDescription[]> {
    return groups.describeGroups(this.context, groupIds)
  }

  /**
   * Deletes groups with their offsets. NON_EMPTY_GROUP for one that has members.
   *
   * @example
   * ```ts
   * await admin.deleteGroups(['billing'])
   * ```
   */
  deleteGroups(groupIds: readonly string[]): Promise<void> {
    return groups.deleteGroups(this.context, groupIds)
  }

  /**
   * Removes members, all of them unless some are given; the others share their partitions. A member
   * that still runs joins again.
   *
   * @example
   * ```ts
   * await admin.removeGroupMembers('billing', [{ groupInstanceId: 'billing-1' }])
   * ```
   */
  removeGroupMembers(
    groupId: string,
    members?: readonly MemberToRemove[],
    options: { readonly reason?: string } = {},
  ): Promise<void> {
    return groups.removeGroupMembers(
      this.context,
      groupId,
      members,
      options.reason ?? 'removed by an administrator',
    )
  }

  /**
   * What a group has committed, for these partitions or for all. Empty for a group that is not
   * there.
   *
   * @example
   * ```ts
   * for (const { topic, partition, offset } of await admin.listGroupOffsets('billing')) {
   *   console.log(topic, partition, offset)
   * }
   * ```
   */
  listGroupOffsets(
    groupId: string,
    partitions?: readonly TopicPartition[],
  ): Promise<readonly GroupOffset[]> {
    return groupOffsets.listGroupOffsets(this.context, groupId, partitions)
  }

  /**
   * Commits offsets for a group without members, which it goes on from. UNKNOWN_MEMBER_ID where it
   * has members.
   *
   * @example
   * ```ts
   * await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 42 }])
   * ```
   */
  alterGroupOffsets(groupId: string, offsets: readonly NewGroupOffset[]): Promise<void> {
    return groupOffsets.alterGroupOffsets(this.context, groupId, offsets)
  }

  /**
   * Lets a group without members go on from another place, for these partitions or for all that it
   * has offsets of. The place is moved inside the log. With `dryRun` nothing is committed.
   *
   * @example
   * ```ts
   * const oneHourAgo = { timestamp: Date.now() - 3_600_000 }
   * console.log(await admin.resetGroupOffsets('billing', oneHourAgo, { dryRun: true }))
   * ```
   */
  resetGroupOffsets(
    groupId: string,
    target: ResetTarget,
    options: { readonly partitions?: readonly TopicPartition[]; readonly dryRun?: boolean } = {},
  ): Promise<readonly ResetOffset[]> {
    return groupOffsets.resetGroupOffsets(
      this.context,
      groupId,
      target,
      options.partitions,
      options.dryRun ?? false,
    )
  }

  /**
   * Forgets what a group has committed. GROUP_SUBSCRIBED_TO_TOPIC while members read the topic.
   *
   * @example
   * ```ts
   * await admin.deleteGroupOffsets('billing', [{ topic: 'orders', partition: 0 }])
   * ```
   */
  deleteGroupOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<void> {
    return groupOffsets.deleteGroupOffsets(this.context, groupId, partitions)
  }

  /**
   * Offsets of partitions: the ends of the log, or by time. Each partition may be named once. With
   * `readCommitted` the log ends before the first transaction that is open.
   *
   * @example
   * ```ts
   * const [end] = await admin.listOffsets([{ topic: 'orders', partition: 0, at: 'latest' }])
   * console.log(end?.offset)
   * ```
   */
  listOffsets(
    queries: readonly OffsetQuery[],
    options: { readonly readCommitted?: boolean } = {},
  ): Promise<readonly FoundOffset[]> {
    return records.listOffsets(this.context, queries, options.readCommitted ?? false)
  }

  /**
   * Deletes the records before an offset. OFFSET_OUT_OF_RANGE for one beyond the high watermark.
   *
   * @example
   * ```ts
   * await admin.deleteRecords([{ topic: 'orders', partition: 0, beforeOffset: 1000 }])
   * ```
   */
  deleteRecords(deletions: readonly RecordsToDelete[]): Promise<readonly DeletedRecords[]> {
    return records.deleteRecords(this.context, deletions)
  }

  /**
   * Producers that partitions remember, with their epochs, sequences and open transactions.
   *
   * @example
   * ```ts
   * console.log(await admin.describeProducers([{ topic: 'orders', partition: 0 }]))
   * ```
   */
  describeProducers(partitions: readonly TopicPartition[]): Promise<readonly PartitionProducers[]> {
    return records.describeProducers(this.context, partitions)
  }

  /**
   * Transactions that the cluster knows, of all brokers.
   *
   * @example
   * ```ts
   * console.log(await admin.listTransactions())
   * ```
   */
  listTransactions(): Promise<readonly ListedTransaction[]> {
    return transactions.listTransactions(this.context)
  }

  /**
   * Transactional producers with what they have under way. TRANSACTIONAL_ID_NOT_FOUND for one that
   * is not there.
   *
   * @example
   * ```ts
   * const [billing] = await admin.describeTransactions(['billing-1'])
   * console.log(billing?.state, billing?.startedAtMs, billing?.partitions)
   * ```
   */
  describeTransactions(
    transactionalIds: readonly string[],
  ): Promise<readonly TransactionDescription[]> {
    return transactions.describeTransactions(this.context, transactionalIds)
  }

  /**
   * The cluster's id, controller and brokers.
   *
   * @example
   * ```ts
   * const { clusterId, brokers } = await admin.describeCluster()
   * console.log(clusterId, brokers.length)
   * ```
   */
  describeCluster(): Promise<ClusterDescription> {
    return brokers.describeCluster(this.context)
  }

  /**
   * The quorum that keeps the metadata: its leader, its voters and how far each has come.
   *
   * @example
   * ```ts
   * console.log((await admin.describeQuorum()).leaderId)
   * ```
   */
  describeQuorum(): Promise<QuorumDescription> {
    return brokers.describeQuorum(this.context)
  }

  /**
   * Levels of features: what a broker could do, and what the cluster has settled on.
   *
   * @example
   * ```ts
   * console.log((await admin.describeFeatures()).finalized)
   * ```
   */
  describeFeatures(): Promise<FeaturesDescription> {
    return brokers.describeFeatures(this.context)
  }

  /**
   * Settles on other levels of features.
   *
   * @example
   * ```ts
   * await admin.updateFeatures([{ name: 'metadata.version', level: 27 }], { validateOnly: true })
   * ```
   */
  updateFeatures(
    updates: readonly FeatureUpdate[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    return brokers.updateFeatures(this.context, updates, options.validateOnly ?? false)
  }

  /**
   * Log directories of these brokers or of all, with what lies in them.
   *
   * @example
   * ```ts
   * for (const { path } of await admin.describeLogDirs()) console.log(path)
   * ```
   */
  describeLogDirs(brokerIds?: readonly number[]): Promise<readonly LogDirDescription[]> {
    return logDirs.describeLogDirs(this.context, brokerIds)
  }

  /**
   * Begins to move replicas to other log directories of their brokers; `describeLogDirs` shows the
   * copies (`isFuture`) until they have caught up. LOG_DIR_NOT_FOUND for a directory that the
   * broker does not have; REPLICA_NOT_AVAILABLE where it has no such replica yet, which is then
   * made there.
   *
   * @example
   * ```ts
   * const path = '/data/second'
   * await admin.alterReplicaLogDirs([{ broker: 1, topic: 'orders', partition: 0, path }])
   * ```
   */
  alterReplicaLogDirs(moves: readonly ReplicaMove[]): Promise<void> {
    return logDirs.alterReplicaLogDirs(this.context, moves)
  }

  /**
   * Connections that stand, and what has been asked of the brokers so far.
   *
   * @example
   * ```ts
   * const { connections, requests } = admin.statistics()
   * console.log(connections.length, requests['Metadata']?.totalMs)
   * ```
   */
  statistics(): ClusterStatistics {
    return this.context.cluster.statistics()
  }

  /**
   * Closes all connections. Calls that wait, and those to come, reject with a `ClosedError`.
   *
   * @example
   * ```ts
   * await admin.close()
   * ```
   */
  async close(): Promise<void> {
    this.context.cluster.close()
  }

  /** As {@link close}, for `await using` (TypeScript, or Node from 24 on). */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
