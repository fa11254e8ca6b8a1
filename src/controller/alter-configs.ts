/** Decides IncrementalAlterConfigs: which configs of a resource change, and to what. */
import { assert } from '../base/assert.ts'
import { didYouMean } from '../base/nearest-name.ts'
import type { BrokerConfig, ConfigTexts } from '../metadata/config/broker-config.ts'
import type { ConfigDefinition, ConfigTable } from '../metadata/config/definition.ts'
import {
  brokerRuleProblem,
  clientMetricsRuleProblem,
  groupRuleProblem,
} from '../metadata/config/rules.ts'
import { unkeptPromise } from '../metadata/config/support.ts'
import {
  brokerConfigs,
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

/**
 * See the head of this file. One result for each resource, in the order of the request. Of `broker`
 * only the static part counts.
 */
export function decideAlterConfigs(
  request: { readonly resources: readonly ConfigAlteration[]; readonly validateOnly: boolean },
  image: MetadataImage,
  broker: BrokerConfig,
): Decision<AlterConfigsResult[]> {
  const records: MetadataRecordInput[] = []
  const response: AlterConfigsResult[] = []
  const repeated = repeatedKeys(request.resources)
  for (const alteration of request.resources) {
    const { resourceType, resourceName } = alteration
    const isRepeated = repeated.has(configKey(resourceType, resourceName))
    const changed = isRepeated ? duplicateResource : alterResource(alteration, image, broker)
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
  broker: BrokerConfig,
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
  const invalid = checkResult(alteration, after, image, broker)
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
  const text = texts.get(name) ?? definition.default ?? ''
  const current = text === '' ? [] : elementsOf(text)
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

/**
 * As Kafka's controller cuts them, in Java: with their spaces, so that ` delete` takes no `delete`
 * away, without empty ones at the end, but with one where there is no comma at all.
 */
function elementsOf(text: string): string[] {
  const elements = text.split(',')
  if (elements.length === 1) return elements
  const last = elements.findLastIndex((element) => element !== '')
  return elements.slice(0, last + 1)
}

function checkResult(
  alteration: ConfigAlteration,
  after: ConfigTexts,
  image: MetadataImage,
  broker: BrokerConfig,
): Refusal | undefined {
  const { resourceType: type, resourceName: name, configs } = alteration
  if (type === ResourceType.TOPIC) {
    const problem = checkTopicConfigs(after, configsOf(image, type, name))
    return problem === undefined ? undefined : refuse(ErrorCode.INVALID_CONFIG, problem)
  }
  for (const change of configs) {
    const definition = definitionOf(type, change.name)
    const text = after.get(change.name)
    if (definition === undefined) {
      // What is set under a name that nobody knows can still be taken away.
      if (text === undefined) continue
      return unknownConfig(type, change.name)
    }
    const wrongLevel = type === ResourceType.BROKER ? brokerRefusal(definition, name) : undefined
    if (wrongLevel !== undefined) return wrongLevel
    if (text === undefined) continue
    const { problem } = parseConfig(definition, text)
    // Apache Kafka has this code for bad values of brokers, and that for those of all others.
    if (problem !== undefined && type === ResourceType.BROKER) return invalidRequest(problem)
    const refusal = problem ?? unkeptPromise(change.name, definition, text)
    if (refusal !== undefined) return refuse(ErrorCode.INVALID_CONFIG, refusal)
  }
  return checkTogether(alteration, after, image, broker)
}

/** Rules between configs; each of those that change is fine by itself. */
function checkTogether(
  { resourceType: type, resourceName: name }: ConfigAlteration,
  after: ConfigTexts,
  image: MetadataImage,
  broker: BrokerConfig,
): Refusal | undefined {
  const forAll = configsOf(image, ResourceType.BROKER, '')
  if (type === ResourceType.BROKER) {
    const config = name === '' ? broker.withDynamic(none, after) : broker.withDynamic(after, forAll)
    const problem = brokerRuleProblem(config)
    return problem === undefined ? minIsrRefusal(name, after, image) : invalidRequest(problem)
  }
  if (type === ResourceType.GROUP) {
    const problem = groupRuleProblem(after, broker.withDynamic(none, forAll))
    return problem === undefined ? undefined : refuse(ErrorCode.INVALID_CONFIG, problem)
  }
  const problem = clientMetricsRuleProblem(after)
  return problem === undefined ? undefined : invalidRequest(problem)
}

const none: ConfigTexts = new Map()

/** With Apache Kafka's words and codes, but for brokers, of which it takes any name. */
function unknownConfig(type: number, name: string): Refusal {
  const near = didYouMean(name, tableOf(type).keys()) ?? ''
  if (type === ResourceType.CLIENT_METRICS) {
    return invalidRequest(`Unknown client metrics configuration: ${name}${near}`)
  }
  const kind = type === ResourceType.GROUP ? 'group' : 'broker'
  return refuse(ErrorCode.INVALID_CONFIG, `Unknown ${kind} config name: ${name}${near}`)
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

const tables: ReadonlyMap<number, () => ConfigTable> = new Map([
  [ResourceType.TOPIC, topicConfigs],
  [ResourceType.BROKER, brokerConfigs],
  [ResourceType.GROUP, groupConfigs],
  [ResourceType.CLIENT_METRICS, clientMetricsConfigs],
])

function tableOf(type: number): ConfigTable {
  const table = tables.get(type)
  assert(table !== undefined, 'a resource without configs was refused')
  return table()
}

function definitionOf(type: number, name: string): ConfigDefinition | undefined {
  return type === ResourceType.BROKER ? brokerDefinition(name) : tableOf(type).get(name)
}

function invalidRequest(message: string): Refusal {
  return refuse(ErrorCode.INVALID_REQUEST, message)
}

function refuse(code: number, message: string): Refusal {
  assert(code !== ErrorCode.NONE, 'a refusal has a reason')
  return { code, message }
}
