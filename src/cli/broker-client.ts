import type { HostPort } from '../base/endpoint.ts'
import { errorInfo } from '../protocol/index.ts'
import { BrokerConnection } from '../transport/index.ts'

/** How long a command waits for a connection, and for each answer. */
const connectTimeoutMs = 5_000
const requestTimeoutMs = 30_000

/** Largest answer that a command takes, in bytes. */
const frameBytesMax = 256 * 1024 * 1024

/** How long a broker may take to do what a command asks for. */
export const operationTimeoutMs = 25_000

/** Options that every `topic` command has. */
export interface TopicOptions {
  readonly broker: HostPort
  readonly json?: boolean
}

/** Runs `work` on a connection to a broker and closes it. Rejects with a sentence. */
export async function withBroker<T>(
  endpoint: HostPort,
  work: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  const connection = await BrokerConnection.open(endpoint, {
    clientId: 'odradek-cli',
    clientSoftwareVersion: '1',
    connectTimeoutMs,
    requestTimeoutMs,
    frameBytesMax,
  })
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

/** Throws a sentence for any code but 0: what could not be done, and the broker's reason. */
export function requireSuccess(what: string, code: number, message: string | null): void {
  if (code === 0) return
  const { name, meaning } = errorInfo(code)
  const reason = message === null || message === '' ? meaning : message
  throw new Error(`${what}: ${reason.replace(/\.$/, '')} (${name}).`)
}
