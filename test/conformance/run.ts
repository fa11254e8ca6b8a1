/**
 * `npm run test:conformance [-- client…]`: the suites of all clients, or of those, one by one;
 * installs what it can, prints what went how, writes the table of docs/compatibility.md, and ends
 * with 1 where a case failed. Against another broker (see README.md) it writes nothing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Client, clients } from './cases/clients.ts'
import { type ClientResult, isMissing, resultsOf, rowOf, withRows } from './compatibility-table.ts'

const root = resolve(import.meta.dirname, '..', '..')
const document = join(root, 'docs', 'compatibility.md')

/** Runs the suites of these clients in one vitest; undefined where it left no report. */
function runSuites(chosen: readonly Client[]): readonly ClientResult[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-conformance-'))
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const files = chosen.map(({ name, folder: at }) => `test/conformance/${at}/${name}.test.ts`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const env = { ...process.env, CONFORMANCE_CLIENTS: chosen.map(({ name }) => name).join(',') }
  const args = [vitest, 'run', '--project=system', ...reporters, ...files]
  spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
  const results = existsSync(report)
    ? resultsOf(JSON.parse(readFileSync(report, 'utf8')))
    : undefined
  rmSync(folder, { recursive: true })
  return results
}

function main(names: readonly string[]): number {
  const unknown = names.filter((name) => !clients.some((client) => client.name === name))
  if (unknown.length > 0) {
    console.error(`There is no client ${unknown.join(', ')}; there are:`)
    console.error(clients.map((client) => client.name).join(', '))
    return 2
  }
  const chosen = clients.filter(({ name }) => names.length === 0 || names.includes(name))
  const results = runSuites(chosen)
  if (results === undefined) return 1
  for (const result of results) {
    console.log(isMissing(result) ? `skipped: ${result.name}: ${result.reasons}` : rowOf(result))
  }
  const isOurs = (process.env['CONFORMANCE_TARGET'] ?? 'odradek') === 'odradek'
  if (isOurs) writeFileSync(document, withRows(readFileSync(document, 'utf8'), results))
  const ran = results.filter((result) => !isMissing(result))
  return ran.length === 0 || ran.some((result) => result.failed > 0) ? 1 : 0
}

process.exitCode = main(process.argv.slice(2))
