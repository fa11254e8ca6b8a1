/**
 * Every API that this broker answers, with the versions it advertises. The modules behind `load`
 * (a handler with its codec) are imported when the first request of their key arrives, or in the
 * background after the start: a broker answers its first client before it has read them all.
 */
import { type AnyHandler, erased } from './handler/handler.ts'

/** One API as the broker advertises it. Both versions are inclusive. */
export interface ApiRange {
  readonly key: number
  readonly versionMin: number
  readonly versionMax: number
}

/** An API that is answered here. */
export interface ServedApi extends ApiRange {
  readonly load: () => Promise<AnyHandler>
}

/**
 * Produce and Fetch, which the data plane answers itself. Produce is served from version 3, but old
 * clients take a minimum above 0 for "cannot compress" and silently send uncompressed, so Apache
 * Kafka advertises 0 too.
 */
export const nativeApis: readonly ApiRange[] = [
  { key: 0, versionMin: 0, versionMax: 13 },
  { key: 1, versionMin: 4, versionMax: 18 },
]

/** The APIs of the control plane, by key. */
export const servedApis: ReadonlyMap<number, ServedApi> = new Map(
  [
    served(2, 1, 11, async () =>
      erased((await import('./handler/02-list-offsets.ts')).listOffsets),
    ),
    served(3, 0, 13, async () => erased((await import('./handler/03-metadata.ts')).metadata)),
    served(8, 2, 10, async () =>
      erased((await import('./handler/08-offset-commit.ts')).offsetCommit),
    ),
    served(9, 1, 10, async () =>
      erased((await import('./handler/09-offset-fetch.ts')).offsetFetch),
    ),
    served(10, 0, 6, async () =>
      erased((await import('./handler/10-find-coordinator.ts')).findCoordinator),
    ),
    served(11, 0, 9, async () => erased((await import('./handler/11-join-group.ts')).joinGroup)),
    served(12, 0, 4, async () => erased((await import('./handler/12-heartbeat.ts')).heartbeat)),
    served(13, 0, 5, async () => erased((await import('./handler/13-leave-group.ts')).leaveGroup)),
    served(14, 0, 5, async () => erased((await import('./handler/14-sync-group.ts')).syncGroup)),
    served(15, 0, 6, async () =>
      erased((await import('./handler/15-describe-groups.ts')).describeGroups),
    ),
    served(16, 0, 5, async () => erased((await import('./handler/16-list-groups.ts')).listGroups)),
    served(18, 0, 5, async () =>
      erased((await import('./handler/18-api-versions.ts')).apiVersions),
    ),
    served(19, 2, 7, async () =>
      erased((await import('./handler/19-create-topics.ts')).createTopics),
    ),
    served(20, 1, 6, async () =>
      erased((await import('./handler/20-delete-topics.ts')).deleteTopics),
    ),
    served(21, 0, 2, async () =>
      erased((await import('./handler/21-delete-records.ts')).deleteRecords),
    ),
    served(22, 0, 5, async () =>
      erased((await import('./handler/22-init-producer-id.ts')).initProducerId),
    ),
    served(23, 2, 4, async () =>
      erased((await import('./handler/23-offset-for-leader-epoch.ts')).offsetForLeaderEpoch),
    ),
    served(29, 1, 3, async () =>
      erased((await import('./handler/29-describe-acls.ts')).describeAcls),
    ),
    served(30, 1, 3, async () => erased((await import('./handler/30-create-acls.ts')).createAcls)),
    served(31, 1, 3, async () => erased((await import('./handler/31-delete-acls.ts')).deleteAcls)),
    served(32, 1, 4, async () =>
      erased((await import('./handler/32-describe-configs.ts')).describeConfigs),
    ),
    served(33, 0, 2, async () =>
      erased((await import('./handler/33-alter-configs.ts')).alterConfigs),
    ),
    served(35, 1, 5, async () =>
      erased((await import('./handler/35-describe-log-dirs.ts')).describeLogDirs),
    ),
    served(37, 0, 3, async () =>
      erased((await import('./handler/37-create-partitions.ts')).createPartitions),
    ),
    served(42, 0, 3, async () =>
      erased((await import('./handler/42-delete-groups.ts')).deleteGroups),
    ),
    served(43, 0, 2, async () =>
      erased((await import('./handler/43-elect-leaders.ts')).electLeaders),
    ),
    served(44, 0, 1, async () =>
      erased((await import('./handler/44-incremental-alter-configs.ts')).incrementalAlterConfigs),
    ),
    served(45, 0, 1, async () =>
      erased(
        (await import('./handler/45-alter-partition-reassignments.ts')).alterPartitionReassignments,
      ),
    ),
    served(46, 0, 0, async () =>
      erased(
        (await import('./handler/46-list-partition-reassignments.ts')).listPartitionReassignments,
      ),
    ),
    served(47, 0, 0, async () =>
      erased((await import('./handler/47-offset-delete.ts')).offsetDelete),
    ),
    served(48, 0, 1, async () =>
      erased((await import('./handler/48-describe-client-quotas.ts')).describeClientQuotas),
    ),
    served(49, 0, 1, async () =>
      erased((await import('./handler/49-alter-client-quotas.ts')).alterClientQuotas),
    ),
    served(50, 0, 0, async () =>
      erased(
        (await import('./handler/50-describe-user-scram-credentials.ts'))
          .describeUserScramCredentials,
      ),
    ),
    served(55, 0, 2, async () =>
      erased((await import('./handler/55-describe-quorum.ts')).describeQuorum),
    ),
    served(57, 0, 2, async () =>
      erased((await import('./handler/57-update-features.ts')).updateFeatures),
    ),
    served(60, 0, 2, async () =>
      erased((await import('./handler/60-describe-cluster.ts')).describeCluster),
    ),
    served(61, 0, 0, async () =>
      erased((await import('./handler/61-describe-producers.ts')).describeProducers),
    ),
    served(66, 0, 2, async () =>
      erased((await import('./handler/66-list-transactions.ts')).listTransactions),
    ),
    served(74, 0, 1, async () =>
      erased((await import('./handler/74-list-config-resources.ts')).listConfigResources),
    ),
    served(75, 0, 0, async () =>
      erased((await import('./handler/75-describe-topic-partitions.ts')).describeTopicPartitions),
    ),
  ].map((api) => [api.key, api]),
)

/** What ApiVersions lists, in ascending order of keys. */
export const advertisedApis: readonly ApiRange[] = [...nativeApis, ...servedApis.values()]
  .map(({ key, versionMin, versionMax }) => ({ key, versionMin, versionMax }))
  .sort((a, b) => a.key - b.key)

function served(
  key: number,
  versionMin: number,
  versionMax: number,
  load: () => Promise<AnyHandler>,
): ServedApi {
  return { key, versionMin, versionMax, load }
}
