// Generated from the schema by `npm run generate`; edit that instead.
import { produceApi } from './00-produce.ts'
import { fetchApi } from './01-fetch.ts'
import { listOffsetsApi } from './02-list-offsets.ts'
import { metadataApi } from './03-metadata.ts'
import { offsetCommitApi } from './08-offset-commit.ts'
import { offsetFetchApi } from './09-offset-fetch.ts'
import { findCoordinatorApi } from './10-find-coordinator.ts'
import { joinGroupApi } from './11-join-group.ts'
import { heartbeatApi } from './12-heartbeat.ts'
import { leaveGroupApi } from './13-leave-group.ts'
import { syncGroupApi } from './14-sync-group.ts'
import { describeGroupsApi } from './15-describe-groups.ts'
import { listGroupsApi } from './16-list-groups.ts'
import { apiVersionsApi } from './18-api-versions.ts'
import { createTopicsApi } from './19-create-topics.ts'
import { deleteTopicsApi } from './20-delete-topics.ts'
import { initProducerIdApi } from './22-init-producer-id.ts'
import { describeConfigsApi } from './32-describe-configs.ts'
import { deleteGroupsApi } from './42-delete-groups.ts'
import { describeClusterApi } from './60-describe-cluster.ts'
import type { AnyApi } from '../codec.ts'

/** Every API that has a codec, by its key. */
export const apis: ReadonlyMap<number, AnyApi> = new Map<number, AnyApi>([
  [0, produceApi],
  [1, fetchApi],
  [2, listOffsetsApi],
  [3, metadataApi],
  [8, offsetCommitApi],
  [9, offsetFetchApi],
  [10, findCoordinatorApi],
  [11, joinGroupApi],
  [12, heartbeatApi],
  [13, leaveGroupApi],
  [14, syncGroupApi],
  [15, describeGroupsApi],
  [16, listGroupsApi],
  [18, apiVersionsApi],
  [19, createTopicsApi],
  [20, deleteTopicsApi],
  [22, initProducerIdApi],
  [32, describeConfigsApi],
  [42, deleteGroupsApi],
  [60, describeClusterApi],
])
