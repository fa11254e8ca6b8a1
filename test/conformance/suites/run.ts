// A client's own tests against a broker of ours:
//   npm run test:suites -- SUITE --checkout PATH [--target odradek|kafka] [--only NAME]...
//     [--stage NAME]... [--update]
// Exits with 1 if a name that passed before does not, or if one that is excused does. --update adds
// what newly passed to the list.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { hasKafka } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { kafkajs } from './kafkajs.ts'
import { librdkafka } from './librdkafka.ts'
import { readLists, writePassed } from './name-lists.ts'
import { platformatic } from './platformatic.ts'
import { merge, type Outcomes, type Stage, type Suite } from './suite.ts'
import { suiteTarget, type TargetName, targetNames } from './suite-target.ts'
import { describeVerdict, isGood, judge, referenceLists } from './verdict.ts'

const suites: readonly Suite[] = [kafkajs, librdkafka, platformatic]

const options = {
  checkout: { type: 'string' },
  target: { type: 'string', default: 'odradek' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  stage: { type: 'string', multiple: true, default: [] as string[] },
  update: { type: 'boolean', default: false },
} as const

interface Request {
  readonly suite: Suite
  readonly checkout: string
  readonly target: TargetName
  readonly only: readonly string[]
  readonly stages: readonly Stage[]
  readonly update: boolean
}

const request = parseRequest()
if (request === undefined) process.exitCode = 2
else await runSuite(request)

/** The command line; undefined, after a sentence, if it asks for what is not there. */
function parseRequest(): Request | undefined {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const suite = suites.find(({ name }) => name === positionals[0])
  const target = targetNames.find((name) => name === values.target)
  if (suite === undefined || values.checkout === undefined || target === undefined) {
    const names = suites.map(({ name }) => name).join('|')
    console.error(`use: npm run test:suites -- ${names} --checkout PATH`)
    console.error(`     [--target ${targetNames.join('|')}] [--only NAME]... [--stage NAME]...`)
    console.error('     [--update]')
    return undefined
  }
  const { only, update } = values
  const checkout = resolve(values.checkout)
  const known = suite.stages.map(({ name }) => name)
  const unknown = values.stage.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown[0]} in ${suite.name}, only ${known.join(', ')}.`)
    return undefined
  }
  if (!existsSync(checkout)) {
    console.error(`There is no folder ${checkout}.`)
    return undefined
  }
  if (target === 'kafka' && !hasKafka()) return undefined
  const stages = suite.stages.filter(
    ({ name }) => values.stage.length === 0 || values.stage.includes(name),
  )
  return { suite, checkout, target, only, stages, update }
}

async function runSuite({ suite, checkout, target, only, stages, update }: Request): Promise<void> {
  suite.build(checkout)
  const reports = mkdtempSync(join(tmpdir(), `odradek-${suite.name}-`))
  const outcomes: Outcomes[] = []
  for (const stage of stages) {
    console.log(`${suite.name} ${stage.name} against ${target}, reports in ${reports}`)
    outcomes.push(await runStage(stage, { checkout, target, only, reports }))
  }
  const merged = merge(outcomes)
  const lists = readLists(suite.name)
  const isWhole = only.length === 0 && stages.length === suite.stages.length
  const verdict = judge(target === 'kafka' ? referenceLists(lists) : lists, merged, isWhole)
  console.log(describeVerdict(verdict, merged))
  if (merged.size === 0) console.error('No test ran.')
  if (update && target === 'odradek') writePassed(suite.name, [...lists.passed, ...verdict.fresh])
  if (!isGood(verdict) || merged.size === 0) process.exitCode = 1
}

async function runStage(
  stage: Stage,
  { target, ...run }: Pick<Request, 'checkout' | 'target' | 'only'> & { reports: string },
): Promise<Outcomes> {
  const broker = await BrokerProcess.start({
    target: suiteTarget(target, stage),
    settings: stage.settings,
  })
  try {
    const outcomes = await stage.run({ ...run, broker })
    await broker.stop()
    return outcomes
  } finally {
    writeFileSync(join(run.reports, `${stage.name}.broker.log`), broker.log)
    await broker.dispose()
  }
}
