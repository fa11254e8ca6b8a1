import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What was fetched or compiled once for this user: `$XDG_CACHE_HOME/odradek`. Makes the folder. */
export function cacheFolder(): string {
  const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'odradek')
  mkdirSync(folder, { recursive: true })
  return folder
}
