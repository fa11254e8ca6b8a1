/** DescribeConfigs for topics, brokers, their loggers, groups, subscriptions to client metrics. */
import {
  type DescribeOptions,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeDefaultBrokerConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../metadata/config/describe.ts'
import { configsOf, ResourceType } from '../../metadata/image.ts'
import { topicNameProblem } from '../../metadata/topic-name.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeConfigsRequest,
  type DescribeConfigsResource,
  type DescribeConfigsResourceResultInput,
  type DescribeConfigsResponseInput,
  type DescribeConfigsResultInput,
  describeConfigsApi,
} from '../../protocol/generated/32-describe-configs.ts'
import type { BrokerContext } from '../context.ts'
import { describeLoggers } from './broker-loggers.ts'
import type { Handler } from './handler.ts'

/** Handles DescribeConfigs 1 to 4. */
export const describeConfigs: Handler<DescribeConfigsRequest, DescribeConfigsResponseInput> = {
  api: describeConfigsApi,

  async handle(request, _call, broker) {
    // As in Kafka, a kind of resource that does not exist refuses the others too.
    const strange = request.resources.find(({ resourceType }) => !kinds.has(resourceType))
    if (strange !== undefined) {
      const why = `This broker describes no resources of type ${strange.resourceType}.`
      return refusedAll(request, ErrorCode.INVALID_REQUEST, why)
    }
    const documentation = request.includeDocumentation ? await loadDocumentation() : {}
    const options = { synonyms: request.includeSynonyms, ...documentation }
    return {
      throttleTimeMs: 0,
      results: request.resources.map((resource): DescribeConfigsResultInput => {
        const { resourceType, resourceName, configurationKeys } = resource
        // Both null and an empty list ask for everything.
        const names = configurationKeys?.length === 0 ? null : configurationKeys
        const outcome = describe(resource, broker, { names, ...options })
        if ('errorCode' in outcome) return failed(resource, outcome.errorCode, outcome.message)
        const found = { errorCode: ErrorCode.NONE, errorMessage: '', configs: [...outcome] }
        return { ...found, resourceType, resourceName }
      }),
    }
  },

  refusal(request, code) {
    return refusedAll(request, code, null)
  },
}

/** The kinds of resources that there are in Kafka; not all are described here. */
const kinds: ReadonlySet<number> = new Set(Object.values(ResourceType))

/** Few ask for it, so that a broker that nobody asks has it neither read nor in memory. */
async function loadDocumentation(): Promise<Pick<DescribeOptions, 'documentationOf'>> {
  const { documentationOf } = await import('../../metadata/config/documentation.ts')
  return { documentationOf }
}

interface Refused {
  readonly errorCode: number
  readonly message: string
}

type Outcome = readonly DescribeConfigsResourceResultInput[] | Refused

function describe(
  { resourceType, resourceName }: DescribeConfigsResource,
  broker: BrokerContext,
  options: DescribeOptions,
): Outcome {
  switch (resourceType) {
    case ResourceType.TOPIC:
      return describeTopic(resourceName, broker, options)
    case ResourceType.BROKER:
      return describeBroker(resourceName, broker, options)
    case ResourceType.BROKER_LOGGER: {
      if (resourceName === '') return refused('Broker id must not be empty')
      const { nodeId, loggers } = broker
      return foreignBroker(resourceName, nodeId) ?? describeLoggers(loggers, options.names)
    }
    case ResourceType.GROUP: {
      if (resourceName === '') return refused('Group name must not be empty')
      const texts = configsOf(broker.image(), ResourceType.GROUP, resourceName)
      return describeGroupConfigs(texts, broker.config(), options)
    }
    case ResourceType.CLIENT_METRICS: {
      if (resourceName === '') return refused('The name of the subscription must not be empty')
      const texts = configsOf(broker.image(), ResourceType.CLIENT_METRICS, resourceName)
      return describeClientMetricsConfigs(texts, options)
    }
    default:
      return refused(`This broker describes no resources of type ${resourceType}.`)
  }
}

function describeTopic(name: string, broker: BrokerContext, options: DescribeOptions): Outcome {
  const problem = topicNameProblem(name)
  if (problem !== undefined) {
    return { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, message: problem }
  }
  const image = broker.image()
  if (!image.topicsByName.has(name)) {
    return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message: '' }
  }
  const texts = configsOf(image, ResourceType.TOPIC, name)
  return describeTopicConfigs(texts, broker.config(), options)
}

function describeBroker(name: string, broker: BrokerContext, options: DescribeOptions): Outcome {
  if (name === '') return describeDefaultBrokerConfigs(broker.config(), options)
  const { nodeId } = broker
  return (
    foreignBroker(name, `${nodeId} or empty string,`, nodeId) ??
    describeBrokerConfigs(broker.config(), options)
  )
}

/** A refusal unless the name is this broker's; `expected` is what is told instead. */
function foreignBroker(
  name: string,
  expected: string | number,
  nodeId = Number(expected),
): Refused | undefined {
  if (!/^[+-]?\d{1,10}$/.test(name)) {
    return refused(`Broker id must be an integer, but it is: ${name}`)
  }
  if (Number(name) === nodeId) return undefined
  return refused(`Unexpected broker id, expected ${expected} but received ${name}`)
}

function refusedAll(
  request: DescribeConfigsRequest,
  code: number,
  message: string | null,
): DescribeConfigsResponseInput {
  const results = request.resources.map((resource) => failed(resource, code, message))
  return { throttleTimeMs: 0, results }
}

function refused(message: string): Refused {
  return { errorCode: ErrorCode.INVALID_REQUEST, message }
}

function failed(
  { resourceType, resourceName }: DescribeConfigsResource,
  errorCode: number,
  errorMessage: string | null,
): DescribeConfigsResultInput {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
}
