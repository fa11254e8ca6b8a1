/** ListConfigResources: what has configs, or may get some. */
import { type MetadataImage, ResourceType } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ListConfigResourcesRequest,
  type ListConfigResourcesResponseInput,
  listConfigResourcesApi,
} from '../../protocol/generated/74-list-config-resources.ts'
import type { Handler } from './handler.ts'

/** First version that asks for kinds of resources; before, there are client metrics alone. */
const typesSince = 1

/** Kinds that may be asked for, in the order of the answer. */
const listedTypes: readonly number[] = [
  ResourceType.GROUP,
  ResourceType.CLIENT_METRICS,
  ResourceType.BROKER_LOGGER,
  ResourceType.BROKER,
  ResourceType.TOPIC,
]

/** Handles ListConfigResources 0 and 1. */
export const listConfigResources: Handler<
  ListConfigResourcesRequest,
  ListConfigResourcesResponseInput
> = {
  api: listConfigResourcesApi,

  handle(request, call, broker) {
    const asked = call.version < typesSince ? [ResourceType.CLIENT_METRICS] : request.resourceTypes
    const wanted = new Set(asked.length === 0 ? listedTypes : asked)
    if ([...wanted].some((type) => !listedTypes.includes(type))) {
      return failed(ErrorCode.UNSUPPORTED_VERSION)
    }
    const image = broker.image()
    const configResources = listedTypes
      .filter((type) => wanted.has(type))
      .flatMap((resourceType) =>
        namesOf(resourceType, image).map((resourceName) => ({ resourceName, resourceType })),
      )
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, configResources }
  },

  refusal(_request, code) {
    return failed(code)
  },
}

/**
 * Topics, brokers and the loggers of each are there without configs; groups and subscriptions by
 * their configs.
 */
function namesOf(type: number, image: MetadataImage): string[] {
  if (type === ResourceType.TOPIC) return [...image.topicsByName.keys()]
  if (type === ResourceType.BROKER || type === ResourceType.BROKER_LOGGER) {
    return [...image.brokers.values()].filter(({ fenced }) => !fenced).map(({ id }) => `${id}`)
  }
  const prefix = `${type}/`
  const keys = [...image.configs.keys()].filter((key) => key.startsWith(prefix))
  return keys.map((key) => key.slice(prefix.length))
}

function failed(errorCode: number): ListConfigResourcesResponseInput {
  return { throttleTimeMs: 0, errorCode, configResources: [] }
}
