import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clients } from './cases/clients.ts'
import { isMissing, resultsOf, rowOf, withRows } from './compatibility-table.ts'

const passed = { status: 'passed', meta: { version: '1.2' } }
const lacking = (feature: string) => ({
  status: 'skipped',
  meta: { version: '1.2', reason: `kafkajs lacks ${feature}` },
})
const file = (name: string, status: string, ...assertionResults: object[]) => ({
  name: `/x/${name}.test.ts`,
  status,
  assertionResults: assertionResults as { status: string }[],
})
const document = `Before.
<!-- written by npm run test:conformance -->
| the Java client | 4 | 1 | 1 | 0 | 0 |  |
| kafkajs | 0 | 9 | 9 | 0 | 0 |  |
<!-- until here -->
After.
`

test('a report becomes counts, versions and reasons', () => {
  const cases = [passed, passed, { status: 'failed' }, lacking('seek'), lacking('seek')]
  const [result] = resultsOf({ testResults: [file('kafkajs', 'failed', ...cases)] })
  expect(result).toEqual({
    name: 'kafkajs',
    version: '1.2',
    passed: 2,
    failed: 1,
    skipped: 2,
    reasons: ['kafkajs lacks seek'],
  })
})

test('a file that could not run is a failure', () => {
  const skipped = { status: 'skipped' }
  const [result] = resultsOf({ testResults: [file('java', 'failed', skipped, skipped)] })
  expect(result).toMatchObject({ passed: 0, failed: 1, skipped: 2 })
  expect(result && isMissing(result)).toBe(false)
})

test('other files are not clients', () => {
  expect(resultsOf({ testResults: [file('admin', 'passed', passed)] })).toEqual([])
})

test('a row names what the library does not have', () => {
  const testResults = [file('kafkajs', 'passed', passed, lacking('seek'), lacking('assign'))]
  const [result] = resultsOf({ testResults })
  expect(result && rowOf(result)).toBe('| kafkajs | 1.2 | 3 | 1 | 0 | 2 | assign, seek |')
})

test('the document keeps its prose and the rows of clients that did not run', () => {
  const notInstalled = { status: 'skipped', meta: { reason: 'java is not installed' } }
  const testResults = [file('kafkajs', 'passed', passed), file('java', 'passed', notInstalled)]
  const written = withRows(document, resultsOf({ testResults }))
  expect(written).toMatch(/^Before\.\n/)
  expect(written).toMatch(/\nAfter\.\n$/)
  expect(written).toContain('| kafkajs | 1.2 | 1 | 1 | 0 | 0 |  |')
  expect(written).toContain('| the Java client | 4 | 1 | 1 | 0 | 0 |  |')
  expect(withRows(written, [])).toBe(written)
})

test('a document without a place for the table is refused', () => {
  expect(() => withRows('nothing', [])).toThrow('the document has no')
})

test('each client has its suite, and docs/compatibility.md a place for it', () => {
  for (const { name, folder } of clients) {
    expect(existsSync(join(import.meta.dirname, folder, `${name}.test.ts`)), name).toBe(true)
    expect(existsSync(join(import.meta.dirname, folder, 'setup.sh')), name).toBe(true)
  }
  const path = join(import.meta.dirname, '..', '..', 'docs', 'compatibility.md')
  const text = readFileSync(path, 'utf8')
  expect(withRows(text, [])).toBe(text)
})
