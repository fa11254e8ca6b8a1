/**
 * What the inner parts take beside a floor that was measured in the same rounds, in both languages:
 * `npm run bench:micro -- --rounds 31 --case find-1000,encode-100`. Says of each ratio in
 * `budget.json` whether it is held, and fails where one is not. Times are of this machine.
 */
import { writeFileSync } from 'node:fs'
import { chooseCases } from '../src/bench/harness/choose-cases.ts'
import { judge } from '../src/bench/harness/limits.ts'
import { describeMachine, thisMachine } from '../src/bench/harness/machine.ts'
import { median, short } from '../src/bench/harness/statistics.ts'
import { printTable } from '../src/bench/harness/table.ts'
import { readLimits } from './harness/budget.ts'
import { parseOptions } from './harness/options.ts'
import { codecCases } from './micro/codec-cases.ts'
import { measureNative, nativeObstacle } from './micro/native-cases.ts'
import { hasChecksumInstruction } from './micro/processor.ts'
import { protocolCases } from './micro/protocol-cases.ts'
import { comparedCases, type RatioLimit, ratioLimits, ratiosByRound } from './micro/ratios.ts'
import { recordCases } from './micro/record-cases.ts'
import { measureInRounds } from './micro/rounds.ts'

const { numbers, cases, json } = parseOptions({
  without: ['target', 'kafka-jars', 'rounds', 'seconds', 'cold', 'durable', 'set', 'data'],
  numbers: { rounds: { fallback: 31, help: 'turns of each case' } },
})
const { rounds = 0 } = numbers

const named = ratioLimits(readLimits()).map((limit) => ({ name: limit.case, ...limit }))
const limits = chooseCases(named, cases)
/** Names of what is to be measured; empty is all. */
const wanted = new Set(cases.length === 0 ? [] : limits.flatMap(comparedCases))

const machine = thisMachine()
console.log(describeMachine(machine))
const obstacle = nativeObstacle()
const native = obstacle === undefined ? measureNative(rounds, wanted) : {}
const scripted = [...recordCases(), ...protocolCases(), ...(await codecCases())]
const isScripted = new Set(scripted.map(({ name }) => name))
const script = measureInRounds(
  scripted.filter(({ name }) => wanted.size === 0 || wanted.has(name)),
  rounds,
)

/** Why a limit means nothing here; `undefined` where it does. */
function reasonToSkip(limit: RatioLimit): string | undefined {
  if (obstacle !== undefined && comparedCases(limit).some((name) => !isScripted.has(name))) {
    return obstacle
  }
  if (limit.needs !== undefined && !hasChecksumInstruction()) {
    return `this processor has no instruction for ${limit.needs}`
  }
  return undefined
}

const figures = { ...native, ...script }
const times = Object.entries(figures).map(([name, ns]) => ({ name, ns: median(ns) }))
printTable([['case', 'ns'], ...times.map(({ name, ns }) => [name, short(ns)])])

const skipped = limits.filter((limit) => reasonToSkip(limit) !== undefined)
const judged = limits.filter((limit) => !skipped.includes(limit))
const verdicts = judge(ratiosByRound(figures, judged), judged)
console.log('')
for (const sentence of verdicts) console.log(sentence)
for (const limit of skipped) {
  console.log(`skipped: ${limit.case} ${limit.figure} because ${reasonToSkip(limit)}`)
}
if (json !== undefined) {
  writeFileSync(json, `${JSON.stringify({ machine, times, verdicts }, null, 2)}\n`)
}
if (verdicts.some((sentence) => sentence.startsWith('MISSED'))) process.exitCode = 1
