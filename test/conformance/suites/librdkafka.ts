import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { jars } from '../apache-kafka/reference.ts'
import { build, runProgram } from './program.ts'
import {
  authorizer,
  commonSettings,
  isAskedFor,
  merge,
  type Outcome,
  type Outcomes,
  type Stage,
  type StageRun,
  type Suite,
} from './suite.ts'

const brokerVersion = '4.3.1.0'
const minutesMax = 40

/**
 * Tests that do nothing in quick mode, or that need the runner's network emulation: they are run in
 * full, and there only. The first measure times, and fail beside others.
 */
const alone = '0018,0019,0026,0045,0049,0050,0053,0061,0068,0075,0076,0082,0088,0089,0094'.split(
  ',',
)
const together = [
  ...'0101,0102,0110,0122,0132,0170,0171,0172,0173,0174,0175,0176,0177,0178'.split(','),
  ...'0179,0180,0181,0185'.split(','),
]
const withoutAutoCreation = '0045,0107,0111'.split(',')

const settings = {
  ...commonSettings,
  'group.initial.rebalance.delay.ms': '3000',
  'group.share.min.record.lock.duration.ms': '1000',
  'broker.rack': 'RACK1',
}

const referenceSettings = {
  ...authorizer,
  // The tests deny what they want to see denied, which nobody can deny to a super user.
  'super.users': 'User:admin',
  'allow.everyone.if.no.acl.found': 'true',
  'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
}

/** The suite of librdkafka, by its own runner. */
export const librdkafka: Suite = {
  name: 'librdkafka',
  build: buildRunner,
  stages: [
    // -L: none of those that need no broker; -E: without network emulation; -Q: quick.
    stage('quick', ['-L', '-E', '-Q', '-p2'], undefined),
    stage(
      'alone',
      ['-L', '-p1'],
      alone.map((number) => [number]),
    ),
    stage('together', ['-L', '-p4'], [together]),
    stage('noautocreate', ['-L', '-p2', '-s', 'noautocreate'], [withoutAutoCreation], {
      'auto.create.topics.enable': 'false',
    }),
  ],
}

/** Each of `runs` is a list of tests for the runner; undefined: all but those that run in full. */
function stage(
  name: string,
  options: readonly string[],
  runs: readonly (readonly string[])[] | undefined,
  more: Readonly<Record<string, string>> = {},
): Stage {
  return {
    name,
    settings: { ...settings, ...more },
    referenceSettings,
    ports: [],
    async run(run) {
      const skipped = { TESTS_SKIP: [...alone, ...together].join(',') }
      const outcomes: Outcomes[] = []
      for (const tests of runs ?? [undefined]) {
        const numbers = chooseTests(tests, run.only)
        if (numbers?.length === 0) continue
        const choice = numbers === undefined ? {} : { TESTS: numbers.join(',') }
        const place = tests?.length === 1 ? `${name}-${tests[0]}` : name
        const environment = tests === undefined ? { ...choice, ...skipped } : choice
        outcomes.push(await runTests(run, place, options, environment))
      }
      return merge(outcomes)
    },
  }
}

function buildRunner(checkout: string): void {
  if (existsSync(join(checkout, 'tests', 'test-runner'))) return
  if (!existsSync(join(checkout, 'Makefile.config'))) build(checkout, ['./configure'])
  const jobs = `-j${Math.min(cpus().length, 2)}`
  for (const folder of ['src', 'src-cpp']) build(join(checkout, folder), ['make', jobs])
  build(join(checkout, 'tests'), ['make', jobs, 'build'])
}

/** One run of the runner, whose reports are called `name`. One that dies has no outcomes. */
async function runTests(
  { checkout, broker, reports }: StageRun,
  name: string,
  options: readonly string[],
  choice: NodeJS.ProcessEnv,
): Promise<Outcomes> {
  const report = join(reports, `${name}.json`)
  const output = join(reports, `${name}.log`)
  const conf = join(reports, `${name}.conf`)
  writeFileSync(
    conf,
    `metadata.broker.list=${broker.address}\nbroker.address.family=v4\ntest.timeout.multiplier=2\n`,
  )
  await runProgram(['./test-runner', ...options, '-r', '-V', brokerVersion], {
    cwd: join(checkout, 'tests'),
    env: {
      ...choice,
      BROKERS: broker.address,
      KAFKA_PATH: kafkaTools(reports),
      LD_LIBRARY_PATH: `${join(checkout, 'src')}:${join(checkout, 'src-cpp')}`,
      RDKAFKA_TEST_CONF: conf,
      TEST_LEVEL: '1',
      TEST_REPORT: report,
    },
    output,
    minutesMax,
  })
  if (existsSync(report)) return parseReport(readFileSync(report, 'utf8'))
  console.log(`the runner died, see ${output}`)
  return new Map()
}

/**
 * Numbers of the tests to run, or undefined for all. The runner chooses by a number at the
 * beginning of a name, so that of `only` the first four characters count.
 */
export function chooseTests(
  tests: readonly string[] | undefined,
  only: readonly string[],
): readonly string[] | undefined {
  const numbers = only.map((part) => part.slice(0, 4))
  if (numbers.length === 0) return tests
  return tests === undefined ? numbers : tests.filter((number) => isAskedFor(number, numbers))
}

/** A folder like Kafka's own, with the two scripts that the tests call. */
function kafkaTools(reports: string): string {
  const bin = join(reports, 'kafka', 'bin')
  mkdirSync(bin, { recursive: true })
  for (const [script, tool] of [
    ['kafka-topics.sh', 'TopicCommand'],
    ['kafka-acls.sh', 'AclCommand'],
  ] as const) {
    const file = join(bin, script)
    const java = `exec java -Xmx256M -cp '${jars}/*' org.apache.kafka.tools.${tool} "$@"`
    writeFileSync(file, `#!/bin/sh\n${java}\n`)
    chmodSync(file, 0o755)
  }
  return join(reports, 'kafka')
}

/** What this reads of the runner's report. */
interface RunnerReport {
  readonly tests: Readonly<Record<string, { readonly state: string; readonly duration: number }>>
}

/**
 * The outcomes in the runner's JSON. Its exit code says less: the runner may end by a signal when
 * all is over. What passed in no time did not run, since a mode may leave out all parts of a test;
 * what was not asked for is told from what skips itself by nothing, so neither is an outcome.
 */
export function parseReport(json: string): Outcomes {
  const outcomes = new Map<string, Outcome>()
  for (const [name, test] of Object.entries((JSON.parse(json) as RunnerReport).tests)) {
    if (name === '<MAIN>' || test.state === 'SKIPPED' || test.state === 'DNS') continue
    if (test.state === 'PASSED' && test.duration < 0.001) continue
    outcomes.set(name, test.state === 'PASSED' ? 'passed' : 'failed')
  }
  return outcomes
}
