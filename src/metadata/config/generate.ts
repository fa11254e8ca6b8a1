/**
 * Writes `docs/configs.md` from the tables. Run as a script:
 *
 *     node scripts/run-ts.mjs src/metadata/config/generate.ts           writes it if it is stale
 *     node scripts/run-ts.mjs src/metadata/config/generate.ts --check   exit code 1 if it is stale
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { configPage } from './page.ts'

/** Where the page lies in a checkout: the same from `src/` and from `dist/`. */
export const configPagePath: string = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../docs/configs.md',
)

/** Whether the page at `path` is not what the tables give, or is not there. */
export function isStale(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') !== configPage()
  } catch {
    return true
  }
}

function main(check: boolean): number {
  if (!isStale(configPagePath)) return 0
  console.log(`${check ? 'stale' : 'wrote'} ${configPagePath}`)
  if (check) return 1
  writeFileSync(configPagePath, configPage())
  return 0
}

if (argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(argv.includes('--check'))
