import { spawnSync } from 'node:child_process'

/**
 * Runs a folder's setup script. Returns undefined when the client is there, else the reason why
 * not, which is also printed, so that a skipped suite says so.
 */
export function setUpClient(script: string): string | undefined {
  const { status, stdout, error } = spawnSync(script, { encoding: 'utf8', timeout: 240_000 })
  if (status === 0) return undefined
  const reason = stdout?.trim() || String(error)
  console.log(`skipped: ${reason}`)
  return reason
}
