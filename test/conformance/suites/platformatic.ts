import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestLine } from './node-test-reporter.ts'
import { build, cacheFolder, installPackages, readReport, runProgram } from './program.ts'
import {
  addOutcome,
  authorizer,
  commonSettings,
  isAskedFor,
  type Outcome,
  type Outcomes,
  type Stage,
  type StageRun,
  type Suite,
} from './suite.ts'

const minutesMax = 30
/** The suite runs its TypeScript as it is. */
const nodeMajor = 24
const reporter = join(import.meta.dirname, 'node-test-reporter.ts')

/** The admin tests leave a client quota behind, which would starve the others. */
const isAdmin = (file: string): boolean => file.startsWith('test/clients/admin/')

/** These need no broker, and forced to end they are over before Node has written of all of them. */
const isProtocol = (file: string): boolean =>
  file.startsWith('test/protocol/') || file === join('test', 'errors.test.ts')

/** Ends a file whose tests are over though something of it still runs. */
const forced = '--test-force-exit'

/** The suite of @platformatic/kafka, by Node's own runner. */
export const platformatic: Suite = {
  name: 'platformatic',
  build(checkout) {
    installPackages(checkout)
    // Tests of whole files load it, with or without Kerberos. It wants the headers of libkrb5.
    if (!existsSync(join(checkout, 'node_modules', 'kerberos', 'build'))) {
      build(checkout, ['npm', 'rebuild', 'kerberos'])
    }
    nodeProgram()
  },
  stages: [
    stage('admin', isAdmin, [forced]),
    stage('protocol', isProtocol, []),
    stage('others', (file) => !isAdmin(file) && !isProtocol(file), [forced]),
  ],
}

function stage(name: string, belongs: (file: string) => boolean, more: readonly string[]): Stage {
  const options = ['--test', '--test-concurrency=2', ...more]
  return {
    name,
    settings: {
      ...commonSettings,
      'num.partitions': '1',
      'group.consumer.heartbeat.interval.ms': '200',
      'group.consumer.min.heartbeat.interval.ms': '100',
      'transaction.partition.verification.enable': 'false',
    },
    referenceSettings: authorizer,
    ports: [9001, 9011, 9012, 9013, 19002],
    run: (run) => runNode(run, name, testFiles(run.checkout).filter(belongs), options),
  }
}

/** All test files but those that measure, as seen from the checkout. */
function testFiles(checkout: string): string[] {
  return ['test', join('regression', 'integrity')]
    .flatMap((folder) =>
      readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
}

async function runNode(
  { checkout, reports, only }: StageRun,
  stageName: string,
  files: readonly string[],
  options: readonly string[],
): Promise<Outcomes> {
  // A name begins with its file, which is all of it that is chosen by here.
  const chosen = files.filter((file) =>
    isAskedFor(
      file,
      only.map((part) => part.split(' > ')[0] ?? ''),
    ),
  )
  if (chosen.length === 0) return new Map()
  const report = join(reports, `${stageName}.jsonl`)
  const ours = [`--test-reporter=${reporter}`, `--test-reporter-destination=${report}`]
  const theirs = ['--test-reporter=spec', '--test-reporter-destination=stdout']
  await runProgram([nodeProgram(), ...options, ...ours, ...theirs, ...chosen], {
    cwd: checkout,
    env: { KAFKA_VERSION: '8.1.0' },
    output: join(reports, `${stageName}.log`),
    minutesMax,
  })
  return parseLines(readReport(report), checkout)
}

/** The outcomes in the lines of our reporter; files are named as seen from the checkout. */
export function parseLines(text: string, checkout: string): Outcomes {
  const outcomes = new Map<string, Outcome>()
  for (const json of text.split('\n').filter((line) => line !== '')) {
    const { file, name, passed, skipped } = JSON.parse(json) as TestLine
    const outcome = passed ? 'passed' : 'failed'
    const place = file === undefined ? [] : [relative(checkout, file)]
    addOutcome(outcomes, [...place, name].join(' > '), skipped ? 'skipped' : outcome)
  }
  return outcomes
}

/** This Node, if it is new enough, else one from npm, which is kept for the next run. */
function nodeProgram(): string {
  if (Number.parseInt(process.versions.node, 10) >= nodeMajor) return process.execPath
  const folder = cacheFolder(`node-${nodeMajor}`)
  const program = join(folder, 'node_modules', 'node', 'bin', 'node')
  if (existsSync(program)) return program
  build(folder, ['npm', 'install', '--no-audit', '--no-fund', '--prefix', '.', `node@${nodeMajor}`])
  return program
}
