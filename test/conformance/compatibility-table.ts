/** The table of clients in docs/compatibility.md, made of what a run of their suites found. */
import { type Client, clients } from './cases/clients.ts'

/** How one client's suite went. */
export interface ClientResult {
  readonly name: string
  /** Undefined where no case ran. */
  readonly version: string | undefined
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Why cases were skipped, each reason once. */
  readonly reasons: readonly string[]
}

/** What is read of vitest's JSON report. */
export interface Report {
  readonly testResults: readonly {
    /** The path of the test file. */
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly meta?: { readonly version?: string; readonly reason?: string }
    }[]
  }[]
}

const begin = '<!-- written by npm run test:conformance -->'
const end = '<!-- until here -->'
const head = [
  '| client | version | cases | passed | failed | skipped | which it does not have |',
  '|---|---|---|---|---|---|---|',
]

/** The results of all clients that a report has. A file that could not run counts as a failure. */
export function resultsOf(report: Report): readonly ClientResult[] {
  return clients.flatMap(({ name }) => {
    const file = report.testResults.find((one) => one.name.endsWith(`/${name}.test.ts`))
    if (file === undefined) return []
    const all = file.assertionResults
    const count = (status: string): number => all.filter((one) => one.status === status).length
    const passed = count('passed')
    const failed = count('failed')
    const isBroken = file.status === 'failed' && failed === 0
    const reasons = all.flatMap((one) => one.meta?.reason ?? [])
    const version = all.find((one) => one.meta?.version !== undefined)?.meta?.version
    const rest = { failed: isBroken ? 1 : failed, skipped: all.length - passed - failed }
    return [{ name, version, passed, ...rest, reasons: [...new Set(reasons)] }]
  })
}

/** True where the suite did not run at all. */
export function isMissing({ passed, failed }: ClientResult): boolean {
  return passed + failed === 0
}

/** A client's line of the table. */
export function rowOf(result: ClientResult): string {
  const { passed, failed, skipped, version, reasons } = result
  const title = clients.find((client) => client.name === result.name)?.title ?? result.name
  const lacks = reasons.map((reason) => reason.replace(/^.* lacks /, '')).sort()
  const numbers = [passed + failed + skipped, passed, failed, skipped]
  return `| ${[title, version, ...numbers, lacks.join(', ')].join(' | ')} |`
}

/**
 * The document with the rows of these results. Rows of clients that did not run stay as they are;
 * so does all prose. Throws where the document has no place for the table.
 */
export function withRows(document: string, results: readonly ClientResult[]): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} … ${end}`)
  const known = document.slice(from, to).split('\n')
  const row = ({ name, title }: Client): string[] => {
    const result = results.find((one) => one.name === name)
    if (result !== undefined && !isMissing(result)) return [rowOf(result)]
    return known.filter((line) => line.startsWith(`| ${title} |`))
  }
  const table = [begin, '', ...head, ...clients.flatMap(row), '']
  return document.slice(0, from) + table.join('\n') + document.slice(to)
}
