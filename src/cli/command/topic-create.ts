import { createTopicsApi } from '../../protocol/index.ts'
import {
  operationTimeoutMs,
  requireSuccess,
  type TopicOptions,
  withBroker,
} from '../broker-client.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `topic create`. */
export interface TopicCreateOptions extends TopicOptions {
  readonly partitions?: number
  readonly config?: Readonly<Record<string, string>>
}

/** The broker's own choice of partitions or replicas. */
const brokerDefault = -1

/** Creates one topic. */
export async function topicCreate(
  name: string,
  options: TopicCreateOptions,
  terminal: Terminal,
): Promise<number> {
  const created = await withBroker(options.broker, async (connection) => {
    const { topics } = await connection.call(createTopicsApi, {
      topics: [
        {
          name,
          numPartitions: options.partitions ?? brokerDefault,
          replicationFactor: brokerDefault,
          assignments: [],
          configs: Object.entries(options.config ?? {}).map(([key, value]) => ({
            name: key,
            value,
          })),
        },
      ],
      timeoutMs: operationTimeoutMs,
    })
    const result = topics.find((topic) => topic.name === name)
    if (result === undefined)
      throw new Error(`${connection.peer} did not say what became of "${name}".`)
    requireSuccess(`Cannot create topic "${name}"`, result.errorCode, result.errorMessage)
    return result
  })
  const { topicId: id, numPartitions: partitions, replicationFactor } = created
  if (options.json === true) {
    terminal.out(JSON.stringify({ name, id, partitions, replicationFactor }))
    return exitCode.success
  }
  const counted = partitions === 1 ? '1 partition' : `${partitions} partitions`
  terminal.out(`Created topic ${name}${partitions > 0 ? ` with ${counted}` : ''}.`)
  return exitCode.success
}
