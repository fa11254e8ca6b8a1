/** What altering configs singly and as a whole have in common: who answers for which resource. */
import type { AlterConfigsResult } from '../../controller/alter-configs.ts'
import { ownTopicRefusal } from '../../controller/decision.ts'
import { ResourceType } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { BrokerContext } from '../context.ts'
import { ipOverrides, ipOverridesConfig } from '../ip-overrides.ts'

/** A resource of either request. */
interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/**
 * Answers for every resource, in their order: `here` for those that it knows an answer for,
 * `decide` for the others together.
 */
export async function alterResources<R extends Resource>(
  resources: readonly R[],
  here: (resource: R) => Promise<AlterConfigsResult | undefined>,
  decide: (others: R[]) => Promise<AlterConfigsResult[]>,
): Promise<AlterConfigsResult[]> {
  const answered = new Map<R, AlterConfigsResult>()
  for (const resource of resources) {
    const answer = refuseOwnTopic(resource) ?? (await here(resource))
    if (answer !== undefined) answered.set(resource, answer)
  }
  const others = resources.filter((resource) => !answered.has(resource))
  const decided = others.length === 0 ? [] : await decide(others)
  return resources.flatMap((resource) => answered.get(resource) ?? decided.shift() ?? [])
}

function refuseOwnTopic(resource: Resource): AlterConfigsResult | undefined {
  if (resource.resourceType !== ResourceType.TOPIC) return undefined
  const refusal = ownTopicRefusal(resource.resourceName)
  return refusal === undefined ? undefined : answerOf(resource, refusal.code, refusal.message)
}

/** A refusal where a limit is to be set on a host that has no address. */
export async function refuseUnknownHosts(
  resource: Resource,
  { flow }: Pick<BrokerContext, 'flow'>,
): Promise<AlterConfigsResult | undefined> {
  if (resource.resourceType !== ResourceType.BROKER) return undefined
  const set = resource.configs.find(({ name }) => name === ipOverridesConfig)
  const hosts = ipOverrides(set?.value ?? '').map(({ host }) => host)
  const [unknown] = hosts.length === 0 ? [] : await flow.unknownHosts(hosts)
  if (unknown === undefined) return undefined
  const message = `The host "${unknown}" in ${ipOverridesConfig} does not resolve.`
  return answerOf(resource, ErrorCode.INVALID_CONFIG, message)
}

/** What is said of one resource. */
export function answerOf(
  { resourceType, resourceName }: Pick<Resource, 'resourceType' | 'resourceName'>,
  errorCode: number,
  errorMessage: string | null,
): AlterConfigsResult {
  return { errorCode, errorMessage, resourceType, resourceName }
}

/** One result for each resource of a request of which nothing is said but an error code. */
export function refuseResources(
  resources: readonly Pick<Resource, 'resourceType' | 'resourceName'>[],
  errorCode: number,
): AlterConfigsResult[] {
  return resources.map((resource) => answerOf(resource, errorCode, null))
}
