/** What a consumer needs of a cluster: a part of it, so that tests can play one. */
import type { Cluster } from '../network/cluster.ts'

/** A cluster as a consumer sees it. */
export type ConsumerCluster = Pick<
  Cluster,
  | 'environment'
  | 'metadata'
  | 'topic'
  | 'awaitTopic'
  | 'wantAllTopics'
  | 'refresh'
  | 'requestRefresh'
  | 'onUpdate'
  | 'learnLeaders'
  | 'call'
  | 'coordinator'
  | 'forgetCoordinator'
  | 'retrying'
  | 'statistics'
  | 'close'
>
