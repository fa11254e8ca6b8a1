import { assert } from '../../base/assert.ts'
import { apiVersionsApi } from '../../protocol/generated/18-api-versions.ts'
import {
  type DescribeQuorumPartitionResult,
  describeQuorumApi,
} from '../../protocol/generated/55-describe-quorum.ts'
import { updateFeaturesApi } from '../../protocol/generated/57-update-features.ts'
import { describeClusterApi } from '../../protocol/generated/60-describe-cluster.ts'
import type { Deadline } from '../network/retry.ts'
import {
  type AdminContext,
  ask,
  brokerTimeoutMs,
  check,
  each,
  outcomeOf,
  settle,
  settleOne,
  stepsOf,
  unanswered,
} from './settle.ts'
import { numberOf } from './words.ts'

/** A broker of the cluster. */
export interface BrokerDescription {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** The cluster as a broker describes it. */
export interface ClusterDescription {
  readonly clusterId: string
  /** Node that takes requests for the controller; -1 when there is none. */
  readonly controllerId: number
  readonly brokers: readonly BrokerDescription[]
}

/** The quorum that keeps the cluster's metadata; replicas as in DescribeQuorum. */
export type QuorumDescription = Pick<
  DescribeQuorumPartitionResult,
  'leaderId' | 'leaderEpoch' | 'highWatermark' | 'currentVoters' | 'observers'
>

/** Levels of the cluster's features. */
export interface FeaturesDescription {
  /** What the broker that answered could do. */
  readonly supported: readonly {
    readonly name: string
    readonly minLevel: number
    readonly maxLevel: number
  }[]
  /** What the cluster has settled on. */
  readonly finalized: readonly { readonly name: string; readonly level: number }[]
  /** Grows with each change of what is settled; -1 when not known. */
  readonly finalizedEpoch: number
}

/** A feature's new level. */
export interface FeatureUpdate {
  readonly name: string
  /** 0 removes the feature. */
  readonly level: number
  /** `upgrade` unless given; an unsafe downgrade may lose metadata. */
  readonly type?: 'upgrade' | 'safe-downgrade' | 'unsafe-downgrade'
}

const upgradeTypes = ['unknown', 'upgrade', 'safe-downgrade', 'unsafe-downgrade'] as const

/** See `Admin.describeCluster`. */
export function describeCluster(context: AdminContext): Promise<ClusterDescription> {
  const what = 'Cannot describe the cluster'
  return settleOne(context, what, async (deadline) => {
    const request = { includeClusterAuthorizedOperations: false }
    const response = await ask(context, 'any', describeClusterApi, request, deadline)
    check(what, response.errorCode, response.errorMessage)
    const brokers = response.brokers.map(({ brokerId, host, port, rack }) => ({
      id: brokerId,
      host,
      port,
      rack,
    }))
    const { clusterId, controllerId } = response
    return { clusterId, controllerId, brokers: brokers.sort((a, b) => a.id - b.id) }
  })
}

/** Asks these brokers, or all there are, and resolves with what they told, one behind the other. */
export async function ofBrokers<Result>(
  context: AdminContext,
  what: string,
  brokers: readonly number[] | undefined,
  askOne: (broker: number, deadline: Deadline) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const step = stepsOf(context)
  const ids = brokers ?? (await describeCluster(step())).brokers.map(({ id }) => id)
  const told = await settle(step(), what, ids, (pending, deadline) =>
    each(pending, (id) => askOne(id, deadline)),
  )
  assert(told.length === ids.length, 'each broker has told')
  return told.flat()
}

/** See `Admin.describeQuorum`. */
export function describeQuorum(context: AdminContext): Promise<QuorumDescription> {
  const what = 'Cannot describe the metadata quorum'
  return settleOne(context, what, async (deadline) => {
    const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
    const response = await ask(context, 'any', describeQuorumApi, { topics }, deadline)
    check(what, response.errorCode, response.errorMessage)
    const found = response.topics[0]?.partitions[0]
    if (found === undefined) throw unanswered(what)
    check(what, found.errorCode, found.errorMessage)
    const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = found
    return { leaderId, leaderEpoch, highWatermark, currentVoters, observers }
  })
}

/** See `Admin.describeFeatures`. */
export function describeFeatures(context: AdminContext): Promise<FeaturesDescription> {
  const what = 'Cannot describe the features'
  return settleOne(context, what, async (deadline) => {
    const software = { clientSoftwareName: 'odradek', clientSoftwareVersion: '1' }
    const request = (version: number) => (version >= 3 ? software : {})
    const response = await ask(context, 'any', apiVersionsApi, request, deadline)
    check(what, response.errorCode)
    return {
      supported: response.supportedFeatures.map(({ name, minVersion, maxVersion }) => ({
        name,
        minLevel: minVersion,
        maxLevel: maxVersion,
      })),
      finalized: response.finalizedFeatures.map(({ name, maxVersionLevel }) => ({
        name,
        level: maxVersionLevel,
      })),
      finalizedEpoch: response.finalizedFeaturesEpoch,
    }
  })
}

/** See `Admin.updateFeatures`. */
export async function updateFeatures(
  context: AdminContext,
  updates: readonly FeatureUpdate[],
  validateOnly: boolean,
): Promise<void> {
  const summary = 'Cannot update features'
  await settle(context, summary, updates, async (pending, deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const request = {
      timeoutMs: brokerTimeoutMs(context, deadline),
      featureUpdates: pending.map(({ name, level, type = 'upgrade' }) => ({
        feature: name,
        maxVersionLevel: level,
        upgradeType: numberOf('type of update', upgradeTypes, type),
      })),
      validateOnly,
    }
    const response = await ask(context, 'controller', updateFeaturesApi, request, deadline)
    check(summary, response.errorCode, response.errorMessage)
    return pending.map(({ name }) => {
      // From version 2 on the answer is one for all.
      const found = response.results.find(({ feature }) => feature === name)
      const what = `Cannot update feature ${name}`
      return outcomeOf(what, found?.errorCode ?? 0, found?.errorMessage, () => null)
    })
  })
}
