/** Decides AlterConfigs: a resource gets the configs of the request, and loses all others. */
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import { configsOf, type MetadataImage } from '../metadata/image.ts'
import {
  type AlterConfigsResult,
  AlterOperation,
  type ConfigAlteration,
  decideAlterConfigs,
} from './alter-configs.ts'
import type { Decision } from './decision.ts'

/** All configs that a resource is to have; field by field as in the request. */
export interface ConfigReplacement {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/**
 * See the head of this file. It is judged as the single changes that lead to the same configs, so
 * that both APIs refuse alike. One result for each resource, in the order of the request.
 */
export function decideReplaceConfigs(
  request: { readonly resources: readonly ConfigReplacement[]; readonly validateOnly: boolean },
  image: MetadataImage,
  broker: BrokerConfig,
): Decision<AlterConfigsResult[]> {
  const resources = request.resources.map((resource) => alterationOf(resource, image))
  return decideAlterConfigs({ resources, validateOnly: request.validateOnly }, image, broker)
}

function alterationOf(resource: ConfigReplacement, image: MetadataImage): ConfigAlteration {
  const { resourceType, resourceName, configs } = resource
  const named = new Set(configs.map(({ name }) => name))
  const before = [...configsOf(image, resourceType, resourceName).keys()]
  const removed = before.filter((name) => !named.has(name))
  return {
    resourceType,
    resourceName,
    configs: [
      ...configs.map((config) => ({ ...config, configOperation: AlterOperation.SET })),
      ...removed.map((name) => ({ name, configOperation: AlterOperation.DELETE, value: null })),
    ],
  }
}
