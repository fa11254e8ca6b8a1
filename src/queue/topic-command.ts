/** Makes the topic of a log, or changes one, as the log's options want it. */
import { assert } from '../base/assert.ts'
import type { Controller } from '../controller/controller.ts'
import { configsOf, ResourceType } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import { LogError } from './log-error.ts'
import type { LogOptions } from './options.ts'

/** What of the options the topic itself keeps. */
export type TopicOptions = Pick<LogOptions, 'partitions' | 'durability' | 'compression' | 'configs'>

const timeoutMs = 30_000

/** IncrementalAlterConfigs' SET. */
const setOperation = 0

/** A log keeps everything unless it is told otherwise. */
const keepAll = { 'retention.ms': '-1', 'retention.bytes': '-1' }

/** The `flush.messages` of each durability: after every batch, or never. */
const flushMessages = { fsync: '1', os: '9223372036854775807' }

/**
 * See the head of this file. What the options leave out stays as it is.
 *
 * @throws {LogError} INVALID_CONFIG
 */
export async function ensureTopic(
  controller: Controller,
  name: string,
  options: TopicOptions,
): Promise<void> {
  const known = controller.image.topicsByName.get(name)
  const { partitions } = options
  const configs = { ...options.configs, ...ownConfigs(options) }
  if (known === undefined) return create(controller, name, partitions ?? 1, configs)
  const before = known.partitions.length
  assert(before > 0, 'a topic has a partition')
  if (partitions !== undefined && partitions < before) {
    const what = `The log ${name} has ${before} partitions`
    throw new LogError('INVALID_CONFIG', `${what}, and cannot have fewer: ${partitions}.`)
  }
  if (partitions !== undefined && partitions > before) await grow(controller, name, partitions)
  await alter(controller, name, configs)
}

function ownConfigs({ durability, compression }: TopicOptions): Record<string, string> {
  const type = compression === 'none' ? 'uncompressed' : compression
  return {
    ...(durability === undefined ? {} : { 'flush.messages': flushMessages[durability] }),
    ...(type === undefined ? {} : { 'compression.type': type }),
  }
}

async function create(
  controller: Controller,
  name: string,
  numPartitions: number,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  assert(numPartitions > 0, 'a log has a partition')
  const all = Object.entries({ ...keepAll, ...configs })
  const topic = {
    name,
    numPartitions,
    replicationFactor: 1,
    assignments: [],
    configs: all.map(([config, value]) => ({ name: config, value })),
  }
  const request = { topics: [topic], timeoutMs, validateOnly: false }
  const [result] = await controller.createTopics(request)
  refuse(`The log ${name} cannot be made`, result)
}

async function grow(controller: Controller, name: string, count: number): Promise<void> {
  const topics = [{ name, count, assignments: null }]
  const [result] = await controller.createPartitions({ topics, timeoutMs, validateOnly: false })
  refuse(`The log ${name} cannot have ${count} partitions`, result)
}

async function alter(
  controller: Controller,
  resourceName: string,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  const now = configsOf(controller.image, ResourceType.TOPIC, resourceName)
  const changed = Object.entries(wanted).filter(([name, value]) => now.get(name) !== value)
  if (changed.length === 0) return
  const configs = changed.map(([name, value]) => ({ name, value, configOperation: setOperation }))
  const resources = [{ resourceType: ResourceType.TOPIC, resourceName, configs }]
  const [result] = await controller.alterConfigs({ resources, validateOnly: false })
  refuse(`The configs of the log ${resourceName} cannot be set`, result)
}

function refuse(
  what: string,
  result: { readonly errorCode: number; readonly errorMessage?: string | null } | undefined,
): void {
  if (result === undefined || result.errorCode === ErrorCode.NONE) return
  const why = result.errorMessage ?? `error ${result.errorCode}`
  throw new LogError('INVALID_CONFIG', `${what}: ${why}${/[.?]$/.test(why) ? '' : '.'}`)
}
