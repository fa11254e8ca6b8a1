import { gunzipSync, gzipSync } from 'node:zlib'
import { type Random, randomBelow } from '../../../src/base/random.ts'
import type { AnyApi, Api } from '../../../src/protocol/codec.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { listOffsetsApi } from '../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { offsetCommitApi } from '../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { joinGroupApi } from '../../../src/protocol/generated/11-join-group.ts'
import { heartbeatApi } from '../../../src/protocol/generated/12-heartbeat.ts'
import { leaveGroupApi } from '../../../src/protocol/generated/13-leave-group.ts'
import { syncGroupApi } from '../../../src/protocol/generated/14-sync-group.ts'
import { describeGroupsApi } from '../../../src/protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../../src/protocol/generated/16-list-groups.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../../src/protocol/generated/20-delete-topics.ts'
import { deleteRecordsApi } from '../../../src/protocol/generated/21-delete-records.ts'
import { initProducerIdApi } from '../../../src/protocol/generated/22-init-producer-id.ts'
import { offsetForLeaderEpochApi } from '../../../src/protocol/generated/23-offset-for-leader-epoch.ts'
import {
  type DescribeAclsRequestInput,
  describeAclsApi,
} from '../../../src/protocol/generated/29-describe-acls.ts'
import { createAclsApi } from '../../../src/protocol/generated/30-create-acls.ts'
import { deleteAclsApi } from '../../../src/protocol/generated/31-delete-acls.ts'
import { describeConfigsApi } from '../../../src/protocol/generated/32-describe-configs.ts'
import { alterConfigsApi } from '../../../src/protocol/generated/33-alter-configs.ts'
import { describeLogDirsApi } from '../../../src/protocol/generated/35-describe-log-dirs.ts'
import { createPartitionsApi } from '../../../src/protocol/generated/37-create-partitions.ts'
import { deleteGroupsApi } from '../../../src/protocol/generated/42-delete-groups.ts'
import { electLeadersApi } from '../../../src/protocol/generated/43-elect-leaders.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import { alterPartitionReassignmentsApi } from '../../../src/protocol/generated/45-alter-partition-reassignments.ts'
import { listPartitionReassignmentsApi } from '../../../src/protocol/generated/46-list-partition-reassignments.ts'
import { offsetDeleteApi } from '../../../src/protocol/generated/47-offset-delete.ts'
import { describeClientQuotasApi } from '../../../src/protocol/generated/48-describe-client-quotas.ts'
import { alterClientQuotasApi } from '../../../src/protocol/generated/49-alter-client-quotas.ts'
import { describeUserScramCredentialsApi } from '../../../src/protocol/generated/50-describe-user-scram-credentials.ts'
import { describeQuorumApi } from '../../../src/protocol/generated/55-describe-quorum.ts'
import { updateFeaturesApi } from '../../../src/protocol/generated/57-update-features.ts'
import { describeClusterApi } from '../../../src/protocol/generated/60-describe-cluster.ts'
import { describeProducersApi } from '../../../src/protocol/generated/61-describe-producers.ts'
import { listTransactionsApi } from '../../../src/protocol/generated/66-list-transactions.ts'
import { listConfigResourcesApi } from '../../../src/protocol/generated/74-list-config-resources.ts'
import { describeTopicPartitionsApi } from '../../../src/protocol/generated/75-describe-topic-partitions.ts'
import { encodeRequestFrame } from '../../../src/protocol/header.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { type Uuid, zeroUuid } from '../../../src/protocol/uuid.ts'
import { mutateBatch } from './batch-mutations.ts'

/** What samples speak of: things that exist on the broker. */
export interface SampleContext {
  readonly topic: string
  readonly topicId: Uuid
  readonly partitions: number
  readonly group: string
}

/** A valid request of one API. */
export interface Sample {
  readonly api: AnyApi
  /** The whole frame, with its size. Only a Produce sample uses `random`. */
  frame(context: SampleContext, version: number, correlationId: number, random: Random): Uint8Array
}

/** What no sample may touch, so that the broker keeps what the suite needs. */
const nowhere = 'no-such-thing'
const timeoutMs = 1_000
const text = (value: string): Uint8Array => Buffer.from(value)

function sample<Q, QInput, S, SInput>(
  api: Api<Q, QInput, S, SInput>,
  make: (context: SampleContext, version: number, random: Random) => QInput,
): Sample {
  return {
    api: api as unknown as AnyApi,
    frame: (context, version, correlationId, random) =>
      encodeRequestFrame(api, version, correlationId, 'malformed', make(context, version, random)),
  }
}

