/**
 * The resource type BROKER_LOGGER: levels of this broker's loggers. They are no metadata: they hold
 * until the broker stops. What is refused, and in which words, is Apache Kafka 4.3.1's.
 */
import type { AlterConfigsResult, ConfigAlteration } from '../../controller/alter-configs.ts'
import { AlterOperation } from '../../controller/alter-configs.ts'
import { ResourceType } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { DescribeConfigsResourceResultInput } from '../../protocol/generated/32-describe-configs.ts'
import {
  type LoggerLevel,
  type LoggerName,
  type Loggers,
  loggerLevels,
  loggerNames,
  rootLogger,
} from '../../telemetry/loggers.ts'
import type { BrokerContext } from '../context.ts'
import { answerOf } from './alter-resources.ts'

/** Kafka's number of a level that was set, or could be, on a running broker. */
const dynamicLoggerSource = 6

/** Kafka does not say of which type a level is. */
const unknownType = 0

/** The levels of the loggers of these names, of all for null. */
export function describeLoggers(
  loggers: Loggers,
  names: readonly string[] | null | undefined,
): DescribeConfigsResourceResultInput[] {
  const wanted = loggerNames.filter((name) => names?.includes(name) ?? true)
  return wanted.map((name) => ({
    name,
    value: loggers.levelOf(name),
    readOnly: false,
    configSource: dynamicLoggerSource,
    isSensitive: false,
    synonyms: [],
    configType: unknownType,
    documentation: '',
  }))
}

/**
 * Changes levels as a resource of IncrementalAlterConfigs says, all or none. Undefined for a
 * resource of another type.
 */
export function alterLoggers(
  resource: ConfigAlteration,
  validateOnly: boolean,
  { nodeId, loggers }: Pick<BrokerContext, 'nodeId' | 'loggers'>,
): AlterConfigsResult | undefined {
  if (resource.resourceType !== ResourceType.BROKER_LOGGER) return undefined
  const { resourceName: node, configs } = resource
  const invalid = (message: string): AlterConfigsResult =>
    answerOf(resource, ErrorCode.INVALID_REQUEST, message)
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    return invalid('Error due to duplicate config keys')
  }
  const empty = configs.find(({ configOperation: operation, value }) => {
    return operation !== AlterOperation.DELETE && value === null
  })
  if (empty !== undefined) return invalid(`Null value not supported for : ${empty.name}`)
  if (!/^[+-]?\d{1,10}$/.test(node))
    return invalid(`Node id must be an integer, but it is: ${node}`)
  if (Number(node) !== nodeId) {
    return invalid(`Unexpected node id. Expected ${nodeId}, but received ${node}`)
  }
  const changes: Change[] = []
  for (const config of configs) {
    const change = changeOf(config)
    if ('code' in change) return answerOf(resource, change.code, change.message)
    changes.push(change)
  }
  if (!validateOnly) for (const { name, level } of changes) loggers.setLevel(name, level)
  return answerOf(resource, ErrorCode.NONE, null)
}

interface Change {
  readonly name: LoggerName
  /** Undefined: root's. */
  readonly level: LoggerLevel | undefined
}

function changeOf({
  name: asked,
  configOperation,
  value,
}: ConfigAlteration['configs'][number]):
  | Change
  | { readonly code: number; readonly message: string } {
  const name = loggerNames.find((one) => one === asked)
  const missing = { code: ErrorCode.INVALID_CONFIG, message: `Logger ${asked} does not exist!` }
  switch (configOperation) {
    case AlterOperation.SET: {
      if (name === undefined) return missing
      const level = loggerLevels.find((one) => one === value)
      if (level !== undefined) return { name, level }
      const valid = `Valid log levels are ${loggerLevels.join(', ')}`
      const what = `Cannot set the log level of ${name} to ${value}`
      const message = `${what} as it is not a supported log level. ${valid}`
      return { code: ErrorCode.INVALID_CONFIG, message }
    }
    case AlterOperation.DELETE: {
      if (name === undefined) return missing
      if (name !== rootLogger) return { name, level: undefined }
      const message = `Removing the log level of the ${rootLogger} logger is not allowed`
      return { code: ErrorCode.INVALID_REQUEST, message }
    }
    case AlterOperation.APPEND:
    case AlterOperation.SUBTRACT: {
      const operation = configOperation === AlterOperation.APPEND ? 'APPEND' : 'SUBTRACT'
      const message = `${operation} operation is not allowed for the BROKER_LOGGER resource`
      return { code: ErrorCode.INVALID_REQUEST, message }
    }
    default:
      return { code: ErrorCode.INVALID_REQUEST, message: `Unknown operation ${configOperation}` }
  }
}
