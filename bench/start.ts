/**
 * What a start costs, on each Node and from each checkout that is named, in turns:
 * `npm run bench:start -- --help`. Method: README.md.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerProcess } from '../src/bench/broker/broker-process.ts'
import { onConnection } from '../src/bench/broker/connect.ts'
import { odradekTarget } from '../src/bench/broker/odradek-target.ts'
import { produceBatch } from '../src/bench/broker/record-requests.ts'
import { median, short } from '../src/bench/harness/statistics.ts'
import { printTable } from '../src/bench/harness/table.ts'
import { packageRoot } from '../src/bench/package-root.ts'
import { createTopics } from '../src/bench/partitions/partition-requests.ts'
import { encodeBatch, newBatch } from '../src/protocol/record-batch.ts'
import { parseOptions } from './harness/options.ts'

const columns = ['bareMs', 'answerMs', 'produceMs', 'cpuMs', 'idleMiB'] as const
type Start = Readonly<Record<(typeof columns)[number], number>>

/** Until what a broker loads after its first answers is loaded. */
const restMs = 1_500

const options = parseOptions({
  without: ['target', 'kafka-jars', 'seconds', 'case', 'cold', 'durable', 'json'],
  words: {
    node: { value: 'FILE[,FILE]', fallback: process.execPath, help: 'programs of Node' },
    checkout: { value: 'DIR[,DIR]', fallback: packageRoot, help: 'built checkouts' },
  },
})
const { node = '', checkout = '' } = options.words
const programs = node
  .split(',')
  .flatMap((executable) => checkout.split(',').map((folder) => ({ executable, folder })))
const starts = programs.map((program) => ({ ...program, taken: [] as Start[] }))
for (let round = 1; round <= options.rounds; round++) {
  for (const { executable, folder, taken } of starts)
    taken.push(await startOnce(executable, folder))
}
printTable([
  ['node', 'checkout', ...columns],
  ...starts.map(({ executable, folder, taken }) => [
    run(executable, '--version').trim(),
    folder,
    ...columns.map((column) => short(median(taken.map((start) => start[column])))),
  ]),
])

/** Node alone, then a broker on an empty folder up to a topic's first acknowledged record. */
async function startOnce(executable: string, folder: string): Promise<Start> {
  const bareBegun = performance.now()
  run(executable, '--eval', '0')
  const bareMs = performance.now() - bareBegun
  const target = {
    ...odradekTarget,
    command: (...place: Parameters<typeof odradekTarget.command>) => {
      const [, , ...args] = odradekTarget.command(...place)
      return [executable, join(folder, 'bin', 'odradek.js'), ...args]
    },
  }
  const { settings, parent } = options
  const broker = await BrokerProcess.start({ target, settings, parent })
  try {
    const answerMs = broker.firstAnswerMs
    const begun = performance.now() - answerMs
    await onConnection(broker.endpoint, async (connection) => {
      await createTopics(connection, new Map([['first', 1]]))
      const record = { timestamp: 1, key: null, value: Buffer.alloc(100, 'x') }
      await produceBatch(connection, 'first', 0, encodeBatch(newBatch([record])))
    })
    const produceMs = performance.now() - begun
    const cpuMs = threadsMs(broker.pid)
    await sleep(restMs)
    return { bareMs, answerMs, produceMs, cpuMs, idleMiB: broker.residentBytes() / 1024 ** 2 }
  } finally {
    await broker.dispose()
  }
}

function run(executable: string, ...args: string[]): string {
  const env = odradekTarget.environment()
  return spawnSync(executable, args, { env, encoding: 'utf8' }).stdout
}

/** Processor time of a process's threads so far, finer than its CPU clock's ticks of 10 ms. */
function threadsMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const spent = threads.map((thread) => {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')
    return Number(ns) / 1e6
  })
  return spent.reduce((sum, ms) => sum + ms, 0)
}
