/**
 * Writes `src/protocol/generated/` from the schemas. Run as a script after a build:
 *
 *     node dist/protocol/generate.js           writes what has changed
 *     node dist/protocol/generate.js --check   says what is stale, exit code 1 if anything is
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { apiModule, indexModule, recordModule } from './generator/emit-module.ts'
import { apiSchemas } from './schema/apis.ts'
import { headers } from './schema/header.ts'
import type { ApiSchema } from './schema/language.ts'
import { consumerProtocol } from './schema/record/consumer-protocol.ts'
import { controlRecords } from './schema/record/control.ts'
import { groupRecords } from './schema/record/group.ts'
import { metadataRecords } from './schema/record/metadata.ts'

/** All generated files: path below `generated/`, and text. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>()
  for (const schema of apiSchemas) files.set(apiFile(schema), apiModule(schema, '../'))
  files.set('apis.ts', indexModule(apiSchemas, apiSchemas.map(apiFile)))
  files.set('header.ts', recordModule(headers, 'headers', '../'))
  const records = { metadataRecords, controlRecords, groupRecords, consumerProtocol }
  for (const [table, schemas] of Object.entries(records)) {
    const name = kebab(table).replace('-records', '')
    files.set(`record/${name}.ts`, recordModule(schemas, table, '../../'))
  }
  return files
}

/** Paths of files below `folder` that differ from what the schemas give, or should not be there. */
export function staleFiles(folder: string): string[] {
  const files = generatedFiles()
  const stale: string[] = []
  for (const [path, text] of files) if (readIfThere(join(folder, path)) !== text) stale.push(path)
  for (const path of sourcesBelow(folder)) if (!files.has(path)) stale.push(path)
  return stale
}

/** The checked-in folder: the same from `src/` and from `dist/`. */
export function generatedFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return join(here, '..', '..', 'src', 'protocol', 'generated')
}

function main(check: boolean): number {
  const folder = generatedFolder()
  const stale = staleFiles(folder)
  for (const path of stale) console.log(`${check ? 'stale' : 'wrote'} ${join(folder, path)}`)
  if (check) return stale.length > 0 ? 1 : 0
  const files = generatedFiles()
  for (const path of stale) {
    const text = files.get(path)
    if (text === undefined) rmSync(join(folder, path))
    else {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  return 0
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function sourcesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return entries
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => entry.replaceAll('\\', '/'))
}

function apiFile(schema: ApiSchema): string {
  return `${String(schema.key).padStart(2, '0')}-${kebab(schema.name)}.ts`
}

function kebab(name: string): string {
  return name.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase()
}

if (argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(argv.includes('--check'))
