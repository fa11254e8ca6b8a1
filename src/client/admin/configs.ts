import { assert } from '../../base/assert.ts'
import {
  type DescribeConfigsResourceResult,
  describeConfigsApi,
} from '../../protocol/generated/32-describe-configs.ts'
import { incrementalAlterConfigsApi } from '../../protocol/generated/44-incremental-alter-configs.ts'
import {
  type ListConfigResourcesRequestInput,
  listConfigResourcesApi,
} from '../../protocol/generated/74-list-config-resources.ts'
import type { Target } from '../network/cluster.ts'
import type { Deadline } from '../network/retry.ts'
import { onTargets } from './partitions.ts'
import {
  type AdminContext,
  answerOf,
  ask,
  check,
  type Outcome,
  requireBroker,
  settle,
  settleOne,
} from './settle.ts'
import { numberOf, wordOf } from './words.ts'

/** Kafka's numbers of what has configs are powers of two. */
const resourceTypes = ['topic', 'broker', 'broker-logger', 'client-metrics', 'group'] as const

function typeNumber(type: ConfigResourceType): number {
  return 2 << numberOf('type of resource', resourceTypes, type)
}

/** What has configs. */
export type ConfigResourceType = (typeof resourceTypes)[number]

/** Something that has configs. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  /** A topic's or group's name, a broker's id; '' for the default of all brokers. */
  readonly name: string
}

const sources = [
  'unknown',
  'topic',
  'broker',
  'default-broker',
  'file',
  'default',
  'broker-logger',
  'client-metrics',
  'group',
] as const

/** Where a config's value comes from; `default-broker` is what is set for all brokers. */
export type ConfigSource = (typeof sources)[number]

/** One config with its value. */
export interface ConfigEntry {
  readonly name: string
  /** Null for secrets, and where nothing is set. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** Every place that has a value for it, the one that counts first; empty unless asked for. */
  readonly synonyms: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: ConfigSource
  }[]
  /** Null unless asked for. */
  readonly documentation: string | null
}

/** The configs of one resource. */
export interface ConfigDescription extends ConfigResource {
  readonly entries: readonly ConfigEntry[]
}

const operations = ['set', 'delete', 'append', 'subtract'] as const

/** A change of one config. `append` and `subtract` are for lists, such as `cleanup.policy`. */
export interface ConfigChange {
  readonly name: string
  readonly operation: (typeof operations)[number]
  /** Not for `delete`, which brings the default back. */
  readonly value?: string
}

/** Changes of one resource. */
export interface ConfigAlteration extends ConfigResource {
  readonly changes: readonly ConfigChange[]
}

/** See `Admin.describeConfigs`. */
export function describeConfigs(
  context: AdminContext,
  resources: readonly (ConfigResource & { readonly keys?: readonly string[] })[],
  options: { readonly includeSynonyms?: boolean; readonly includeDocumentation?: boolean },
): Promise<readonly ConfigDescription[]> {
  return settle(context, 'Cannot describe configs', resources, (all, deadline) =>
    onOwners(context, all, deadline, async (target, pending) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const request = {
        resources: pending.map(({ type, name, keys }) => ({
          resourceType: typeNumber(type),
          resourceName: name,
          configurationKeys: keys ?? null,
        })),
        includeSynonyms: options.includeSynonyms ?? false,
        includeDocumentation: options.includeDocumentation ?? false,
      }
      const { results } = await ask(context, target, describeConfigsApi, request, deadline)
      const answers = byResource(results)
      return pending.map(({ type, name }) => {
        const what = `Cannot describe the configs of ${type} ${name}`
        return answerOf(what, answers.get(keyOf(typeNumber(type), name)), ({ configs }) => ({
          type,
          name,
          entries: configs.map(entryOf),
        }))
      })
    }),
  )
}

/** See `Admin.alterConfigs`. */
export async function alterConfigs(
  context: AdminContext,
  alterations: readonly ConfigAlteration[],
  validateOnly: boolean,
): Promise<void> {
  await settle(context, 'Cannot alter configs', alterations, (all, deadline) =>
    onOwners(context, all, deadline, async (target, pending) => {
      assert(pending.length > 0, 'nothing is asked for nothing')
      const resources = pending.map(({ type, name, changes }) => ({
        resourceType: typeNumber(type),
        resourceName: name,
        configs: changes.map((change) => ({
          name: change.name,
          configOperation: numberOf('operation', operations, change.operation),
          value: change.value ?? null,
        })),
      }))
      const request = { resources, validateOnly }
      const response = await ask(context, target, incrementalAlterConfigsApi, request, deadline)
      const answers = byResource(response.responses)
      return pending.map(({ type, name }) => {
        const what = `Cannot alter the configs of ${type} ${name}`
        return answerOf(what, answers.get(keyOf(typeNumber(type), name)), () => null)
      })
    }),
  )
}

/** See `Admin.listConfigResources`. */
export function listConfigResources(
  context: AdminContext,
  types: readonly ConfigResourceType[],
): Promise<readonly ConfigResource[]> {
  const what = 'Cannot list what has configs'
  return settleOne(context, what, async (deadline) => {
    // Version 0 (before Apache Kafka 4.1) has no types: it lists client metrics alone.
    const isOfMetrics = types.every((type) => type === 'client-metrics')
    const request = (version: number): ListConfigResourcesRequestInput =>
      version === 0 && isOfMetrics ? {} : { resourceTypes: types.map(typeNumber) }
    const response = await ask(context, 'any', listConfigResourcesApi, request, deadline)
    check(what, response.errorCode)
    return response.configResources.map(({ resourceName, resourceType }) => ({
      // Version 0 lists client metrics alone and does not say so.
      type: resourceTypes[Math.log2(resourceType) - 1] ?? 'client-metrics',
      name: resourceName,
    }))
  })
}

/** A broker answers for its own configs alone; everything else goes to any of them. */
function onOwners<Item extends ConfigResource, Result>(
  context: AdminContext,
  items: readonly Item[],
  deadline: Deadline,
  send: (target: Target, items: readonly Item[]) => Promise<readonly Outcome<Result>[]>,
): Promise<readonly Outcome<Result>[]> {
  return onTargets(items, items.map(targetOf), async (target, own) => {
    if (typeof target === 'number') await requireBroker(context, target, deadline)
    return send(target, own)
  })
}

function targetOf({ type, name }: ConfigResource): Target {
  const isOfOneBroker = (type === 'broker' && name !== '') || type === 'broker-logger'
  const id = Number(name)
  return isOfOneBroker && Number.isInteger(id) ? id : 'any'
}

function byResource<
  Answer extends { readonly resourceType: number; readonly resourceName: string },
>(answers: readonly Answer[]): ReadonlyMap<string, Answer> {
  return new Map(answers.map((one) => [keyOf(one.resourceType, one.resourceName), one]))
}

function keyOf(type: number, name: string): string {
  return `${type} ${name}`
}

function entryOf(config: DescribeConfigsResourceResult): ConfigEntry {
  return {
    name: config.name,
    value: config.value,
    source: wordOf(sources, config.configSource),
    isReadOnly: config.readOnly,
    isSensitive: config.isSensitive,
    synonyms: config.synonyms.map(({ name, value, source }) => ({
      name,
      value,
      source: wordOf(sources, source),
    })),
    documentation: config.documentation,
  }
}
