/**
 * Drives random requests at Apache Kafka and at Odradek and prints in what they differ:
 *   npm run test:differential -- [--requests N] [--seed N] [--report FILE] [--self]
 * Ends with exit code 1 if there is a difference, or if a long run left something out. `--self`
 * compares two Odradeks.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { hasKafka } from '../apache-kafka/reference.ts'
import { startKafka, startOdradek } from './brokers.ts'
import { Peer } from './peer.ts'
import { RequestRun } from './run-requests.ts'

/** A run of so many requests that leaves anything out has failed. */
const completeAfter = 50_000

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    report: { type: 'string' },
    self: { type: 'boolean', default: false },
  },
})

if (!values.self && !hasKafka()) process.exit(2)
console.log(`seed ${values.seed}`)
const begun = performance.now()
const brokers = await Promise.all([values.self ? startOdradek() : startKafka(), startOdradek()])
const [kafka, odradek] = [new Peer(brokers[0]), new Peer(brokers[1])]
try {
  const run = new RequestRun(kafka, odradek, Number(values.seed))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.stop())
  const summary = await run.run(Number(values.requests), (text) =>
    console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s: ${text}`),
  )
  const { requests, findings, coverage, meant, leftAlone, holes, onlyOurs } = summary
  if (values.report !== undefined) writeFileSync(values.report, findings.report())
  console.log('By API and version: valid/at the edges/invalid')
  console.log(coverage.table())
  console.log(`Meant to differ, after which ${leftAlone} topics and groups were left alone:`)
  for (const [reason, count] of meant) console.log(`${String(count).padStart(6)} ${reason}`)
  console.log(holes.length === 0 ? 'Nothing was left out' : `Never sent: ${holes.join(', ')}`)
  console.log(`Not compared, as Kafka has no such version: ${onlyOurs.join(', ')}`)
  console.log(findings.summary())
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.log(`${requests} requests in ${seconds} s, ${findings.size} kinds of difference`)
  const isIncomplete = holes.length > 0 && requests >= completeAfter
  process.exitCode = findings.size > 0 || isIncomplete ? 1 : 0
} finally {
  kafka.close()
  odradek.close()
  for (const broker of brokers) {
    if (broker.end !== undefined) console.log(broker.end)
    await broker.dispose()
  }
}
process.exit()
