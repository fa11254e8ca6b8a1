import { deleteTopicsApi } from '../../protocol/generated/20-delete-topics.ts'
import { describeConfigsApi } from '../../protocol/generated/32-describe-configs.ts'
import type { BrokerConnection } from '../../transport/index.ts'
import type { Settings } from '../broker/broker-target.ts'
import { endpointOf, onConnection } from '../broker/connect.ts'
import { topicFlushEach, topicPageCache } from '../harness/flush-mode.ts'
import { createTopics } from '../partitions/partition-requests.ts'
import type { Workload } from '../workloads/workload.ts'
import type { CasePlace } from './case-place.ts'

/** Configs of every topic of a workload. */
export function topicConfigs({ durability, topicConfigs }: Workload): Settings {
  return { ...(durability === 'page-cache' ? topicPageCache : topicFlushEach), ...topicConfigs }
}

const topicResource = 2
/** Later versions may name topics by their ids. */
const namesMax = 5
const durabilityConfigs = [...Object.keys(topicPageCache), 'min.insync.replicas']

/** What the broker itself says that an answer for this topic promises; throws on any error. */
export async function durabilityOf(connection: BrokerConnection, topic: string): Promise<Settings> {
  const { results } = await connection.call(describeConfigsApi, {
    resources: [
      {
        resourceType: topicResource,
        resourceName: topic,
        configurationKeys: durabilityConfigs,
      },
    ],
  })
  const [answer] = results
  if (answer === undefined || answer.errorCode !== 0) {
    throw new Error(`DescribeConfigs ${topic}: ${answer?.errorMessage ?? answer?.errorCode}`)
  }
  return Object.fromEntries(answer.configs.map(({ name, value }) => [name, value ?? '']))
}

/** Creates a case's topic; throws on any error. */
export async function createTopic(
  { address, topic, topicConfigs: configs }: CasePlace,
  partitions: number,
): Promise<void> {
  await onConnection(endpointOf(address), (connection) =>
    createTopics(connection, new Map([[topic, partitions]]), configs),
  )
}

/** Deletes topics of a broker that goes on running; throws on any error. */
export async function deleteTopics(
  connection: BrokerConnection,
  topics: readonly string[],
): Promise<void> {
  const request = { topicNames: topics, timeoutMs: 30_000 }
  const { responses } = await connection.call(deleteTopicsApi, request, { versionMax: namesMax })
  const failed = responses.find(({ errorCode }) => errorCode !== 0)
  if (failed !== undefined) throw new Error(`DeleteTopics ${failed.name}: ${failed.errorCode}`)
}