/** By name or, in versions that have them, by id. */
function topicBy(context: SampleContext, byId: boolean): { name?: string; topicId?: Uuid } {
  return byId ? { topicId: context.topicId } : { name: context.topic }
}

function recordsOf(random: Random): Uint8Array {
  const timestamp = 1_700_000_000_000
  const records = [1, 2, 3].map((n) => ({
    timestamp: timestamp + n,
    key: text(`key ${n}`),
    value: text(`value ${n} `.repeat(n * 4)),
    headers: [{ key: 'header', value: text('yes') }],
  }))
  const gzip = {
    compress: gzipOnly,
    decompress: (_: number, bytes: Uint8Array) => gunzipSync(bytes),
  }
  const batch = encodeBatch(newBatch(records, { attributes: randomBelow(random, 2) }), gzip)
  return mutateBatch(batch, random)
}

function gzipOnly(_: number, bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes)
}

const produceSample = sample(produceApi, (context, version, random) => ({
  acks: -1,
  timeoutMs,
  topicData: [
    {
      ...topicBy(context, version >= 13),
      partitionData: [{ index: 0, records: recordsOf(random) }],
    },
  ],
}))

const fetchSample = sample(fetchApi, (context, version) => ({
  maxWaitMs: 0,
  minBytes: 0,
  maxBytes: 100_000,
  topics: [
    {
      ...(version >= 13 ? { topicId: context.topicId } : { topic: context.topic }),
      partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100_000 }],
    },
  ],
  ...(version >= 7 ? { sessionId: 0, sessionEpoch: 0 } : {}),
}))

const groupSamples: readonly Sample[] = [
  sample(offsetCommitApi, (context, version) => ({
    groupId: context.group,
    topics: [
      {
        ...topicBy(context, version >= 10),
        partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: 'note' }],
      },
    ],
  })),
  sample(offsetFetchApi, (context, version) => {
    const topic = { ...topicBy(context, version >= 10), partitionIndexes: [0] }
    if (version >= 8) return { groups: [{ groupId: context.group, topics: [topic] }] }
    return { groupId: context.group, topics: [{ name: context.topic, partitionIndexes: [0] }] }
  }),
  sample(findCoordinatorApi, (context, version) =>
    version >= 4 ? { coordinatorKeys: [context.group] } : { key: context.group },
  ),
  // A member id that no one has, so that nobody joins and nothing has to wait.
  sample(joinGroupApi, (context) => ({
    groupId: context.group,
    sessionTimeoutMs: 10_000,
    memberId: nowhere,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: text('metadata') }],
  })),
  sample(heartbeatApi, (context) => ({
    groupId: context.group,
    generationId: 1,
    memberId: nowhere,
  })),
  sample(leaveGroupApi, (context, version) =>
    version >= 3
      ? { groupId: context.group, members: [{ memberId: nowhere }] }
      : { groupId: context.group, memberId: nowhere },
  ),
  sample(syncGroupApi, (context) => ({
    groupId: context.group,
    generationId: 1,
    memberId: nowhere,
    assignments: [{ memberId: nowhere, assignment: text('assignment') }],
  })),
  sample(describeGroupsApi, (context) => ({ groups: [context.group] })),
  sample(listGroupsApi, (_, version) => (version >= 4 ? { statesFilter: ['Empty'] } : {})),
  sample(deleteGroupsApi, () => ({ groupsNames: [nowhere] })),
  sample(offsetDeleteApi, (context) => ({
    groupId: nowhere,
    topics: [{ name: context.topic, partitions: [{ partitionIndex: 0 }] }],
  })),
]

