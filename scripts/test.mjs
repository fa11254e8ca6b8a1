// Runs the tests and counts them, all runners together:
//   node scripts/test.mjs [native|unit|system|micro|asan|tsan [filter…]]
// Without a suite: native, unit, system and micro. Without a filter what is tested is built before.
// The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeSources, root } from './native-sources.mjs'
import {
  buildFolder,
  make,
  makeAddon,
  sanitizedEnvironment,
  sanitizerOptions,
} from './sanitized.mjs'
import { setupPackages } from './setup-packages.mjs'
import { finish, newTally, record, recordSkip } from './tally.mjs'

/**
 * A suite that takes longer hangs: it is killed and counted as failed. What a filter asks for may
 * take hours (200 kills, 256 MiB in each codec); there each TypeScript test has a time of its own.
 */
const suiteMinutesMax = { native: 5, asan: 40, tsan: 80, unit: 8, system: 25, micro: 3 }
const tally = newTally()

function run(name, command, args, options = {}) {
  const timeout = suiteMinutesMax[name] * 60_000
  return spawnSync(command, args, { cwd: root, timeout, killSignal: 'SIGKILL', ...options })
}

/** What native tests need and this machine lacks, in words; `undefined` where they can run. */
function nativeTestObstacle() {
  const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
  const compiler = process.env.CXX ?? 'g++'
  if (!works(compiler, '--version')) return `the compiler ${compiler} is not installed`
  if (!works('make', '--version')) return 'make is not installed'
  const doctest = ['-x', 'c++', '-E', '-include', 'doctest/doctest.h', '/dev/null']
  if (!works(compiler, ...doctest)) return 'the package doctest-dev is not installed'
  return undefined
}

/** The counts in doctest's last lines; a run that died before them counts as one failure. */
function nativeCounts({ status, signal, stdout }) {
  const summary = /test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed/.exec(stdout)
  if (!summary) {
    console.log(`native tests ended without a summary (${signal ?? `exit code ${status}`})`)
    return { failed: 1 }
  }
  const [passed, failed] = [Number(summary[1]), Number(summary[2])]
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed }
}

/**
 * Native tests, all or those whose path below test/native starts with a filter. Where all filters
 * lie in one folder, only it and what lies below it is built.
 */
function testNative(variant, filters) {
  const name = variant === 'debug' ? 'native' : variant
  const obstacle = nativeTestObstacle()
  if (obstacle) return recordSkip(tally, name, obstacle)
  const folders = new Set(filters.map((filter) => filter.split('/')[0]))
  const folder = folders.size === 1 ? [...folders][0] : undefined
  const scope = folder === undefined ? [] : [`FOLDER=${folder}`]
  if (!make(`VARIANT=${variant}`, 'native_test', ...scope)) {
    return record(tally, { name, failed: 1 })
  }
  const only = filters.map((filter) => `*test/native/${filter}*`).join(',')
  const args = ['--no-colors', '--no-intro', ...(only ? [`--source-file=${only}`] : [])]
  const options = sanitizerOptions(variant, { insideNode: false })
  const program = folder === undefined ? 'native_test' : `native_test_${folder}`
  const result = run(name, join(buildFolder(variant), program), args, {
    env: { ...process.env, ...options },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(result.stdout)
  record(tally, { name, ...nativeCounts(result) })
}

/** Shows that Node loads the sanitized addon. Flows with it run through scripts/sanitized.mjs. */
function testSanitizedAddon(variant) {
  const name = `${variant} addon`
  if (nativeSources('addon').length === 0) return recordSkip(tally, name, 'there is no addon')
  if (!makeAddon(variant)) return record(tally, { name, failed: 1 })
  const env = sanitizedEnvironment(variant)
  const load = ['-e', 'require(process.env.ODRADEK_BINARY)']
  const { status } = run('native', process.execPath, load, { env, stdio: 'inherit' })
  record(tally, status === 0 ? { name, passed: 1 } : { name, failed: 1 })
}

/** The counts of a vitest report; a file that could not be run counts as one failure. */
function vitestCounts(reportFile, status) {
  if (!existsSync(reportFile)) return { failed: 1 }
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
  )
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** The vitest project of that name, all its files or those whose path contains a filter. */
function testTypeScript(project, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-report-'))
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['run', '--passWithNoTests', `--project=${project}`, ...reporters, ...filters]
  const limit = filters.length > 0 ? { timeout: 0 } : {}
  const { status } = run(project, process.execPath, [vitest, ...args], {
    stdio: 'inherit',
    ...limit,
  })
  record(tally, { name: project, ...vitestCounts(report, status) })
  rmSync(folder, { recursive: true })
}

/**
 * The ratios of the micro-benchmarks (bench/micro), each a test, or those of the cases that filters
 * name. Last, when nothing else runs.
 */
function testMicro(filters) {
  const name = 'micro'
  if (process.env.ODRADEK_BINARY) {
    return recordSkip(tally, name, 'ODRADEK_BINARY names another addon than the one that is built')
  }
  const only = filters.length > 0 ? ['--case', filters.join(',')] : []
  const args = [join('scripts', 'run-ts.mjs'), join('bench', 'micro.ts'), ...only]
  const { status, stdout } = run(name, process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(stdout)
  const count = (word) => [...stdout.matchAll(new RegExp(`^${word}: `, 'gm'))].length
  const failed = count('MISSED')
  record(tally, {
    name,
    passed: count('held'),
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: count('skipped'),
  })
}

const suites = {
  native: (filters) => testNative('debug', filters),
  unit: (filters) => testTypeScript('unit', filters),
  system: (filters) => testTypeScript('system', filters),
  micro: testMicro,
  asan: (filters) => {
    testNative('asan', filters)
    if (filters.length === 0) testSanitizedAddon('asan')
  },
  tsan: (filters) => {
    testNative('tsan', filters)
    if (filters.length === 0) testSanitizedAddon('tsan')
  },
}

const [suite, ...filters] = process.argv.slice(2)
if (suite !== undefined && !(suite in suites)) {
  console.error(`There is no suite ${suite}; there are ${Object.keys(suites).join(', ')}.`)
  process.exit(2)
}
setupPackages()
// A filter asks for a short cycle: then the caller says when the build is due.
const needsBuild = suite === undefined || (suite !== 'native' && filters.length === 0)
if (needsBuild && !['asan', 'tsan'].includes(suite)) {
  const build = [join(root, 'scripts', 'build.mjs')]
  const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' })
  if (status !== 0) record(tally, { name: 'build', failed: 1 })
}
for (const name of suite === undefined ? ['native', 'unit', 'system', 'micro'] : [suite]) {
  suites[name](filters)
}
finish(tally)
