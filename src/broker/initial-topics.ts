/** Topics that a broker is to have when its start resolves. */
import type { Controller } from '../controller/controller.ts'
import { StartError } from '../engine/start-error.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { TopicOptions } from './options.ts'

/** As the other ways to create a topic. */
const timeoutMs = 30_000

/**
 * Creates those that are not there yet; the others stay as they are. Throws a {@link StartError}.
 */
export async function createInitialTopics(
  controller: Controller,
  topics: Readonly<Record<string, number | TopicOptions>>,
): Promise<void> {
  const request = Object.entries(topics).map(([name, asked]) => {
    const { partitions = -1, configs = {} } =
      typeof asked === 'number' ? { partitions: asked } : asked
    return {
      name,
      numPartitions: partitions,
      replicationFactor: -1,
      assignments: [],
      configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
    }
  })
  if (request.length === 0) return
  const results = await controller.createTopics({
    topics: request,
    timeoutMs,
    validateOnly: false,
  })
  for (const { name, errorCode, errorMessage } of results) {
    if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.TOPIC_ALREADY_EXISTS) continue
    throw new StartError(`The topic "${name}" cannot be created: ${errorMessage ?? errorCode}`)
  }
}
