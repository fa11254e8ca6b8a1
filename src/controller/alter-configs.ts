/** Decides IncrementalAlterConfigs: which configs of a resource change, and to what. */
import { assert } from '../base/assert.ts'
import type { ConfigTexts } from '../metadata/config/broker-config.ts'
import type { ConfigDefinition, ConfigTable } from '../metadata/config/definition.ts'
import {
  brokerDefinition,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from '../metadata/config/tables.ts'
import { checkTopicConfigs } from '../metadata/config/topic-config.ts'
import { parseConfig } from '../metadata/config/validator.ts'
import { configKey, configsOf, type MetadataImage, ResourceType } from '../metadata/image.ts'
import { configRecord } from '../metadata/image-records.ts'
import { elrEnabled } from '../metadata/record-versions.ts'
import { topicNameProblem } from '../metadata/topic-name.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { MetadataRecordInput } from '../protocol/metadata-record.ts'
import type { Decision, Refusal } from './decision.ts'

/** What is done to a config, by Kafka's numbers. */
export const AlterOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

/** Changes of one resource's configs; field by field as in the request. */
export interface ConfigAlteration {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly {
    readonly name: string
    readonly configOperation: number
    readonly value: string | null
  }[]
}

/** What became of one resource of the request. */
export interface AlterConfigsResult {
  readonly resourceType: number
  readonly resourceName: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** See the head of this file. One result for each resource, in the order of the request. */
export function decideAlterConfigs(
  request: { readonly resources: readonly ConfigAlteration[]; readonly validateOnly: boolean },
  image: MetadataImage,
): Decision<AlterConfigsResult[]> {
  const records: MetadataRecordInput[] = []
  const response: AlterConfigsResult[] = []
  const repeated = repeatedKeys(request.resources)
  for (const alteration of request.resources) {
    const { resourceType, resourceName } = alteration
    const isRepeated = repeated.has(configKey(resourceType, resourceName))
    const changed = isRepeated ? duplicateResource : alterResource(alteration, image)
    const refusal = 'code' in changed ? changed : undefined
    if ('records' in changed) records.push(...changed.records)
    response.push({
      resourceType,
      resourceName,
      errorCode: refusal?.code ?? ErrorCode.NONE,
      errorMessage: refusal?.message ?? null,
    })
  }
  assert(response.length === request.resources.length, 'every resource is answered')
  return { records: request.validateOnly ? [] : records, response }
}

function repeatedKeys(resources: readonly ConfigAlteration[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { resourceType, resourceName } of resources) {
    const key = configKey(resourceType, resourceName)
    if (seen.has(key)) repeated.add(key)
    else seen.add(key)
  }
  return repeated
}

const duplicateResource = invalidRequest('Each resource must appear at most once.')

function alterResource(
  alteration: ConfigAlteration,
  image: MetadataImage,
): Refusal | { readonly records: readonly MetadataRecordInput[] } {
  const { resourceType: type, resourceName: name, configs } = alteration
  const refusal = resourceRefusal(type, name, image) ?? duplicateRefusal(configs)
  if (refusal !== undefined) return refusal
  const before = configsOf(image, type, name)
  const after = new Map(before)
  for (const config of configs) {
    const problem = alterConfig(type, config, after)
    if (problem !== undefined) return problem
  }
  assert(after.size <= before.size + configs.length, 'a change sets one config at most')
  const invalid = checkResult(alteration, after, image)
  if (invalid !== undefined) return invalid
  const records: MetadataRecordInput[] = []
  for (const config of configs) {
    const value = after.get(config.name) ?? null
    if (value === (before.get(config.name) ?? null)) continue
    records.push(configRecord(type, name, config.name, value))
    records.push(...elrRecords(type, name, config.name, image))
  }
  return { records }
}

/** Whether the resource is there and has configs at all. */
function resourceRefusal(type: number, name: string, image: MetadataImage): Refusal | undefined {
  switch (type) {
    case ResourceType.TOPIC:
      if (image.topicsByName.has(name)) return undefined
      return (
        topicNameRefusal(name) ??
        refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'There is no topic of this name.')
      )
    case ResourceType.BROKER:
      if (name === '' || (/^\d+$/.test(name) && image.brokers.has(Number(name)))) return undefined
      return invalidRequest(`There is no broker '${name}'.`)
    case ResourceType.GROUP:
    case ResourceType.CLIENT_METRICS:
      return name === '' ? invalidRequest('The name of the resource is empty.') : undefined
    default:
      return invalidRequest(`Configs of resource type ${type} cannot be altered.`)
  }
}

function topicNameRefusal(name: string): Refusal | undefined {
  if (name === '') return invalidRequest('There are no configs of all topics.')
  const problem = topicNameProblem(name)
  return problem === undefined ? undefined : refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, problem)
}

function duplicateRefusal(configs: ConfigAlteration['configs']): Refusal | undefined {
  const names = new Set(configs.map((config) => config.name))
  return names.size === configs.length ? undefined : invalidRequest('Duplicate config keys.')
}

