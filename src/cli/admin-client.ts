import { Admin } from '../client/index.ts'
import { type ClusterOptions, clientOptions } from './client-options.ts'
import type { Terminal } from './terminal.ts'

/** Options that every command has that asks or tells a cluster. */
export interface AdminCommandOptions extends ClusterOptions {
  readonly json?: boolean
}

/** How long a broker may take to do what a command asks for. */
const operationTimeoutMs = 25_000

/** For an admin beside another client, which tells what is odd about the same configs. */
export const silence: Pick<Terminal, 'err'> = { err: () => {} }

/**
 * Rejects with a sentence at once where no broker can be reached. A producer or a consumer would
 * try for a minute. What is odd about the configs is told by whoever uses them.
 */
export async function mustBeReachable(options: ClusterOptions): Promise<void> {
  await withAdmin(options, silence, (admin) => admin.describeCluster())
}

/**
 * Runs `work` with an admin and closes it. Rejects with a sentence. Unless a config says otherwise
 * nothing is tried twice: whoever sits at the terminal is told at once that no broker is there, and
 * can type it again.
 */
export async function withAdmin<T>(
  options: ClusterOptions,
  terminal: Pick<Terminal, 'err'>,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = new Admin({
    socketConnectionSetupTimeoutMs: 5_000,
    defaultApiTimeoutMs: operationTimeoutMs,
    retryBackoffMs: 2 * operationTimeoutMs,
    ...clientOptions('admin', options, terminal),
  })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}