const topicSamples: readonly Sample[] = [
  sample(listOffsetsApi, (context) => ({
    replicaId: -1,
    topics: [{ name: context.topic, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  })),
  sample(metadataApi, (context) => ({ topics: [{ name: context.topic }] })),
  sample(createTopicsApi, () => ({
    topics: [
      {
        name: nowhere,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: [],
        configs: [{ name: 'retention.ms', value: '1000' }],
      },
    ],
    timeoutMs,
    validateOnly: true,
  })),
  sample(deleteTopicsApi, (_, version) =>
    version >= 6
      ? { topics: [{ name: nowhere, topicId: zeroUuid }], timeoutMs }
      : { topicNames: [nowhere], timeoutMs },
  ),
]

const brokerSamples: readonly Sample[] = [
  sample(apiVersionsApi, (_, version) =>
    version >= 3 ? { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' } : {},
  ),
  sample(initProducerIdApi, () => ({ transactionalId: null, transactionTimeoutMs: 60_000 })),
  sample(describeConfigsApi, (context) => ({
    resources: [{ resourceType: 2, resourceName: context.topic, configurationKeys: null }],
  })),
  sample(describeClusterApi, () => ({ includeClusterAuthorizedOperations: true })),
]

/** Nothing here changes what the suite needs: it is validated only, or does not exist. */
const adminSamples: readonly Sample[] = [
  sample(deleteRecordsApi, (context) => ({
    topics: [{ name: context.topic, partitions: [{ partitionIndex: 0, offset: 0 }] }],
    timeoutMs,
  })),
  sample(offsetForLeaderEpochApi, (context) => ({
    topics: [{ topic: context.topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  })),
  sample(describeAclsApi, (context) => aclFilter(context.topic)),
  sample(createAclsApi, () => ({
    creations: [
      {
        resourceType: 2,
        resourceName: nowhere,
        principal: 'User:nobody',
        host: '*',
        operation: 3,
        permissionType: 3,
      },
    ],
  })),
  sample(deleteAclsApi, () => ({ filters: [aclFilter(nowhere)] })),
  sample(alterConfigsApi, (context) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: context.topic,
        configs: [{ name: 'retention.ms', value: '-1' }],
      },
    ],
    validateOnly: true,
  })),
  sample(incrementalAlterConfigsApi, (context) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: context.topic,
        configs: [{ name: 'retention.ms', configOperation: 0, value: '-1' }],
      },
    ],
    validateOnly: true,
  })),
  sample(describeLogDirsApi, (context) => ({
    topics: [{ topic: context.topic, partitions: [0] }],
  })),
  sample(createPartitionsApi, (context) => ({
    topics: [{ name: context.topic, count: context.partitions + 1, assignments: null }],
    timeoutMs,
    validateOnly: true,
  })),
  sample(electLeadersApi, (context) => ({
    topicPartitions: [{ topic: context.topic, partitions: [0] }],
    timeoutMs,
  })),
  sample(alterPartitionReassignmentsApi, () => ({
    topics: [{ name: nowhere, partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    timeoutMs,
  })),
  sample(listPartitionReassignmentsApi, (context) => ({
    topics: [{ name: context.topic, partitionIndexes: [0] }],
    timeoutMs,
  })),
  sample(listConfigResourcesApi, (_, version) => (version >= 1 ? { resourceTypes: [2] } : {})),
  sample(describeTopicPartitionsApi, (context) => ({
    topics: [{ name: context.topic }],
    responsePartitionLimit: 10,
    cursor: { topicName: context.topic, partitionIndex: 0 },
  })),
]

const clusterSamples: readonly Sample[] = [
  sample(describeClientQuotasApi, () => ({
    components: [{ entityType: 'user', matchType: 0, match: nowhere }],
    strict: false,
  })),
  sample(alterClientQuotasApi, () => ({
    entries: [
      {
        entity: [{ entityType: 'user', entityName: nowhere }],
        ops: [{ key: 'request_percentage', value: 50, remove: false }],
      },
    ],
    validateOnly: true,
  })),
  sample(describeUserScramCredentialsApi, () => ({ users: [{ name: nowhere }] })),
  sample(describeQuorumApi, () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  })),
  // Version 0 has no validateOnly, so that it names a feature that nobody has.
  sample(updateFeaturesApi, () => ({
    featureUpdates: [{ feature: nowhere, maxVersionLevel: 1 }],
    timeoutMs,
  })),
  sample(describeProducersApi, (context) => ({
    topics: [{ name: context.topic, partitionIndexes: [0] }],
  })),
  sample(listTransactionsApi, () => ({ stateFilters: ['Ongoing'], producerIdFilters: [1] })),
]

function aclFilter(resourceNameFilter: string): DescribeAclsRequestInput {
  return {
    resourceTypeFilter: 2,
    resourceNameFilter,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  }
}

/** A sample of every API that has a codec, by its key. */
export const samples: ReadonlyMap<number, Sample> = new Map(
  [
    produceSample,
    fetchSample,
    ...topicSamples,
    ...groupSamples,
    ...brokerSamples,
    ...adminSamples,
    ...clusterSamples,
  ].map((s) => [s.api.key, s]),
)
