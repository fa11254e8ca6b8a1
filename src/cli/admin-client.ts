import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import { Admin } from '../client/index.ts'

/** Options that every `topic` command has. */
export interface TopicOptions {
  readonly broker: HostPort
  readonly json?: boolean
}

/** How long a broker may take to do what a command asks for. */
const operationTimeoutMs = 25_000

/**
 * Runs `work` with an admin and closes it. Rejects with a sentence. Nothing is tried twice: whoever
 * sits at the terminal is told at once that no broker is there, and can type it again.
 */
export async function withAdmin<T>(
  broker: HostPort,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = new Admin({
    bootstrapServers: [formatHostPort(broker)],
    clientId: 'odradek-cli',
    socketConnectionSetupTimeoutMs: 5_000,
    defaultApiTimeoutMs: operationTimeoutMs,
    retryBackoffMs: 2 * operationTimeoutMs,
  })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}
