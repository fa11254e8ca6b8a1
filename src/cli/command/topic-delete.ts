import { deleteTopicsApi, zeroUuid } from '../../protocol/index.ts'
import type { BrokerConnection } from '../../transport/index.ts'
import {
  operationTimeoutMs,
  requireSuccess,
  type TopicOptions,
  withBroker,
} from '../broker-client.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** First version that names a topic in a struct of its own. */
const structSince = 6

/** Deletes one topic. */
export async function topicDelete(
  name: string,
  options: TopicOptions,
  terminal: Terminal,
): Promise<number> {
  await withBroker(options.broker, (connection) => deleteTopic(connection, name))
  if (options.json === true) terminal.out(JSON.stringify({ name }))
  else terminal.out(`Deleted topic ${name}.`)
  return exitCode.success
}

async function deleteTopic(connection: BrokerConnection, name: string): Promise<void> {
  const names =
    connection.versionOf(deleteTopicsApi) >= structSince
      ? { topics: [{ name, topicId: zeroUuid }] }
      : { topicNames: [name] }
  const { responses } = await connection.call(deleteTopicsApi, {
    ...names,
    timeoutMs: operationTimeoutMs,
  })
  const result = responses.find((topic) => topic.name === name)
  if (result === undefined)
    throw new Error(`${connection.peer} did not say what became of "${name}".`)
  requireSuccess(`Cannot delete topic "${name}"`, result.errorCode, result.errorMessage)
}
