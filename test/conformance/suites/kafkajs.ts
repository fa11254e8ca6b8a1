import { join, relative } from 'node:path'
import { installPackages, readReport, runProgram } from './program.ts'
import {
  addOutcome,
  authorizer,
  commonSettings,
  type Outcome,
  type Outcomes,
  type StageRun,
  type Suite,
} from './suite.ts'

const minutesMax = 30

/** The suite of kafkajs, by jest. */
export const kafkajs: Suite = {
  name: 'kafkajs',
  build: installPackages,
  stages: [
    {
      name: 'all',
      settings: { ...commonSettings, 'node.id': '0', 'num.partitions': '2' },
      referenceSettings: authorizer,
      ports: [9092, 9095, 9098],
      run: runJest,
    },
  ],
}

async function runJest({ checkout, reports, only }: StageRun): Promise<Outcomes> {
  const report = join(reports, 'jest.json')
  const jest = ['--ci', '--maxWorkers=2', '--no-watchman', '--forceExit', '--reporters=default']
  // A name begins with its file, which is all of it that jest can choose by.
  const files = only.map((part) => part.split(' > ')[0] ?? '').map(literal)
  await runProgram(['npx', 'jest', ...jest, '--json', `--outputFile=${report}`, ...files], {
    cwd: checkout,
    env: { KAFKA_VERSION: '2.4', NODE_ENV: 'test', KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1' },
    output: join(reports, 'jest.log'),
    minutesMax,
  })
  return parseJest(readReport(report), checkout)
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** What this reads of jest's report. */
interface JestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/** The outcomes in jest's JSON; files are named as seen from the checkout. */
export function parseJest(json: string, checkout: string): Outcomes {
  const outcomes = new Map<string, Outcome>()
  for (const file of (JSON.parse(json) as JestReport).testResults) {
    for (const { ancestorTitles, title, status } of file.assertionResults) {
      const name = [relative(checkout, file.name), ...ancestorTitles, title].join(' > ')
      addOutcome(outcomes, name, jestOutcome(status))
    }
  }
  return outcomes
}

function jestOutcome(status: string): Outcome {
  if (status === 'passed') return 'passed'
  return status === 'failed' ? 'failed' : 'skipped'
}