/** Applies one change to `texts`; gives the reason if it cannot be. */
function alterConfig(
  type: number,
  change: ConfigAlteration['configs'][number],
  texts: Map<string, string>,
): Refusal | undefined {
  const { name, configOperation, value } = change
  if (configOperation === AlterOperation.DELETE) {
    texts.delete(name)
    return undefined
  }
  if (value === null) return invalidRequest(`Null value not supported for : ${name}`)
  if (configOperation === AlterOperation.SET) {
    texts.set(name, value)
    return undefined
  }
  const definition = definitionOf(type, name)
  if (definition?.type !== 'list') {
    return refuse(ErrorCode.INVALID_CONFIG, `Can't append or subtract: '${name}' is no list.`)
  }
  const current = elementsOf(texts.get(name) ?? definition.default ?? '')
  const operands = elementsOf(value)
  if (configOperation === AlterOperation.APPEND) {
    texts.set(name, [...new Set([...current, ...operands])].join(','))
    return undefined
  }
  if (configOperation === AlterOperation.SUBTRACT) {
    texts.set(name, current.filter((element) => !operands.includes(element)).join(','))
    return undefined
  }
  return invalidRequest(`There is no config operation ${configOperation}.`)
}

function elementsOf(text: string): string[] {
  return text.trim() === '' ? [] : text.trim().split(/\s*,\s*/)
}

function checkResult(
  alteration: ConfigAlteration,
  after: ConfigTexts,
  image: MetadataImage,
): Refusal | undefined {
  const { resourceType: type, resourceName: name, configs } = alteration
  if (type === ResourceType.TOPIC) {
    const problem = checkTopicConfigs(after)
    return problem === undefined ? undefined : refuse(ErrorCode.INVALID_CONFIG, problem)
  }
  for (const change of configs) {
    const definition = definitionOf(type, change.name)
    const text = after.get(change.name)
    if (definition === undefined) {
      // What is set under a name that nobody knows can still be taken away.
      if (text === undefined) continue
      return refuse(ErrorCode.INVALID_CONFIG, `Unknown config name: ${change.name}`)
    }
    const wrongLevel = type === ResourceType.BROKER ? brokerRefusal(definition, name) : undefined
    if (wrongLevel !== undefined) return wrongLevel
    const problem = text === undefined ? undefined : parseConfig(definition, text).problem
    if (problem !== undefined) return refuse(ErrorCode.INVALID_CONFIG, problem)
  }
  return type === ResourceType.BROKER ? minIsrRefusal(name, after, image) : undefined
}

function brokerRefusal(definition: ConfigDefinition, resource: string): Refusal | undefined {
  const { name, updateMode, dynamicOnly } = definition
  if (updateMode === 'read-only' && !dynamicOnly) {
    return invalidRequest(`Cannot update these configs dynamically: ${name}`)
  }
  if (updateMode !== 'per-broker' || resource !== '') return undefined
  return invalidRequest(`Cannot update these configs at default cluster level: ${name}`)
}

/** With eligible leader replicas, `min.insync.replicas` is one number for all brokers. */
function minIsrRefusal(
  resource: string,
  after: ConfigTexts,
  image: MetadataImage,
): Refusal | undefined {
  if (!elrEnabled(image)) return undefined
  if (resource !== '' && after.has(minIsr)) {
    const message = 'Broker-level min.insync.replicas cannot be altered while ELR is enabled.'
    return refuse(ErrorCode.INVALID_CONFIG, message)
  }
  const removed = configsOf(image, ResourceType.BROKER, '').has(minIsr) && !after.has(minIsr)
  if (resource !== '' || !removed) return undefined
  const message = 'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.'
  return refuse(ErrorCode.INVALID_CONFIG, message)
}

const minIsr = 'min.insync.replicas'

/** What was eligible by the old number need not be by the new one; an empty name means all. */
function elrRecords(
  type: number,
  resource: string,
  config: string,
  image: MetadataImage,
): MetadataRecordInput[] {
  const concerns = type === ResourceType.TOPIC || (type === ResourceType.BROKER && resource === '')
  if (config !== minIsr || !concerns || !elrEnabled(image)) return []
  const topicName = type === ResourceType.TOPIC ? resource : ''
  return [{ name: 'ClearElrRecord', version: 0, value: { topicName } }]
}

const plainTables: ReadonlyMap<number, () => ConfigTable> = new Map([
  [ResourceType.TOPIC, topicConfigs],
  [ResourceType.GROUP, groupConfigs],
  [ResourceType.CLIENT_METRICS, clientMetricsConfigs],
])

function definitionOf(type: number, name: string): ConfigDefinition | undefined {
  const hasConfigs = type === ResourceType.BROKER || plainTables.has(type)
  assert(hasConfigs, 'a resource without configs was refused')
  return type === ResourceType.BROKER ? brokerDefinition(name) : plainTables.get(type)?.().get(name)
}

function invalidRequest(message: string): Refusal {
  return refuse(ErrorCode.INVALID_REQUEST, message)
}

function refuse(code: number, message: string): Refusal {
  assert(code !== ErrorCode.NONE, 'a refusal has a reason')
  return { code, message }
}
